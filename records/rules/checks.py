"""Start-up check: the law files of records load and say what the screening needs."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error


def check_record_law(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """E001: a fault in `records/law/`, as a sentence that names file, entry and key."""
    from records.rules import statutes

    return [Error(problem, id="records.E001") for problem in statutes.validate()]

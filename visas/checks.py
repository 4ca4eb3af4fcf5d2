"""Start-up check: the law files of this app load and say what the rules and machines need."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error


def check_visa_law(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """E001: a fault in `visas/law/`, as a sentence that names file, entry and key."""
    from visas import rules

    return [Error(problem, id="visas.E001") for problem in rules.validate()]

"""Start-up check: the law files of this app load and say what the engine needs."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error


def check_deadline_law(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    from deadlines import law

    return [Error(problem, id="deadlines.E001") for problem in law.validate()]

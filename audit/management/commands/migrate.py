"""Django's `migrate`, and afterwards the triggers that keep log and history append-only."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as Migrate

from audit import triggers


class Command(Migrate):
    """SQLite makes a table anew to alter it and loses its triggers; so they are put back after every run."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not (options.get("plan") or options.get("check_unapplied")):
            triggers.install()

"""Stands in the place of Django's command, which has nothing to make here."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Refuses."""

    help = "Refused: there is no superuser. An administrator keeps accounts: ./run manage add_administrator."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--noinput", "--no-input", action="store_true")
        parser.add_argument("--email")

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(
            "Afterword has no superuser: nobody may read every file. "
            "For the first administrator: ./run manage add_administrator"
        )

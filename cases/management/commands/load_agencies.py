"""Adds the courts, prosecutors and record keepers of the reference list."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cases.services import load_agencies


class Command(BaseCommand):
    help = "Add the agencies of cases/law/agencies.yaml that are not there yet."

    def handle(self, *args: Any, **options: Any) -> None:
        """Adds what is missing and says how many."""
        self.stdout.write(f"{load_agencies()} agencies added.")

"""`manage tick`: everything that is due. Called by cron or a timer every few minutes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.timed import run_due


class Command(BaseCommand):
    """Prints a line for each piece of work that did something; fails when one failed."""

    help = "Do what is due: backups, checkpoints, reviews that wait. Call it every five minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for name, said, went_through in run_due(timezone.now()):
            if not went_through:
                failed += 1
                self.stderr.write(f"{name}: failed ({said})")
            elif said:
                self.stdout.write(f"{name}: {said}")
        if failed:
            raise CommandError(f"{failed} piece{'' if failed == 1 else 's'} of timed work failed.")

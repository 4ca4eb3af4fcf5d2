"""Fill an empty trial or test database with made-up people."""

from __future__ import annotations

import time
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from reports.demo import build
from reports.demo.world import PASSWORD, demo_accounts

QUIET_SECONDS = 1.0
BETWEEN_LINES = 5.0


def day(text: str) -> date:
    """A day such as 2026-11-23. Raises ArgumentTypeError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("a day is written 2026-11-23") from None


def count(text: str) -> int:
    """A whole number from 1 on. Raises ArgumentTypeError."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError("how many must be a whole number from 1")
    return int(text)


class Command(BaseCommand):
    """Speaks on standard error; standard output holds the list of accounts alone."""

    help = "Make a demo: synthetic clients (birds and plants) with matters at every stage."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clients", type=count, default=45, help="how many files (default 45)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed and day give the same texts")
        parser.add_argument("--today", type=day, help="the day all dates hang on (default today)")
        parser.add_argument(
            "--manifest", type=Path, help="write every sensitive plaintext to this file, mode 600"
        )
        parser.add_argument(
            "--trial-accounts", action="store_true", help="give the demo accounts the trial password"
        )
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where there are clients already"
        )
        parser.add_argument("--list-accounts", action="store_true", help="only print the demo accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.AFTERWORD_ENV == "production":
            raise CommandError("This is a production site: make_demo works in the trial set-up only.")
        if options["list_accounts"]:
            self._list_accounts()
            return
        self._printed = time.monotonic()
        try:
            made = build.make(
                clients=options["clients"],
                seed=options["seed"],
                today=options["today"] or timezone.localdate(),
                trial_accounts=options["trial_accounts"],
                manifest=options["manifest"],
                progress=self._progress(options["clients"]),
            )
        except build.NotEmpty:
            if not options["if_empty"]:
                raise CommandError("There are clients already: make_demo fills an empty database.") from None
            return
        except OSError as error:
            raise CommandError(f"{error.filename or 'A file'} cannot be written: {error.strerror}.") from None
        if made.seconds > QUIET_SECONDS:
            rate = made.clients / made.seconds
            self.stderr.write(f"Made {made.clients:,} files in {made.seconds:.0f} s ({rate:.0f} a second).")

    def _progress(self, total: int) -> build.Progress:
        def show(done: int, seconds: float) -> None:
            if seconds > QUIET_SECONDS and done < total and time.monotonic() - self._printed > BETWEEN_LINES:
                self._printed = time.monotonic()
                self.stderr.write(f"{done:,} of {total:,} files, {seconds:.0f} s")

        return show

    def _list_accounts(self) -> None:
        users = list(demo_accounts())
        if not users:
            self.stdout.write("No demo accounts that can sign in.")
            return
        width = max(len(user.email) for user in users)
        self.stdout.write(f"Demo accounts, all with the password {PASSWORD}:")
        for user in users:
            self.stdout.write(f"  {user.email:<{width}}  {user.get_role_display()}")

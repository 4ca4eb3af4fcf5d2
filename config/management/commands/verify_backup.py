"""`manage verify_backup [ARCHIVE] [--keys FILE]`: a restore that is tried. docs/backups.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.upkeep.places import UpkeepError, archives
from config.upkeep.proofs import LOG_AT_FAULT
from config.upkeep.trying import try_restore


class Command(BaseCommand):
    """Runs while the site serves, and touches nothing of it but the row that says when this was done."""

    help = "Try a restore of a backup (the newest when none is named) in a place that is thrown away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path, nargs="?")
        parser.add_argument("--keys", type=Path, help="file of keys; the newest in AFTERWORD_BACKUP_KEYS_DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["archive"] or next(iter(archives()), None)
        if path is None:
            raise CommandError("There is no backup yet: make one with manage backup.")
        try:
            tried = try_restore(path, keys=options["keys"], now=timezone.now())
        except UpkeepError as error:
            raise CommandError(str(error)) from None
        for line in tried.lines:
            self.stdout.write(line)
        self.stdout.write(f"{path.name} restores. Nothing of this site was touched.")
        if tried.faults:
            raise CommandError(" ".join(tried.faults), returncode=LOG_AT_FAULT)

"""`manage restore ARCHIVE [--keys FILE]`: into an empty site, with proofs. docs/backups.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.upkeep.places import UpkeepError
from config.upkeep.proofs import LOG_AT_FAULT
from config.upkeep.restoring import restore


class Command(BaseCommand):
    """A new site has no tables yet, and its keyring is asked for by the backup itself: no checks before."""

    help = "Restore a backup into an empty site, and prove what was restored. Stop the site before."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument("--keys", type=Path, help="file of keys; the newest in AFTERWORD_BACKUP_KEYS_DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            proof = restore(options["archive"], keys=options["keys"], say=self.stdout.write)
        except UpkeepError as error:
            raise CommandError(str(error)) from None
        for line in proof.lines:
            self.stdout.write(line)
        for note in proof.notes:
            self.stdout.write(f"To look into: {note}")
        self.stdout.write("Restored.")
        if proof.log_at_fault:
            raise CommandError(
                "The data stand: all of it was restored, and the sample opens. The access log has faults, "
                "see above; look into them with manage verify_audit.",
                returncode=LOG_AT_FAULT,
            )

"""`manage backup [--to DIR]`: one sealed archive, and a file of keys apart from it. docs/backups.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.upkeep.making import make_backup
from config.upkeep.page import size_in_words
from config.upkeep.places import UpkeepError


class Command(BaseCommand):
    """Runs while the site serves."""

    help = (
        "Make a sealed backup of the database and the files; the keys go into a file and folder of their own."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, help="folder for the backup instead of AFTERWORD_BACKUP_DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = make_backup(now=timezone.now(), folder=options["to"])
        except UpkeepError as error:
            raise CommandError(str(error)) from None
        rows = sum(made.manifest.tables.values())
        self.stdout.write(f"Backup: {made.path} ({size_in_words(made.size)})")
        self.stdout.write(f"        {rows:,} rows, {made.manifest.files:,} sealed files")
        self.stdout.write(f"Keys:   {made.keys} (keep it apart from the backup)")
        if made.manifest.lost:
            self.stderr.write(f"{len(made.manifest.lost)} files that a row names are not in the storage.")

"""`manage verify_audit`: prove that log, history and rows are whole; name the first broken link if not."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import checkpoints, verify
from vault import signing
from vault.errors import KeyringError

MOST = 50


class Command(BaseCommand):
    """Reads one snapshot while the site serves, and changes nothing but the note of its own result."""

    help = (
        "Walk the access log, its checkpoints, all history and all rows, and name whatever was tampered with."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--checkpoints", type=Path, help="folder of checkpoints (default: the settings')")
        parser.add_argument("--public-key", type=Path, help="file with the public half of the signing key")
        parser.add_argument("--chains-only", action="store_true", help="leave history and live rows out")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        own = options["checkpoints"] is None
        try:
            folder, public = verify.of_this_site()
            if not own:
                folder, public = options["checkpoints"], None
                if not checkpoints.in_folder(folder):
                    raise CommandError(f"There is no checkpoint in {folder}.")
                public = signing.load_public(options["public_key"] or Path(settings.CHECKPOINT_KEY_FILE))
            elif public and options["public_key"]:
                public = signing.load_public(options["public_key"])
        except KeyringError as error:
            raise CommandError(f"{error} Without it the checkpoints cannot be checked.") from None
        note = "" if public else "No checkpoint was checked: a log cut off whole would not be noticed."
        whole = not options["chains_only"]
        result = verify.verify(
            folder=folder if public else None, public=public, rows_too=whole, own=own and bool(public)
        )
        if whole:
            verify.keep(result)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(result)))
        else:
            self._say(result, note)
        if result.findings:
            raise CommandError(f"Not whole: {len(result.findings)} found. First: {result.findings[0].text}")

    def _say(self, result: verify.Result, note: str) -> None:
        for finding in result.findings[:MOST]:
            self.stdout.write(f"BROKEN {finding.text}")
        if len(result.findings) > MOST:
            self.stdout.write(f"… and {len(result.findings) - MOST} more (--json has all)")
        self.stdout.write(
            f"Walked {result.events:,} events in {result.chains:,} chains, {result.history_rows:,} "
            f"history rows and {result.live_rows:,} rows"
            + (f", and checkpoint {result.checkpoint}." if result.checkpoint else ".")
        )
        if result.adopted:
            self.stdout.write(
                f"{result.adopted:,} history rows were taken over by adopt_history; see the log."
            )
        if note:
            self.stdout.write(note)
        if not result.findings:
            self.stdout.write("Whole.")

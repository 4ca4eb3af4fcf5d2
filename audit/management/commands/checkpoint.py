"""`manage checkpoint new-key|write|public-key`: sign where all chains of the access log stand."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit import checkpoints
from audit.models import Checkpoint
from vault import signing
from vault.errors import KeyringError


class Command(BaseCommand):
    """`tick` writes one a day; this writes one now."""

    help = "Sign the heads of all chains of the access log into the folder or to the command of the settings."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        new = actions.add_parser("new-key", help="make a signing key; never replaces one")
        new.add_argument("--file", type=Path, help="where to (default: AFTERWORD_CHECKPOINT_KEY_FILE)")
        new.add_argument("--unless-there", action="store_true", help="say nothing where there is one")
        write = actions.add_parser("write", help="sign a checkpoint now")
        write.add_argument("--if-none", action="store_true", help="only where none was signed yet")
        public = actions.add_parser("public-key", help="print the public half, for whoever checks")
        public.add_argument("--file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path = options.get("file") or Path(settings.CHECKPOINT_KEY_FILE)
        try:
            if options["action"] == "new-key" and options["unless_there"] and path.exists():
                return
            if options["action"] == "write" and options["if_none"] and Checkpoint.objects.exists():
                return
            if options["action"] == "new-key":
                signing.write_key(path)
                self.stdout.write(f"Wrote {path}. Give its public half to whoever is to check.")
            elif options["action"] == "public-key":
                public = base64.b64encode(signing.load_public(path)).decode()
                self.stdout.write(json.dumps({"public": public}))
            else:
                done = checkpoints.write(timezone.now())
                self.stdout.write(
                    f"Checkpoint {done.number}: {done.events:,} events in {done.chains:,} chains, "
                    f"to {done.written_to}."
                )
        except FileExistsError:
            raise CommandError(f"{path} exists; a signing key is never replaced.") from None
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from None
        except (KeyringError, checkpoints.CheckpointError) as error:
            raise CommandError(str(error)) from None

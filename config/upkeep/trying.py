"""Try a restore: a backup is restored into a database and a folder that are thrown away afterwards.

It is `manage restore` itself, in a process of its own, so that what is tried is what would be done.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings

from config.upkeep import databases
from config.upkeep.places import Busy, UpkeepError, one_at_a_time, scratch
from config.upkeep.proofs import LOG_AT_FAULT
from config.upkeep.restoring import check
from vault.models import BackupRun


@dataclass(frozen=True)
class Tried:
    """What the restore said, line by line, and which faults the access log had: the data stand."""

    lines: list[str]
    faults: list[str] = field(default_factory=list)


def try_restore(path: Path, *, keys: Path | None = None, now: datetime) -> Tried:
    """Restore into a throwaway place and prove it. The run is kept. Raises `UpkeepError`, or `Busy`.

    Takes as much disk as the backup. On PostgreSQL the role must be allowed to create a database.
    """
    size = path.stat().st_size if path.is_file() else 0
    run = BackupRun(kind=BackupRun.Kind.VERIFIED, started_at=now, file_name=path.name[:80], size=size)
    try:
        tried = _try(path, keys)
    except Busy:
        raise
    except UpkeepError as error:
        run.failure = str(error)[:200]
        run.save()
        raise
    run.ok = True
    run.save()
    return tried


def _try(path: Path, keys: Path | None) -> Tried:
    if not path.is_file():
        raise UpkeepError(f"There is no file {path}.")
    checked = check(path, keys)
    # A lock of its own: the nightly backup may run meanwhile.
    with (
        one_at_a_time("trying"),
        scratch("trying-") as folder,
        databases.kind_of_database().throwaway(folder) as name,
    ):
        words = ["restore", str(path.resolve()), "--keys", str(checked.keys.resolve())]
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, str(settings.BASE_DIR / "manage.py"), *words],
            env={**os.environ, **_environment(folder, name)},
            capture_output=True,
            text=True,
            check=False,
        )
    said = [line for line in done.stdout.splitlines() if line.strip()]
    errors = [line for line in done.stderr.splitlines() if line.strip()] or ["it gave no reason"]
    reason = errors[-1].removeprefix("CommandError: ")
    if done.returncode not in (0, LOG_AT_FAULT):
        raise UpkeepError(f"The restore that was tried failed: {reason}")
    lines = [line for line in said if line != "Restored."]
    return Tried(lines, [reason] if done.returncode else [])


def _environment(folder: Path, database: str) -> dict[str, str]:
    """What the other process writes lies in `folder` and `database`; what it reads is where it is."""
    return {
        "AFTERWORD_THROWAWAY": str(folder),
        "AFTERWORD_THROWAWAY_DATABASE": database,
        "AFTERWORD_KEYRING_FILE": str(settings.KEYRING_FILE),
        "AFTERWORD_BACKUP_DIR": str(settings.BACKUP_DIR),
        "AFTERWORD_BACKUP_KEYS_DIR": str(settings.BACKUP_KEYS_DIR),
        "AFTERWORD_CHECKPOINT_DIR": str(settings.CHECKPOINT_DIR),
        "AFTERWORD_CHECKPOINT_KEY_FILE": str(settings.CHECKPOINT_KEY_FILE),
    }

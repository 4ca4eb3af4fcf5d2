"""A restore in a process, a database and a folder of its own."""

from __future__ import annotations

import os
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


@dataclass
class Elsewhere:
    """An empty installation with the keyring of the tests, which shares the folders of backups alone."""

    folder: Path
    database: str
    backups: Path
    keys: Path

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        """`manage WORDS` over there."""
        return subprocess.run(
            [sys.executable, str(MANAGE), *words],
            env={**os.environ, **self.environment(), **env},
            capture_output=True,
            text=True,
            timeout=300,
        )

    def python(self, text: str) -> str:
        """Run lines of Python over there, with Django set up; what they print."""
        code = "import django; django.setup()\n" + text
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **self.environment()},
            capture_output=True,
            text=True,
            timeout=300,
            cwd=MANAGE.parent,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def make_ready(self) -> None:
        """Give it every table: a copy of the database of the tests, between two of them."""
        if connection.vendor == "sqlite":
            copy_of_tests(Path(self.database))
            return
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{self.database}"')
            name = connection.settings_dict["NAME"]
            cursor.execute(f'CREATE DATABASE "{self.database}" TEMPLATE "{name}"')

    def environment(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "config.settings_test",
            "AFTERWORD_THROWAWAY": str(self.folder),
            "AFTERWORD_THROWAWAY_DATABASE": self.database,
            "AFTERWORD_BACKUP_DIR": str(self.backups),
            "AFTERWORD_BACKUP_KEYS_DIR": str(self.keys),
            "AFTERWORD_CHECKPOINT_DIR": str(self.keys.parent / "checkpoints"),
            "AFTERWORD_CHECKPOINT_KEY_FILE": str(self.keys.parent / "checkpoint-key.json"),
        }


def copy_of_tests(path: Path) -> None:
    """The database of the test run as SQLite copies it: migrated, and nobody in it."""
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)


@contextmanager
def elsewhere(folder: Path, *, backups: Path, keys: Path) -> Iterator[Elsewhere]:
    """A second installation, on the same kind of database as the test run."""
    folder.mkdir(parents=True)
    if connection.vendor == "sqlite":
        yield Elsewhere(folder, str(folder / "other.sqlite3"), backups, keys)
        return
    name = f"afterword_other_{secrets.token_hex(6)}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield Elsewhere(folder, name, backups, keys)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

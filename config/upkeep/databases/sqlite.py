"""SQLite: `VACUUM INTO` a private file, and SQLite's own online copy back. Raw SQL with our names alone."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections

DUMP = "database.sqlite3"
SECONDS = 60
"""How long to wait for a writer."""


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class SqliteSnapshot:
    """A copy of the file, without keys and without the rows of the tables left out."""

    def __init__(self, dump: Path, db: sqlite3.Connection) -> None:
        self.dump, self._db = dump, db

    def tables(self) -> list[str]:
        found = self._db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        )
        return sorted(name for (name,) in found)

    def count(self, table: str) -> int:
        return int(self._db.execute(f"SELECT count(*) FROM {_quote(table)}").fetchone()[0])  # noqa: S608

    def columns(self, table: str) -> list[str]:
        return [row[1] for row in self._db.execute(f"PRAGMA table_info({_quote(table)})")]

    def rows(self, table: str, columns: list[str], *, where_null: str = "") -> Iterator[tuple[Any, ...]]:
        names = ", ".join(_quote(column) for column in columns)
        only = f" WHERE {_quote(where_null)} IS NULL" if where_null else ""
        yield from self._db.execute(f"SELECT {names} FROM {_quote(table)}{only}")  # noqa: S608


@contextmanager
def snapshot(scratch: Path, *, left_out: Iterable[str]) -> Iterator[SqliteSnapshot]:
    """The live file copied in one read transaction; writers go on."""
    dump = scratch / DUMP
    with closing(sqlite3.connect(_live(), timeout=SECONDS, isolation_level=None)) as live:
        live.execute("VACUUM INTO ?", (str(dump),))
    dump.chmod(0o600)
    with closing(sqlite3.connect(dump, isolation_level=None)) as copy:
        # No journal: it would keep the pages with the keys that are taken out here.
        copy.execute("PRAGMA journal_mode = OFF")
        copy.execute("PRAGMA secure_delete = ON")
        copy.execute("UPDATE vault_datakey SET wrapped = x'' WHERE wrapped IS NOT NULL")
        copy.execute("UPDATE vault_installation SET wrapped_secret = x''")
        for table in left_out:
            copy.execute(f"DELETE FROM {_quote(table)}")  # noqa: S608 - our own tables
        copy.execute("VACUUM")
        yield SqliteSnapshot(dump, copy)


def _live() -> str:
    return str(connection.settings_dict["NAME"])


def put_in_place(dump: Path, *, mark: str, key_rows: Iterable[dict[str, Any]]) -> None:
    """Fill the live database with the copy, in one write transaction of SQLite; a mark goes with it.

    Stopped at any moment, the live database is as it was, or the copy whole. `key_rows` are in the copy.
    """
    connections.close_all()
    with closing(sqlite3.connect(dump, isolation_level=None)) as copy:
        copy.execute(f"CREATE TABLE {mark} (id integer)")
        with closing(sqlite3.connect(_live(), timeout=SECONDS, isolation_level=None)) as live:
            copy.backup(live)
            live.execute("PRAGMA journal_mode = WAL")


@contextmanager
def throwaway(folder: Path) -> Iterator[str]:
    """Name of a database for trying a restore, inside `folder`."""
    name = folder / "tried.sqlite3"
    try:
        yield str(name)
    finally:
        for part in folder.glob(f"{name.name}*"):
            shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)

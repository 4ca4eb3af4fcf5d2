"""Copying the database as it is at one moment, and putting such a copy in the place of an empty one.

The raw SQL of both kinds of database stands in `sqlite` and `postgres`, which offer the same: a
`Snapshot` with `dump`, `tables`, `count` and `rows`, and a function `put_in_place`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.db import connection

from config.upkeep.databases import postgres, sqlite

KEY_TABLE = "vault_datakey"
INSTALLATION_TABLE = "vault_installation"
HEAD_TABLE, CHECKPOINT_TABLE = "audit_chainhead", "audit_checkpoint"
MARK = "upkeep_restore"
"""A table that stands in a database while a restore into it is not finished."""
_MADE_ANEW = ("vault.NameToken",)
"""Indexes that are made anew from sealed names after a restore."""
_FLEETING = (
    "sessions.Session",
    "axes.AccessAttempt",
    "axes.AccessAttemptExpiration",
    "axes.AccessFailureLog",
)
"""Who is signed in, and who mistyped: nothing that a restored site should know, or a thief."""


class Snapshot(Protocol):
    """The database at one moment. `dump` is the copy without keys and without the tables left out."""

    dump: Path

    def tables(self) -> list[str]: ...
    def count(self, table: str) -> int: ...
    def rows(self, table: str, columns: list[str], *, where_null: str = "") -> Iterator[tuple[Any, ...]]: ...
    def columns(self, table: str) -> list[str]: ...


def kind_of_database() -> ModuleType:
    """The module for the database of the settings."""
    return sqlite if connection.vendor == "sqlite" else postgres


def snapshot(scratch: Path) -> AbstractContextManager[Snapshot]:
    """The database now, with its copy in `scratch`. Raises `UpkeepError`."""
    found: AbstractContextManager[Snapshot] = kind_of_database().snapshot(scratch, left_out=left_out())
    return found


def left_out() -> list[str]:
    """Tables whose rows stay out of a backup, of those that this site has."""
    names = [apps.get_model(label)._meta.db_table for label in (*_MADE_ANEW, *_FLEETING) if _known(label)]
    names += [
        str(cache["LOCATION"])
        for cache in settings.CACHES.values()
        if cache["BACKEND"].endswith("DatabaseCache")
    ]
    there = set(connection.introspection.table_names())
    return [name for name in names if name in there]


def _known(label: str) -> bool:
    try:
        apps.get_model(label)
    except LookupError:
        return False
    return True


def files_of_rows() -> list[tuple[str, str]]:
    """(table, column that is NULL while the file must be there) of every table that names stored files."""
    found = []
    for model in apps.get_models():
        names = {field.name for field in model._meta.local_concrete_fields}
        if "stored_name" in names and not hasattr(model, "history_object"):
            found.append((model._meta.db_table, "erased_at" if "erased_at" in names else ""))
    return found


def marked() -> bool:
    """Whether a restore into this database was begun and not finished."""
    return MARK in connection.introspection.table_names()


def counts() -> dict[str, int]:
    """Rows of every table of the live database, without the mark."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        found = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608 - a table
            found[name] = cursor.fetchone()[0]
    found.pop(MARK, None)
    return found


def take_mark_away() -> None:
    """The restore is finished; inside its last transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {MARK}")

"""PostgreSQL: `pg_dump` of one exported snapshot, and `pg_restore` in one transaction.

Passwords go to the programs by environment, never on their command line. Raw SQL with our names alone.
"""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections

from config.upkeep.places import UpkeepError

DUMP = "database.pgdump"
WITHOUT_ROWS = ("vault_datakey", "vault_installation")
"""Their rows travel apart, without the keys."""


def _connect(**other: Any) -> Any:
    import psycopg  # only where PostgreSQL is used

    params = connection.get_connection_params() | other
    for name in ("cursor_factory", "context"):
        params.pop(name, None)
    return psycopg.connect(**params, autocommit=True)


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)


def _run(program: str, *words: str) -> None:
    """Run one of PostgreSQL's programs on the live database. Raises `UpkeepError` with its last line."""
    args, env = type(connection.client).settings_to_cmd_args_env(connection.settings_dict, list(words))
    try:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs, our words
            [program, *args[1:-1], "--dbname", args[-1]],
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise UpkeepError(
            f"{program} is not on this machine: install PostgreSQL's client programs "
            "(on Debian: apt install postgresql-client)."
        ) from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if "error:" in line] or lines or ["it gave no reason"]
        raise UpkeepError(f"{program} failed: {errors[0].strip()}")


class PostgresSnapshot:
    """The database as one transaction sees it; the dump is of the same moment."""

    def __init__(self, dump: Path, db: Any) -> None:
        self.dump, self._db = dump, db

    def tables(self) -> list[str]:
        found = self._db.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
        )
        return [name for (name,) in found]

    def count(self, table: str) -> int:
        return int(self._db.execute(f"SELECT count(*) FROM {_quote(table)}").fetchone()[0])  # noqa: S608

    def columns(self, table: str) -> list[str]:
        found = self._db.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position",
            (table,),
        )
        return [name for (name,) in found]

    def rows(self, table: str, columns: list[str], *, where_null: str = "") -> Iterator[tuple[Any, ...]]:
        names = ", ".join(f"{_quote(column)}::text" for column in columns)
        only = f" WHERE {_quote(where_null)} IS NULL" if where_null else ""
        with self._db.cursor(name=f"rows_{secrets.token_hex(4)}") as cursor:  # a few rows at a time
            cursor.execute(f"SELECT {names} FROM {_quote(table)}{only}")  # noqa: S608
            yield from cursor


@contextmanager
def snapshot(scratch: Path, *, left_out: Iterable[str]) -> Iterator[PostgresSnapshot]:
    """One transaction that reads, its moment exported to pg_dump. Writers go on."""
    dump = scratch / DUMP
    with closing(_connect()) as db:
        db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        moment = db.execute("SELECT pg_export_snapshot()").fetchone()[0]
        schema = db.execute("SELECT current_schema()").fetchone()[0]
        without = [f"--exclude-table-data={schema}.{name}" for name in (*left_out, *WITHOUT_ROWS)]
        words = ["--format=custom", "--no-owner", "--no-privileges", f"--schema={schema}", *without]
        _run("pg_dump", *words, f"--snapshot={moment}", f"--file={dump}")
        dump.chmod(0o600)
        yield PostgresSnapshot(dump, db)


def put_in_place(dump: Path, *, mark: str, key_rows: Iterable[dict[str, Any]]) -> None:
    """Take an empty site's tables away and put the dump in, then the rows that travelled apart.

    Three transactions, each whole or not at all; the mark stands from the first to the end of the
    restore, so that one that was stopped in between can be begun anew.
    """
    connections.close_all()
    with closing(_connect()) as db:
        with db.transaction():
            _empty(db)
            db.execute(f"CREATE TABLE {mark} (id integer)")
        schema = db.execute("SELECT current_schema()").fetchone()[0]
    _run(
        "pg_restore",
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        f"--schema={schema}",
        str(dump),
    )
    with closing(_connect()) as db, db.transaction():
        for row in key_rows:
            table, values = row["table"], row["values"]
            names = ", ".join(_quote(name) for name in values)
            marks = ", ".join(["%s"] * len(values))
            # Text to every type of column: PostgreSQL reads it as its own.
            text = f"INSERT INTO {_quote(table)} ({names}) VALUES ({marks})"  # noqa: S608 - our tables
            db.execute(text, list(values.values()))


def _empty(db: Any) -> None:
    """Remove every table and function of the schema; nobody's data are in them."""
    tables = db.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()
    for (name,) in tables:
        db.execute(f"DROP TABLE {_quote(name)} CASCADE")
    functions = db.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p "
        "LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e' "
        "WHERE p.pronamespace = current_schema()::regnamespace AND d.objid IS NULL"
    ).fetchall()
    for (name,) in functions:
        db.execute(f"DROP FUNCTION {name} CASCADE")


@contextmanager
def throwaway(folder: Path) -> Iterator[str]:
    """Name of a new, empty database beside the live one, dropped afterwards. Raises `UpkeepError`."""
    import psycopg

    name = f"afterword_try_{secrets.token_hex(6)}"
    with closing(_connect()) as db:
        try:
            db.execute(f"CREATE DATABASE {_quote(name)} TEMPLATE template0")
        except psycopg.errors.InsufficientPrivilege:
            raise UpkeepError(
                "This role may not create a database, so a restore cannot be tried here: "
                "ALTER ROLE … CREATEDB, or run verify_backup on another machine."
            ) from None
        try:
            yield name
        finally:
            db.execute(f"DROP DATABASE IF EXISTS {_quote(name)} WITH (FORCE)")

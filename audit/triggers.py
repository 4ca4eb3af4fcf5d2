"""Triggers that keep the log and all history append-only, on both databases.

They stop an application gone wrong, an injected statement and a careless hand. Who owns the database can
drop them: the chain, the pins and the checkpoints tell then (audit.verify). `migrate` puts them back
wherever a change of a table lost them (SQLite makes a table anew to alter it).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.db import connection

EVENTS, HEADS, DOOR = "audit_accessevent", "audit_chainhead", "audit_door"
FILE_COLUMNS = ("stored_name",)
"""Plain columns that name a sealed file: they change when the file is sealed again."""
REFUSAL = "Afterword: this table is append-only"
FLUSH = "flush"
"""The door through which the test runner empties tables (commands/flush.py). No other site has it."""


def history_tables() -> list[str]:
    """The tables of every history model."""
    return sorted(
        str(model.history.model._meta.db_table) for model in apps.get_models() if hasattr(model, "history")
    )


def install() -> None:
    """Put every trigger in place, anew. Safe to repeat; does nothing before the tables are there."""
    present = set(connection.introspection.table_names())
    if not {EVENTS, HEADS, DOOR} <= present:
        return
    statements = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for statement in statements([table for table in history_tables() if table in present]):
            cursor.execute(statement)


def missing() -> list[str]:
    """The tables of which a trigger is gone, switched off, or not the one that stands in this file."""
    present = set(connection.introspection.table_names())
    tables = [table for table in history_tables() if table in present]
    wanted, found = (
        (_wanted_in_postgresql(tables), _found_in_postgresql())
        if connection.vendor == "postgresql"
        else (_wanted_in_sqlite(tables), _found_in_sqlite())
    )
    return sorted({table for (table, name), text in wanted.items() if found.get((table, name)) != text})


def _wanted_in_sqlite(tables: Iterable[str]) -> dict[tuple[str, str], str]:
    made = [statement for statement in _sqlite(tables) if statement.startswith("CREATE")]
    return {(_between(text, ' ON "'), _between(text, 'TRIGGER "')): text for text in made}


def _between(text: str, mark: str) -> str:
    """The quoted name behind a mark."""
    return text.partition(mark)[2].partition('"')[0]


def _found_in_sqlite() -> dict[tuple[str, str], str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {(table, name): sql for table, name, sql in cursor.fetchall()}


def _wanted_in_postgresql(tables: Iterable[str]) -> dict[tuple[str, str], str]:
    bodies = {_between_dollars(text)[0]: _between_dollars(text)[1] for text in (_keep(), _FOLLOW, _FORWARD)}
    wanted = {}
    for text in _postgresql(tables):
        if text.startswith("CREATE TRIGGER"):
            function = text.rpartition("FUNCTION ")[2].partition("(")[0]
            wanted[_between(text, ' ON "'), _between(text, 'TRIGGER "')] = bodies[function]
    return wanted


def _between_dollars(text: str) -> tuple[str, str]:
    """(name, body) of the statement that makes a function."""
    name = text.partition("FUNCTION ")[2].partition("(")[0]
    return name, text.split("$$")[1]


def _found_in_postgresql() -> dict[tuple[str, str], str]:
    sql = (
        "SELECT c.relname, t.tgname, p.prosrc FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {(table, name): body for table, name, body in cursor.fetchall()}


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def _may_change(column: str) -> bool:
    return column.endswith("_sealed") or column in FILE_COLUMNS


# --- SQLite -----------------------------------------------------------------------------------------------


def _sqlite(tables: Iterable[str]) -> Iterable[str]:
    for table in tables:
        kept = [name for name in _columns(table) if not _may_change(name)]
        changed = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in kept)
        yield from _trigger(
            table, "update", "BEFORE UPDATE", f"NOT {_open('reseal', FLUSH)} OR ({changed})", _ABORT
        )
        yield from _trigger(table, "delete", "BEFORE DELETE", f"NOT {_open('erase', FLUSH)}", _ABORT)
    yield from _trigger(EVENTS, "update", "BEFORE UPDATE", "1", _ABORT)
    yield from _trigger(EVENTS, "delete", "BEFORE DELETE", f"NOT {_open(FLUSH)}", _ABORT)
    follows = f"NEW.seq IS NOT (SELECT seq + 1 FROM {HEADS} WHERE chain = NEW.chain)"  # noqa: S608 - fixed words
    yield from _trigger(EVENTS, "follow", "BEFORE INSERT", follows, _ABORT)
    move = (
        f"UPDATE {HEADS} SET seq = NEW.seq, digest = NEW.digest, mac = NEW.mac "  # noqa: S608 - fixed words
        "WHERE chain = NEW.chain;"
    )
    yield from _trigger(EVENTS, "move", "AFTER INSERT", "1", move)
    yield from _trigger(
        HEADS, "update", "BEFORE UPDATE", "NEW.chain IS NOT OLD.chain OR NEW.seq IS NOT OLD.seq + 1", _ABORT
    )
    yield from _trigger(HEADS, "delete", "BEFORE DELETE", f"NOT {_open(FLUSH)}", _ABORT)


_ABORT = f"SELECT RAISE(ABORT, '{REFUSAL}');"


def _open(*kinds: str) -> str:
    if settings.AFTERWORD_ENV != "test":
        kinds = tuple(kind for kind in kinds if kind != FLUSH)
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    if not listed:
        return "(1 = 0)"
    return f"EXISTS (SELECT 1 FROM {DOOR} WHERE kind IN ({listed}))"  # noqa: S608 - fixed words


def _trigger(table: str, name: str, when: str, condition: str, act: str) -> Iterable[str]:
    title = f"afterword_{name}_{table}"
    yield f'DROP TRIGGER IF EXISTS "{title}"'
    yield f'CREATE TRIGGER "{title}" {when} ON "{table}" FOR EACH ROW WHEN {condition} BEGIN {act} END'


# --- PostgreSQL -------------------------------------------------------------------------------------------


def _keep() -> str:
    return f"""
CREATE OR REPLACE FUNCTION afterword_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changing text[];
BEGIN
    IF TG_OP = 'UPDATE' AND TG_ARGV[0] = 'history'
            AND {_open("reseal", FLUSH)} THEN
        SELECT array_agg(k) INTO changing FROM jsonb_object_keys(to_jsonb(OLD)) AS k
            WHERE k LIKE '%\\_sealed' OR k IN ({", ".join(f"'{name}'" for name in FILE_COLUMNS)});
        IF to_jsonb(OLD) - coalesce(changing, '{{}}') = to_jsonb(NEW) - coalesce(changing, '{{}}') THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'DELETE' AND TG_ARGV[0] = 'history' AND {_open("erase", FLUSH)} THEN
        RETURN OLD;
    ELSIF TG_OP = 'DELETE' AND {_open(FLUSH)} THEN
        RETURN OLD;
    ELSIF TG_OP = 'TRUNCATE' AND {_open(FLUSH)} THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""  # noqa: S608 - fixed words


_FOLLOW = f"""
CREATE OR REPLACE FUNCTION afterword_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE {HEADS} SET seq = NEW.seq, digest = NEW.digest, mac = NEW.mac
        WHERE chain = NEW.chain AND seq = NEW.seq - 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""  # noqa: S608 - fixed words

_FORWARD = f"""
CREATE OR REPLACE FUNCTION afterword_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.chain = OLD.chain AND NEW.seq = OLD.seq + 1 THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def _postgresql(tables: Iterable[str]) -> Iterable[str]:
    yield from (_keep(), _FOLLOW, _FORWARD)
    for table in tables:
        yield from _row(table, "update", "BEFORE UPDATE", "afterword_keep('history')")
        yield from _row(table, "delete", "BEFORE DELETE", "afterword_keep('history')")
        yield from _row(table, "truncate", "BEFORE TRUNCATE", "afterword_keep('history')", each="STATEMENT")
    for table in (EVENTS, HEADS):
        yield from _row(table, "delete", "BEFORE DELETE", "afterword_keep('log')")
        yield from _row(table, "truncate", "BEFORE TRUNCATE", "afterword_keep('log')", each="STATEMENT")
    yield from _row(EVENTS, "update", "BEFORE UPDATE", "afterword_keep('log')")
    yield from _row(EVENTS, "follow", "BEFORE INSERT", "afterword_follow()")
    yield from _row(HEADS, "update", "BEFORE UPDATE", "afterword_forward()")


def _row(table: str, name: str, when: str, call: str, *, each: str = "ROW") -> Iterable[str]:
    title = f"afterword_{name}_{table}"[:63]
    yield f'DROP TRIGGER IF EXISTS "{title}" ON "{table}"'
    yield f'CREATE TRIGGER "{title}" {when} ON "{table}" FOR EACH {each} EXECUTE FUNCTION {call}'

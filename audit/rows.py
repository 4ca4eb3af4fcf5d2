"""What a row of a table says, as bytes: the same on both databases, whatever columns come later.

A history row is pinned by the keyed digest of these bytes, and a live row must say what the newest history
row of it says. A column that is empty (None, "", 0, False, [] or {}) says nothing, so that a column added
later changes no old row; a nullable column that holds an empty value which is not NULL does say it.

Canonical form: for each column in the order of its name: name, "=", length in bytes, ":", value, ";". Values:
UUIDs as 32 hexadecimal digits, dates ISO, moments ISO in UTC with microseconds, booleans 1, JSON with sorted
keys, sealed columns their very bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models

from vault.crypto import derive
from vault.ids import NIL
from vault.installation import secret

DIGEST_BYTES = 16
ROWS_AT_ONCE = 2000
UNREADABLE = b"\0unreadable"
"""What a row says that holds something else than its columns can: no row of ours says this."""
META = ("history_id", "history_date", "history_type", "history_user_id", "history_change_reason")

Say = Callable[[Any], bytes]


# --- One value --------------------------------------------------------------------------------------------


def _text(value: Any) -> bytes:
    return str(value).encode()


def _number(value: Any) -> bytes:
    if type(value) is not int and type(value) is not bool:
        return f"!{value!r}".encode()  # SQLite keeps what it is given, and 7.5 is not 7
    return str(int(value)).encode() if value else b""


def _uuid(value: Any) -> bytes:
    return (value.hex if isinstance(value, UUID) else UUID(str(value)).hex).encode()


def _day(value: Any) -> bytes:
    if isinstance(value, datetime) or not isinstance(value, date):
        value = date.fromisoformat(str(value))
    return value.isoformat().encode()


def _moment(value: Any) -> bytes:
    if not isinstance(value, datetime):
        value = datetime.fromisoformat(str(value))
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:26].encode()


def _json(value: Any) -> bytes:
    if not value:
        return b""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _json_of_text(value: Any) -> bytes:
    if value in ("[]", "{}", '""', "null"):
        return b""
    return _json(json.loads(value) if isinstance(value, str) else value)


def _bytes(value: Any) -> bytes:
    return bytes(value)


SAY: tuple[tuple[type[models.Field], Say], ...] = (
    (models.UUIDField, _uuid),
    (models.DateTimeField, _moment),
    (models.DateField, _day),
    (models.BooleanField, _number),
    (models.IntegerField, _number),
    (models.AutoField, _number),
    (models.JSONField, _json),
    (models.CharField, _text),
    (models.TextField, _text),
)


def target_of(field: Any) -> Any:
    """The field whose values a foreign key's column holds; any other field itself."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field


# A value of just this type is said as it stands; the database takes texts and bytes as they stand, too.
AS_IT_STANDS: tuple[tuple[type[models.Field], type], ...] = (
    (models.UUIDField, UUID),
    (models.DateTimeField, datetime),
    (models.DateField, date),
    (models.BooleanField, bool),
    (models.IntegerField, int),
    (models.AutoField, int),
    (models.CharField, str),
    (models.TextField, str),
)


def stands_as(field: models.Field) -> type | None:
    """The type of which a value needs no cleaning; None where each has to be looked at."""
    field = target_of(field)
    if field.get_internal_type() == "BinaryField":
        return bytes
    return next((kind for fields, kind in AS_IT_STANDS if isinstance(field, fields)), None)


def _say(field: models.Field) -> Say:
    """How a value of this column is said. Raises TypeError for a kind of column nobody has thought of."""
    field = target_of(field)
    if field.get_internal_type() == "BinaryField":
        return _bytes
    for kind, say in SAY:
        if isinstance(field, kind):
            return say
    raise TypeError(f"{field} has no canonical form: add its kind to audit.rows.SAY.")


# --- One row ----------------------------------------------------------------------------------------------


class Shape:
    """The columns of a table that are said, in order, and how."""

    def __init__(self, fields: list[models.Field]) -> None:
        self.fields = sorted(fields, key=lambda field: str(field.column))
        self._columns = [
            (f"{field.column}=".encode(), _say(field), bool(field.null)) for field in self.fields
        ]
        # JSON comes out of a cursor as text; everything else is said alike.
        self._raw = [
            (head, _json_of_text if say is _json else say, null) for head, say, null in self._columns
        ]
        self.kinds: list[tuple[Any, str, type | None]] = [
            (field, field.attname, stands_as(field)) for field in self.fields
        ]

    def say(self, values: Any) -> bytes:
        """The canonical bytes of Python values, one for each of `fields`."""
        return self._said(self._columns, values)

    def say_raw(self, values: Any) -> bytes:
        """The same of what a cursor gave for `fields`; `UNREADABLE` where that is not of their kinds."""
        try:
            return self._said(self._raw, values)
        except (ValueError, TypeError, AttributeError):
            return UNREADABLE

    @staticmethod
    def _said(columns: list[tuple[bytes, Say, bool]], values: Any) -> bytes:
        parts: list[bytes] = []
        for (head, say, null), value in zip(columns, values, strict=True):
            if value is None:
                continue
            said = say(value)
            if said or null:
                parts.append(b"%b%d:%b;" % (head, len(said), said))
        return b"".join(parts)


class Table:
    """A model with history: its live columns, its history's columns, the name by which rows are pinned."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.history: Any = model.history.model  # type: ignore[attr-defined]
        self.name: str = pinned_as(model)
        tracked = {field.attname: field for field in self.history.tracked_fields}
        # As the history table has them: a foreign key is told by its column there.
        fields = {field.attname: field for field in self.history._meta.concrete_fields}
        self.content = Shape([fields[name] for name in tracked])
        self.meta = Shape([fields[name] for name in META])
        self._inserting = ""
        self.pk: str = model._meta.pk.attname
        self.from_migrations: bool = getattr(model, "from_migrations", False)
        self.client_column = "" if model._meta.model_name == "client" else _client_column(model)

    def chain_of(self, row: Any) -> UUID:
        """The chain to which a row of it, or of its history, belongs."""
        if self.model._meta.label_lower == "clients.client":
            return UUID(str(row.pk if isinstance(row, self.model) else getattr(row, self.pk)))
        return getattr(row, self.client_column) if self.client_column else NIL

    def content_of(self, row: Any) -> bytes:
        """What a live row, or a history row, says apart from when and by whom."""
        return self.content.say([getattr(row, field.attname) for field in self.content.fields])

    def meta_of(self, version: Any) -> bytes:
        return self.meta.say([getattr(version, field.attname) for field in self.meta.fields])

    def agrees(self, row: Any) -> bool:
        """Whether a live row says what its newest version says. One query where it does; nothing is opened.

        A cell that was put back or swapped behind the application's back is seen at once, without waiting for
        `verify_audit`; where the version was altered with it, only that one tells.
        """
        newest = self.history.objects.filter(**{self.pk: row.pk}).order_by("-history_id").first()
        if newest is not None and self.content_of(newest) == self.content_of(row):
            return True
        # The row in hand may have been read before the request changed it.
        row = self.model._default_manager.filter(pk=row.pk).first()
        return row is None or (newest is not None and self.content_of(newest) == self.content_of(row))

    def digest(self, version: Any) -> bytes:
        """16 bytes: the keyed digest of a history row."""
        return digest(self.name, self.content_of(version), self.meta_of(version))

    def inserting(self) -> str:
        """The statement that adds a row to the history table and gives its id.

        It takes the values of `content` and then of `meta`, in their order, without the id.
        """
        if not self._inserting:
            fields = [field for field in (*self.content.fields, *self.meta.fields) if not field.primary_key]
            quote = connection.ops.quote_name
            columns = ", ".join(quote(str(field.column)) for field in fields)
            marks = ", ".join(["%s"] * len(fields))
            into = quote(self.history._meta.db_table)
            self._inserting = f"INSERT INTO {into} ({columns}) VALUES ({marks}) RETURNING history_id"  # noqa: S608 - our names
        return self._inserting

    # --- many rows, past the ORM ---

    def versions(self) -> Iterator[tuple[int, str, bytes, bytes, str]]:
        """(history id, row's key, content, meta, kind) of every history row, in the order of writing."""
        content, meta = len(self.content.fields), len(self.meta.fields)
        extra = [self._history_field("history_id"), self._history_field(self.pk)]
        extra.append(self._history_field("history_type"))
        for row in _rows(self.history, [*self.content.fields, *self.meta.fields, *extra], "history_id"):
            yield (
                row[-3],
                _key(row[-2]),
                self.content.say_raw(row[:content]),
                self.meta.say_raw(row[content : content + meta]),
                row[-1],
            )

    def live(self) -> Iterator[tuple[str, bytes]]:
        """(row's key, content) of every live row."""
        names = [field.attname for field in self.content.fields]
        fields = {field.attname: field for field in self.model._meta.concrete_fields}
        pk = fields[self.pk]
        for row in _rows(self.model, [*(fields[name] for name in names), pk], str(pk.column)):
            yield _key(row[-1]), self.content.say_raw(row[:-1])

    def _history_field(self, attname: str) -> models.Field:
        return next(field for field in self.history._meta.concrete_fields if field.attname == attname)


def _client_column(model: type[models.Model]) -> str:
    names = {field.attname for field in model._meta.concrete_fields}
    return "client_id" if "client_id" in names else ""


def _key(value: Any) -> str:
    """A primary key as `AccessEvent.object_id` has it."""
    if isinstance(value, UUID):
        return str(value)
    text = str(value)
    try:
        return str(UUID(text)) if len(text) == 32 else text
    except ValueError:
        return text


def pinned_as(model: type[models.Model]) -> str:
    """The fixed word under which rows of a model are pinned: the model's first label."""
    return str(getattr(model, "pinned_as", model._meta.label_lower))


def _rows(model: type[models.Model], fields: list[Any], order: str) -> Iterator[tuple[Any, ...]]:
    """Columns of a whole table as the database gives them, in batches; nothing is opened or built."""
    quote = connection.ops.quote_name
    columns = ", ".join(_column(field, quote(str(field.column))) for field in fields)
    sql = f"SELECT {columns} FROM {quote(model._meta.db_table)} ORDER BY {quote(order)}"  # noqa: S608 - our names
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while batch := cursor.fetchmany(ROWS_AT_ONCE):
            yield from batch


def _column(field: Any, quoted: str) -> str:
    """Text where a driver would build an object that is taken apart again, or hide how JSON was written."""
    field = target_of(field)
    if connection.vendor != "postgresql":
        return quoted
    if isinstance(field, models.UUIDField | models.JSONField):
        return f"{quoted}::text"
    return quoted


@cache
def table_of(model: type[models.Model]) -> Table:
    """The table of a model with history."""
    return Table(model)


@cache
def table_of_history(history: type[models.Model]) -> Table:
    """The table of a history model."""
    return table_of(history.instance_type)  # type: ignore[attr-defined]


def tables() -> list[Table]:
    """Every table with history, in the order of its name."""
    found = (table_of(model) for model in apps.get_models() if hasattr(model, "history"))
    return sorted(found, key=lambda table: table.name)


# --- Digests ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _key_of(root: bytes) -> bytes:
    return derive(root, "rowdigest/1")


def digest(name: str, content: bytes, meta: bytes) -> bytes:
    """16 bytes: keyed BLAKE2b over the table's word, the row's content and its when and by whom."""
    keyed = hashlib.blake2b(key=_key_of(secret()), digest_size=DIGEST_BYTES)
    keyed.update(f"{name}|{len(content)}|".encode())
    keyed.update(content)
    keyed.update(meta)
    return keyed.digest()


def pin(name: str, history_id: int, digest_: bytes) -> str:
    """How a pin is written in an event."""
    return f"{name}:{history_id}:{digest_.hex()}"

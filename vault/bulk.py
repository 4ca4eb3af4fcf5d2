"""Thousands of small rows at once: the only raw SQL of the vault.

The ORM says it row by row, at many times the cost; names come from the models, values go as
parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, connections, models, transaction

Swap = tuple[Any, bytes, bytes]
"""Primary key, the bytes that were read, the bytes to put in their place."""


def swap(model: type[models.Model], column: str, rows: Iterable[Swap]) -> int:
    """Compare and set: write the new bytes where the old ones still stand. Returns how many rows it changed.

    `column` is the name of a field that holds bytes. Whoever saved in between wins. No history, no
    `save()`: for the same value in another wrapping only.
    """
    pk, field = model._meta.pk, model._meta.get_field(column)
    if pk is None or not isinstance(field, models.Field) or pk.column is None or field.column is None:
        raise TypeError(f"{model._meta.label}.{column} is no column of its own.")
    quote = connection.ops.quote_name
    table, target, key = quote(model._meta.db_table), quote(field.column), quote(pk.column)
    real = connections[connection.alias]  # asking the proxy for each row would cost as much as the rest
    prepared = [(pk.get_db_prep_value(row[0], real), bytes(row[1]), bytes(row[2])) for row in rows]
    if not prepared:
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            kind = pk.rel_db_type(connection)
            cursor.execute(
                f"UPDATE {table} SET {target} = swap.new "  # noqa: S608 - names of our own models, quoted
                f"FROM unnest(%s::{kind}[], %s::bytea[], %s::bytea[]) AS swap(pk, old, new) "
                f"WHERE {table}.{key} = swap.pk AND {table}.{target} = swap.old",
                [list(values) for values in zip(*prepared, strict=True)],
            )
        else:
            cursor.executemany(
                f"UPDATE {table} SET {target} = %s WHERE {key} = %s AND {target} = %s",  # noqa: S608 - as above
                [(new, key_value, old) for key_value, old, new in prepared],
            )
        return int(cursor.rowcount)


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[int]]) -> None:
    """Insert rows of whole numbers, one for each of `columns`. No instances, no history, no `save()`."""
    table = connection.ops.quote_name(model._meta.db_table)
    fields = [field for field in map(model._meta.get_field, columns) if isinstance(field, models.Field)]
    targets = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    prepared = list(rows)
    if not prepared:
        return
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{field.rel_db_type(connection)}[]" for field in fields)
            cursor.execute(
                f"INSERT INTO {table} ({targets}) SELECT * FROM unnest({arrays})",  # noqa: S608 - our own names
                [list(values) for values in zip(*prepared, strict=True)],
            )
            return
        marks = ", ".join("%s" for _field in fields)
        cursor.executemany(f"INSERT INTO {table} ({targets}) VALUES ({marks})", prepared)  # noqa: S608

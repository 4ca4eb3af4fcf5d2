"""What is proven of a restored site, in plain lines; each proof says what it looked at and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models

from config.upkeep import databases
from config.upkeep.archive import Manifest
from vault import files
from vault.datakeys import preload
from vault.errors import Shredded, VaultError
from vault.fields import SealedField
from vault.ids import NIL

ROWS_A_TABLE = 20
"""Rows of each table of which every sealed value is opened."""
FILES = 20
"""Sealed files that are opened to their last byte."""


@dataclass
class Proof:
    """`lines` for people; `wrong` what must not be so. `Proof.wrong == []` is a pass."""

    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def prove_counts(manifest: Manifest, proof: Proof) -> None:
    """Rows of every table as they were when the backup was made."""
    found = databases.counts()
    for table, wanted in sorted(manifest.tables.items()):
        if table not in found:
            proof.wrong.append(f"The table {table} is missing.")
        elif found[table] != wanted:
            proof.wrong.append(f"{table} has {found[table]} rows and should have {wanted}.")
    rows = sum(found.get(table, 0) for table in manifest.tables)
    proof.lines.append(f"Counted {_many(rows, 'row')} in {_many(len(manifest.tables), 'table')}.")


def prove_values(proof: Proof) -> None:
    """The sealed values of a sample of every table open; those of erased clients do not."""
    opened = erased = tables = 0
    for model in apps.get_models():
        sealed = [f for f in model._meta.local_concrete_fields if isinstance(f, SealedField)]
        if not sealed:
            continue
        tables += 1
        for row in _sample(model, sealed):
            for column in sealed:
                result = _open(row, column)
                opened += result == "opened"
                erased += result == "erased"
                if result == "broken":
                    proof.wrong.append(
                        f"{model._meta.db_table}.{column.column} of row {row.pk} does not open."
                    )
    line = f"Opened {_many(opened, 'sealed value')} of {_many(tables, 'table')}"
    if erased:
        line += f"; {_many(erased, 'value')} of erased clients opened no more, as it should be"
    proof.lines.append(line + ".")


def _sample(model: type[models.Model], sealed: list[SealedField]) -> list[Any]:
    """Rows spread over the whole table, with their keys fetched at once."""
    manager: Any = model._base_manager
    keys = list(manager.order_by("pk").values_list("pk", flat=True))
    step = max(1, len(keys) // ROWS_A_TABLE)
    rows = list(manager.filter(pk__in=keys[::step][:ROWS_A_TABLE]))
    clients = {_client(row, sealed[0]) for row in rows}
    preload(client for client in clients if isinstance(client, UUID))
    return rows


def _client(row: Any, column: SealedField) -> UUID | None:
    return NIL if column.client is None else getattr(row, column.client)


def _open(row: Any, column: SealedField) -> str:
    if getattr(row, column.attname) is None:
        return "empty"
    try:
        column.read(row)
    except Shredded:
        return "erased"
    except VaultError:
        return "broken"
    return "opened"


def prove_files(manifest: Manifest, proof: Proof) -> None:
    """Every file that a row names lies in the storage; a sample opens to the last byte."""
    there = opened = erased = 0
    named = list(_files())
    known = set(manifest.lost)
    step = max(1, len(named) // FILES)
    for at, (name, row, client) in enumerate(named):
        if not default_storage.exists(name):
            if name not in known:
                proof.wrong.append(f"The file of document {row} is missing.")
            continue
        there += 1
        if at % step:
            continue
        try:
            for _piece in files.open_chunks(name, row=row, client=client):
                pass
            opened += 1
        except Shredded:
            erased += 1
        except VaultError:
            proof.wrong.append(f"The file of document {row} does not open.")
    line = f"Found {_many(there, 'file')} and opened {opened} of them to the end"
    if erased:
        line += f"; {erased} of erased clients opened no more, as it should be"
    proof.lines.append(line + ".")
    if known:
        proof.lines.append(f"{_many(len(known), 'file')} had been lost before the backup was made.")


def _files() -> Iterator[tuple[str, UUID, UUID]]:
    """(stored name, row, client) of every file that must be there."""
    for model in apps.get_models():
        names = {f.name for f in model._meta.local_concrete_fields}
        if "stored_name" not in names or hasattr(model, "history_object"):
            continue
        manager: Any = model._base_manager
        rows = manager.filter(erased_at__isnull=True) if "erased_at" in names else manager.all()
        yield from rows.exclude(stored_name="").order_by("pk").values_list("stored_name", "pk", "client_id")


LOG_PROOFS: list[Callable[[Proof], None]] = []
"""What walks the audit chain; each adds its line."""


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"

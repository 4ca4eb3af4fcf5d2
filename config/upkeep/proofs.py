"""What is proven of a restored site, in plain lines; each proof says what it looked at and what is wrong."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models, transaction

from audit import checkpoints, verify
from audit.models import ChainHead
from config.upkeep import databases
from config.upkeep.archive import Manifest
from config.upkeep.making import heads_of
from vault import files, signing
from vault.datakeys import preload
from vault.errors import KeyringError, Shredded, VaultError
from vault.fields import SealedField
from vault.ids import NIL

logger = logging.getLogger(__name__)

LOG_AT_FAULT = 3
"""Exit code of `manage restore` where everything was restored and the access log has faults."""
ROWS_A_TABLE = 20
"""Rows of each table of which every sealed value is opened."""
FILES = 20
"""Sealed files that are opened to their last byte."""


@dataclass
class Proof:
    """`lines` and `notes` (what to look into) for people; `wrong` what must not be so: empty is a pass.

    `log_at_fault` where the walk along the access log found something or could not be ended.
    """

    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    log_at_fault: bool = False


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


def prove_heads(manifest: Manifest, proof: Proof) -> None:
    """Every chain of the access log ends where it ended when the backup was made."""
    found = heads_of(ChainHead.objects.values_list("chain", "seq", "digest"))
    if any(found[name] != manifest.log.get(name) for name in found):
        proof.wrong.append("The chains of the access log do not end as they did when the backup was made.")


def prove_log(manifest: Manifest, proof: Proof, folder: Path) -> None:
    """Walk the access log, with the checkpoint that came with the backup in `folder`, and say what it finds.

    A fault of the log is told and does not stop the restore: it was in the database that was backed up.
    Nor does one that the walk itself breaks at.
    """
    public = _public_key()
    try:
        with transaction.atomic():  # so that PostgreSQL goes on after a statement that failed
            _walk(proof, folder, public)
    except Exception as error:
        logger.exception("The walk along the access log broke off")
        proof.log_at_fault = True
        proof.notes.append(
            f"The walk along the access log broke off ({type(error).__name__}): see manage verify_audit."
        )
    proof.notes += _later_checkpoints(manifest, public)


def _walk(proof: Proof, folder: Path, public: bytes | None) -> None:
    known = folder if public is not None and checkpoints.in_folder(folder) else None
    result = verify.verify(folder=known, public=public)
    with_checkpoint = f", against checkpoint {result.checkpoint}" if result.checkpoint else ""
    proof.lines.append(
        f"Walked {_many(result.events, 'event')} in {_many(result.chains, 'chain')} and "
        f"{_many(result.history_rows, 'history row')}{with_checkpoint}."
    )
    if result.findings:
        first = result.findings[0].text
        count = _many(len(result.findings), "fault")
        proof.log_at_fault = True
        proof.notes.append(f"The access log has {count}, see manage verify_audit. The first: {first}")


def _public_key() -> bytes | None:
    try:
        return signing.load_public(Path(settings.CHECKPOINT_KEY_FILE))
    except KeyringError:
        return None


def _later_checkpoints(manifest: Manifest, public: bytes | None) -> list[str]:
    """Whether the folder of checkpoints knows of events that this backup is too old to have."""
    folder = Path(settings.CHECKPOINT_DIR) if settings.CHECKPOINT_DIR else None
    if folder is None or public is None or not folder.is_dir():
        return []
    signed, _faults = checkpoints.read_all(checkpoints.in_folder(folder), public=public)
    had, links = manifest.log.get("checkpoint", {}).get("number", 0), manifest.log.get("links", 0)
    if not signed or signed[-1].number <= had:
        return []
    missing = _many(max(0, signed[-1].events - links), "event")
    return [
        f"This backup is older than checkpoint {signed[-1].number} of {signed[-1].at:%Y-%m-%d}: at least "
        f"{missing} of the access log, and what they tell of, are not in it."
    ]


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"

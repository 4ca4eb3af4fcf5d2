"""Restore a backup into an empty site, and prove what was restored.

Order: read and check everything, files, database, keys, migrations, and then, in one transaction, the
ledger of erased clients, the name index, the proofs and the entry in the log. Stopped at any moment it
can be begun anew: the database either is still empty or carries the mark of an unfinished restore.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from audit.services import Action, record
from clients.services import erasure
from config.upkeep import archive, databases, key_files, proofs
from config.upkeep.archive import CHECKPOINT, FILES, KEY_ROWS, PIECE, Manifest
from config.upkeep.databases import KEY_TABLE
from config.upkeep.key_files import Contents, Erased, Ledger
from config.upkeep.places import UpkeepError, one_at_a_time, scratch
from config.upkeep.proofs import Proof
from vault import datakeys
from vault import installation as installed
from vault.errors import ArchiveBroken, KeyringError, VaultError
from vault.models import DataKey, Installation

Say = Callable[[str], None]


@dataclass
class Checked:
    """A backup and a file of keys that were read whole and fit together."""

    path: Path
    keys: Path
    manifest: Manifest
    ledger: Ledger


def check(path: Path, keys: Path | None = None) -> Checked:
    """Read both files to the end and make sure that they can be restored here; touches nothing.

    Raises `UpkeepError` with one line.
    """
    wanted: dict[int, UUID] = {}
    try:
        manifest = archive.read(path, lambda name, source, _size: _note_keys(name, source, wanted))
    except ArchiveBroken as error:
        raise UpkeepError(f"{path.name} is refused: {error}. Nothing was touched.") from None
    except KeyringError as error:
        raise UpkeepError(f"{path.name} does not open: {error}") from None
    _refuse_other_site(path, manifest)
    keys = keys or _keys_for(path)
    found = _read_keys(keys)
    ledger = _whole_ledger(found)
    missing = [key for key, client in wanted.items() if key not in found.ids and client not in ledger.erased]
    if missing:
        raise UpkeepError(
            f"{keys.name} lacks {len(missing)} of the keys that {path.name} needs: it is older than the "
            "backup. Name a later file of keys with --keys. Nothing was touched."
        )
    return Checked(path, keys, manifest, ledger)


def _note_keys(name: str, source: Any, wanted: dict[int, UUID]) -> None:
    """Remember which keys a backup needs: those that were not destroyed when it was made."""
    if name == KEY_ROWS:
        for row in _json_lines(source):
            if row["table"] == KEY_TABLE and row["values"]["wrapped"] is not None:
                wanted[int(row["values"]["id"])] = UUID(row["values"]["client_uuid"])
    elif name.startswith(FILES):
        archive.stored_name(name)


def _json_lines(source: Any) -> Iterator[Any]:
    held = b""
    while piece := source.read(PIECE):
        *whole, held = (held + piece).split(b"\n")
        yield from map(json.loads, whole)


def _refuse_other_site(path: Path, manifest: Manifest) -> None:
    if manifest.kind != settings.AFTERWORD_ENV:
        raise UpkeepError(
            f"{path.name} is of a {manifest.kind} site and this is a {settings.AFTERWORD_ENV} site: "
            "one never becomes the other."
        )
    if manifest.database != connection.vendor:
        raise UpkeepError(
            f"{path.name} was made from {manifest.database} and this site uses {connection.vendor}: "
            f"restore it into {manifest.database} (DATABASE_URL)."
        )
    ours = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = sorted(set(manifest.migrations) - ours)
    if unknown:
        made = f" (commit {manifest.version})" if manifest.version else ""
        raise UpkeepError(
            f"{path.name} was made by a later version of Afterword{made}, which has {unknown[0]}. "
            "Update first."
        )


def _keys_for(path: Path) -> Path:
    """The newest file of keys within reach."""
    found = key_files.key_files()
    if not found:
        raise UpkeepError(
            f"No file of keys in {settings.BACKUP_KEYS_DIR}: without one {path.name} opens nothing. "
            "Name it with --keys."
        )
    return found[0]


def _read_keys(path: Path) -> Contents:
    try:
        found = key_files.contents(path)
        key_files.check_root_keys(found)
    except ArchiveBroken as error:
        raise UpkeepError(f"{path.name} is refused: {error}. Nothing was touched.") from None
    except KeyringError as error:
        raise UpkeepError(f"{path.name} does not open: {error}") from None
    if found.kind != settings.AFTERWORD_ENV:
        raise UpkeepError(f"{path.name} is of a {found.kind} site; this is a {settings.AFTERWORD_ENV} site.")
    return found


def _whole_ledger(chosen: Contents) -> Ledger:
    """Everybody whom any file of keys within reach names as erased, whichever file was chosen."""
    ledger = Ledger(dict(chosen.ledger.erased))
    for path in key_files.key_files():
        try:
            others = key_files.contents(path).ledger.erased
        except VaultError:
            continue  # a root key that is not here any more; it is not the file in use
        for line in others.values():
            ledger.add(line)
    return ledger


# --- Restoring ------------------------------------------------------------------------------------------


def refuse_unless_empty() -> None:
    """Raises `UpkeepError` where somebody's data would be written over."""
    names = connection.introspection.table_names()
    if databases.marked() or "clients_client" not in names:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM clients_client LIMIT 1")
        if cursor.fetchone():
            raise UpkeepError("This site has clients. A backup is restored into an empty site only.")


def restore(path: Path, *, keys: Path | None = None, say: Say) -> Proof:
    """Restore a backup into this empty site. Raises `UpkeepError`; then see "Order" above.

    Returns what was proven; a proof that found something wrong has undone the last step.
    """
    with one_at_a_time():
        refuse_unless_empty()
        say(f"Reading {path.name} to its end")
        checked = check(path, keys)
        manifest = checked.manifest
        say(f"Whole: made {manifest.made_at[:16]}, {manifest.members} members, keys from {checked.keys.name}")
        with scratch() as folder:
            rows = _unpack(checked, folder)
            say(f"Put back {manifest.files} sealed files; putting the database in place")
            databases.kind_of_database().put_in_place(
                folder / _dump_name(), mark=databases.MARK, key_rows=_json_lines_of(rows)
            )
            _forget()
            proof = Proof()
            with transaction.atomic():
                _put_keys_in(checked)
                proofs.prove_counts(manifest, proof)
                proofs.prove_heads(manifest, proof)
                if proof.wrong:
                    raise UpkeepError("The restored database is not whole: " + " ".join(proof.wrong))
            _forget()
            call_command("migrate", verbosity=0, interactive=False, stdout=StringIO())
            with transaction.atomic():
                _finish(checked, proof, say, folder)
        return proof


def _dump_name() -> str:
    return str(databases.kind_of_database().DUMP)


def _forget() -> None:
    """This process must not remember keys or connections of the database that was there before."""
    datakeys.memory.clear()
    installed.forget()
    connections.close_all()


class _Stream(File):
    """A member on its way into the storage, a piece at a time."""

    def __init__(self, source: Any) -> None:
        super().__init__(None, name="member")
        self._source = source

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while piece := self._source.read(PIECE):
            yield piece

    def read(self, num_bytes: int = -1) -> bytes:
        piece: bytes = self._source.read(num_bytes)
        return piece

    def multiple_chunks(self, chunk_size: int | None = None) -> bool:
        return True

    def close(self) -> None:
        """Nothing is held open."""


def _unpack(checked: Checked, folder: Path) -> Path:
    """Database and key rows into the scratch folder, files into the storage. Returns the key rows' path."""

    def take(name: str, source: Any, _size: int) -> None:
        if name.startswith(FILES):
            stored = archive.stored_name(name)
            if default_storage.exists(stored):  # of a restore that was stopped
                default_storage.delete(stored)
            default_storage.save(stored, _Stream(source))
        elif name in (_dump_name(), KEY_ROWS, CHECKPOINT):
            with (folder / name).open("wb") as out:
                while piece := source.read(PIECE):
                    out.write(piece)

    try:
        archive.read(checked.path, take)
    except (ArchiveBroken, KeyringError) as error:
        raise UpkeepError(f"{checked.path.name} changed while it was restored: {error}.") from None
    return folder / KEY_ROWS


def _json_lines_of(path: Path) -> Iterator[Any]:
    with path.open("rb") as source:
        yield from _json_lines(source)


def _put_keys_in(checked: Checked) -> None:
    """Every key of the file of keys, but never one of somebody who was erased."""
    erased = checked.ledger.erased
    for line in key_files.lines(checked.keys):
        if "secret" in line:
            Installation.objects.filter(pk=1).update(wrapped_secret=key_files.secret_of(line))
        elif "client" in line and UUID(line["client"]) not in erased:
            DataKey.objects.filter(
                pk=line["id"],
                client_uuid=line["client"],
                version=line["version"],
                destroyed_at__isnull=True,
            ).update(wrapped=key_files.wrapped_of(line))
    for gone in erased.values():
        DataKey.objects.filter(client_uuid=gone.client, destroyed_at__isnull=True).update(
            wrapped=None, destroyed_at=_moment(gone)
        )


def _moment(gone: Erased) -> datetime:
    return timezone.make_aware(datetime.combine(gone.day, time(12)))


def _finish(checked: Checked, proof: Proof, say: Say, folder: Path) -> None:
    replayed = replay(checked.ledger)
    if replayed:
        say(f"Erased again {replayed} who had been erased after this backup was made")
    say("Making the name index anew")
    call_command("rebuild_name_index", stdout=StringIO())
    say("Opening a sample")
    proofs.prove_values(proof)
    proofs.prove_files(checked.manifest, proof)
    proofs.prove_log(checked.manifest, proof, folder)
    if proof.wrong:
        raise UpkeepError("The restored site is not whole: " + " ".join(proof.wrong[:5]))
    record(Action.RESTORED, by=None, kind="backup")
    databases.take_mark_away()


def replay(ledger: Ledger) -> int:
    """Erase again whom the backup still had: her rows now, her files after the commit. Returns how many.

    Her keys were never put in; her tombstone says when she was erased first.
    """
    done = 0
    for gone in ledger.erased.values():
        if erasure.replay(gone.client, erased_at=_moment(gone)) is not None:
            done += 1
    return done

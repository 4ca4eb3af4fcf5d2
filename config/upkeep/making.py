"""Make a backup: one sealed archive, and beside it, in a folder of its own, a file of keys."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from audit import checkpoints
from audit.services import Action, record
from config.upkeep import archive, databases, key_files
from config.upkeep.databases import CHECKPOINT_TABLE, HEAD_TABLE, INSTALLATION_TABLE, KEY_TABLE, Snapshot
from config.upkeep.places import (
    Busy,
    UpkeepError,
    archive_name,
    archives,
    new_file,
    one_at_a_time,
    remove_old,
    remove_parts,
    scratch,
)
from config.upkeep.places import key_files as files_of_keys
from vault.errors import VaultError
from vault.installation import installation
from vault.models import BackupRun


@dataclass(frozen=True)
class Made:
    """What one backup gave: the two files, and what was found missing.

    `removed`: old files removed; `rewritten`: files of keys out of which erased clients were taken.
    """

    path: Path
    keys: Path
    size: int
    manifest: archive.Manifest
    removed: int
    rewritten: int


def make_backup(*, now: datetime, folder: Path | None = None) -> Made:
    """Write a backup into `folder` (that of the settings when left out) and remove what is too old.

    The run is kept in BackupRun, also one that failed. Raises `UpkeepError`; `Busy`, which is no failure
    and kept nowhere, while another one is made.
    """
    name = archive_name(now)
    try:
        with one_at_a_time():
            made = _make(now, Path(folder or settings.BACKUP_DIR) / name)
    except Busy:
        raise
    except (UpkeepError, VaultError, OSError) as error:
        failure = str(error) if isinstance(error, UpkeepError) else type(error).__name__
        if isinstance(error, OSError) and error.strerror:
            failure = error.strerror
        BackupRun.objects.create(
            kind=BackupRun.Kind.MADE, started_at=now, file_name=name, failure=failure[:200]
        )
        if isinstance(error, UpkeepError):
            raise
        raise UpkeepError(f"The backup failed: {error}") from error
    with transaction.atomic():
        BackupRun.objects.create(
            kind=BackupRun.Kind.MADE, started_at=now, file_name=name, size=made.size, ok=True
        )
        record(Action.BACKED_UP, by=None, kind="backup")
    return made


def _make(now: datetime, path: Path) -> Made:
    installation()  # a site that never sealed anything has none yet, and a backup needs its mark
    remove_parts(path.parent, "afterword-*.backup")
    with scratch() as folder, new_file(path) as out:
        writer = archive.Writer(out, folder / archive.MEMBERS)
        try:
            manifest = _fill(writer, folder, now)
        finally:
            writer.abandon()
    # After the archive, so that it has every key that the archive needs.
    keys = key_files.write(Path(settings.BACKUP_KEYS_DIR), now)
    rewritten = key_files.catch_up()
    removed = remove_old(archives(path.parent), days=settings.BACKUP_DAYS, now=now)
    if not key_files.unproven():  # else the older files may be the only ones that still have the keys
        removed += remove_old(files_of_keys(), days=settings.BACKUP_KEYS_DAYS, now=now)
    return Made(path, keys, path.stat().st_size, manifest, len(removed), rewritten)


def _fill(writer: archive.Writer, folder: Path, now: datetime) -> archive.Manifest:
    left_out = databases.left_out()
    with databases.snapshot(folder) as taken:
        writer.add_path(taken.dump.name, taken.dump)
        _add_key_rows(writer, taken, folder)
        files, lost = _add_files(writer, taken)
        log = _state_of_the_log(taken, writer)
        tables = {table: taken.count(table) for table in taken.tables()}
    tables |= dict.fromkeys(left_out, 0)
    found: list[archive.Manifest] = []

    def manifest(members: int, digest: str) -> archive.Manifest:
        found.append(
            archive.Manifest(
                made_at=now.isoformat(),
                kind=settings.AFTERWORD_ENV,
                database=connection.vendor,
                version=version(),
                migrations=applied_migrations(),
                tables=tables,
                left_out=left_out,
                files=files,
                lost=lost,
                members=members,
                members_sha256=digest,
                log=log,
            )
        )
        return found[0]

    writer.close(manifest)
    return found[0]


def _add_key_rows(writer: archive.Writer, taken: Snapshot, folder: Path) -> None:
    """Rows of the keys and of the installation, without what opens anything.

    A key that lives travels as an empty one: "kept apart" is neither "destroyed" nor "never made".
    """
    path = folder / archive.KEY_ROWS
    with path.open("wb") as out:
        for table, secret in ((KEY_TABLE, "wrapped"), (INSTALLATION_TABLE, "wrapped_secret")):
            columns = [column for column in taken.columns(table) if column != secret]
            for row in taken.rows(table, columns):
                values = dict(zip(columns, (_plain(value) for value in row), strict=True))
                values[secret] = None if values.get("destroyed_at") else ""
                out.write(json.dumps({"table": table, "values": values}).encode() + b"\n")
    writer.add_path(archive.KEY_ROWS, path)


def _plain(value: Any) -> Any:
    return "\\x" + value.hex() if isinstance(value, bytes) else value


def _add_files(writer: archive.Writer, taken: Snapshot) -> tuple[int, list[str]]:
    """Every stored file that a row names: how many, and the names of those that the storage lacks."""
    done, lost = 0, []
    for name in _names_of_files(taken):
        try:
            with default_storage.open(name, "rb") as source:
                writer.add(archive.FILES + name, cast(BinaryIO, source), source.size)
        except FileNotFoundError:
            lost.append(name)
        else:
            done += 1
    return done, lost


def _names_of_files(taken: Snapshot) -> Iterator[str]:
    for table, gone in databases.files_of_rows():
        for (name,) in taken.rows(table, ["stored_name"], where_null=gone):
            if name:
                yield name


def applied_migrations() -> list[str]:
    """The migrations of this database, "app.name"."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def version() -> str:
    """The commit of the checkout; "" where there is none."""
    try:
        done = subprocess.run(  # noqa: S603 - git, with our words
            ["git", "-C", str(settings.BASE_DIR), "rev-parse", "--short=12", "HEAD"],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _state_of_the_log(taken: Snapshot, writer: archive.Writer) -> dict[str, Any]:
    """Where the log stood: a hash over the heads of all chains, and the newest signed checkpoint.

    The checkpoint itself, as it was signed, becomes a member where the folder of checkpoints has it.
    """
    found: dict[str, Any] = heads_of(taken.rows(HEAD_TABLE, ["chain", "seq", "digest"]))
    rows = taken.rows(CHECKPOINT_TABLE, ["number", "at", "sha256"])
    newest = max(((int(number), str(at), sha256) for number, at, sha256 in rows), default=None)
    if newest is not None:
        found["checkpoint"] = dict(zip(("number", "at", "sha256"), newest, strict=True))
        path = checkpoints.path_of(newest[0])
        if path is not None and path.is_file():
            writer.add_path(archive.CHECKPOINT, path)
    return found


def heads_of(rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    """How many chains with how many links in all, and one hash over every head, in the order of chains."""
    lines = sorted(f"{_hex(chain)} {seq} {_hex(digest)}" for chain, seq, digest in rows)
    links = sum(int(line.split()[1]) for line in lines)
    text = "\n".join(lines).encode()
    return {"chains": len(lines), "links": links, "heads_sha256": hashlib.sha256(text).hexdigest()}


def _hex(value: Any) -> str:
    """An id or a digest in hexadecimal, however the database gave it."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value).removeprefix("\\x").replace("-", "")

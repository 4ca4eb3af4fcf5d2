"""Where backups lie, what they are called, and that only one piece of upkeep runs at a time."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

PART = ".part"
"""Ends the name of a file that is not whole yet."""
STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"(?:afterword-)?(\d{8}T\d{6}Z)\.(backup|keys)")


class UpkeepError(Exception):
    """Upkeep cannot go on. The message is one line for the operator and holds no value."""


class Busy(UpkeepError):
    """Another process does this very work now. Nothing failed: it is done by that one, or tried again."""


def archive_name(now: datetime) -> str:
    """`afterword-20261130T190000Z.backup`."""
    return f"afterword-{now.astimezone(UTC):{STAMP}}.backup"


def keys_name(now: datetime) -> str:
    """`20261130T190000Z.keys`."""
    return f"{now.astimezone(UTC):{STAMP}}.keys"


def stamp_of(path: Path) -> datetime | None:
    """When a file says that it was made; None for a file of another kind."""
    found = _NAME.fullmatch(path.name)
    return datetime.strptime(found[1], STAMP).replace(tzinfo=UTC) if found else None


def archives(folder: Path | None = None) -> list[Path]:
    """The backups in a folder (the one of the settings when left out), newest first."""
    return _files(folder or Path(settings.BACKUP_DIR), "afterword-*.backup")


def key_files() -> list[Path]:
    """The files of keys within reach, newest first."""
    return _files(Path(settings.BACKUP_KEYS_DIR), "*.keys")


def _files(folder: Path, pattern: str) -> list[Path]:
    found = [path for path in folder.glob(pattern) if stamp_of(path)] if folder.is_dir() else []
    return sorted(found, key=lambda path: path.name, reverse=True)


def remove_old(paths: list[Path], *, days: int, now: datetime) -> list[Path]:
    """Remove the files (newest first) that are older than `days`; the newest always stays."""
    old = [path for path in paths[1:] if (stamp_of(path) or now) < now - timedelta(days=days)]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def private_folder(path: Path) -> Path:
    """The folder, made for this user alone where it was missing. Raises `UpkeepError`."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UpkeepError(f"The folder {path} cannot be made: {error.strerror}.") from None
    return path


@contextmanager
def new_file(path: Path, *, replace: bool = False) -> Iterator[BinaryIO]:
    """A file, mode 600, that stands under its name only once it is whole and on the disk.

    An exception inside the block leaves nothing. Raises `UpkeepError` where the name is taken, unless
    `replace`.
    """
    private_folder(path.parent)
    if not replace and path.exists():
        raise UpkeepError(f"{path} exists already; nothing was replaced.")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent)
    except OSError as error:
        raise UpkeepError(f"{path} cannot be written: {error.strerror}.") from None
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _to_disk(path.parent)


def remove_parts(folder: Path, pattern: str) -> None:
    """Remove what killed runs left half written. Call it where no other run writes such files."""
    for left in folder.glob(f".{pattern}.*{PART}"):
        left.unlink(missing_ok=True)


def _to_disk(folder: Path) -> None:
    """Make a rename in this folder survive a power cut; Windows has no such call."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def scratch(prefix: str = "upkeep-") -> Iterator[Path]:
    """A folder for this user alone, beside the database and never in the folder of backups.

    What a killed run left under the same prefix is removed first: call it where no other run of the same
    kind can be at work.
    """
    parent = private_folder(Path(settings.VAR))
    for left in parent.glob(f"{prefix}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def one_at_a_time(what: str = "upkeep", *, wait: bool = False) -> Iterator[None]:
    """Hold the lock of one kind of work. When another has it: wait for it, or raise `Busy`.

    The lock goes with the process, however it ends. It holds between threads too, so that nobody takes
    the same one twice.
    """
    with (private_folder(Path(settings.VAR)) / f"{what}.lock").open("w") as handle:
        if os.name != "nt":
            import fcntl

            try:
                fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy("Another backup, restore or check is running; wait for it.") from None
        yield

"""The keyring file: read, made, and changed so that an interruption leaves the old file or the new one."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from vault.crypto import new_key
from vault.errors import KeyringError
from vault.keyring.local import LocalKeyring, parse

T = TypeVar("T")


def load_file(path: Path) -> LocalKeyring:
    """Read a keyring file. Raises `KeyringError` with one line saying what is wrong with it."""
    return parse(text_of(path), source=path.name)


def text_of(path: Path) -> str:
    """What a keyring file holds. Raises `KeyringError`."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KeyringError(f"No keyring at {path}. Make one with: manage keyring new --file PATH") from None
    except PermissionError:
        raise KeyringError(f"The keyring {path} cannot be read by this user.") from None
    except (OSError, ValueError):
        raise KeyringError(f"{path} is not a keyring file.") from None


def stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes whenever the file does; None while it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def new_ring(kind: str) -> dict[str, Any]:
    """The content of a keyring with one fresh root key."""
    return {"kind": kind, "primary": 1, "keys": {"1": _fresh()}}


def _fresh() -> dict[str, str]:
    return {"key": base64.b64encode(new_key()).decode(), "created": today()}


def today() -> str:
    """The date that stands beside a key, UTC."""
    return datetime.now(UTC).date().isoformat()


def write_file(path: Path, *, kind: str) -> None:
    """Write a keyring with one fresh root key, mode 600. Raises FileExistsError: a key is never replaced."""
    write_content(path, new_ring(kind))


def write_content(path: Path, content: dict[str, Any]) -> None:
    """Write a keyring that is not there yet, mode 600. Raises FileExistsError."""
    write_private(path, json.dumps(content, indent=1))


def write_private(path: Path, text: str) -> None:
    """Write a file that is not there yet, for its owner's eyes only. Raises FileExistsError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


# --- changes: functions from a ring's content to what is new in it ----------------------------------


def add_root(content: dict[str, Any]) -> int:
    """Add a fresh root key, which only opens until it is made primary. Returns its id."""
    number = max(int(key_id) for key_id in content["keys"]) + 1
    content["keys"][str(number)] = _fresh()
    return number


def make_primary(content: dict[str, Any], number: int) -> None:
    """From now on this root key wraps. KeyringError where it is not there or retired."""
    entry = content["keys"].get(str(number))
    if entry is None or entry.get("retired"):
        raise KeyringError(f"Root key {number} is {'retired' if entry else 'not in the keyring'}.")
    content["primary"] = number


def retire(content: dict[str, Any], number: int) -> None:
    """Mark a root key under which nothing lies any more; it stays, for the backups made before."""
    if content["primary"] == number:
        raise KeyringError(f"Root key {number} is the primary one and cannot be retired.")
    content["keys"][str(number)].setdefault("retired", today())


def forget(content: dict[str, Any], number: int) -> None:
    """Take a retired root key out for good. KeyringError for any other."""
    entry = content["keys"].get(str(number))
    if entry is None or not entry.get("retired"):
        raise KeyringError(f"Root key {number} is not {'retired' if entry else 'in the keyring'}.")
    del content["keys"][str(number)]


def change_file(path: Path, change: Callable[[dict[str, Any]], T]) -> T:
    """Let `change` alter the content of a keyring file, put the result in its place, return what it returns.

    One at a time: who comes second reads what the first one wrote. Written beside, synced, and moved
    over the old file with its owner and mode 600, so that a reader sees the old file or the new one.
    Raises `KeyringError`, also where the result would not be a keyring.
    """
    with _alone(path):
        text = text_of(path)
        parse(text, source=path.name)
        content = json.loads(text)
        result = change(content)
        changed = json.dumps(content, indent=1)
        parse(changed, source=path.name)
        if content != json.loads(text):
            _replace(path, changed)
    return result


def _replace(path: Path, text: str) -> None:
    owner = path.stat()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if hasattr(os, "geteuid") and os.geteuid() == 0:  # root's change must not lock the service out
            os.chown(draft, owner.st_uid, owner.st_gid)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    if os.name != "nt":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the folder of the keyring against everybody else who changes it."""
    if os.name == "nt":  # no such lock there; two operators on one Windows machine take turns
        yield
        return
    import fcntl

    try:
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError:
        raise KeyringError(f"No keyring at {path}.") from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)

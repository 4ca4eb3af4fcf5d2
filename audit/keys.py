"""Acts on root keys, each with its event in the log. They are done at the terminal: `manage keyring`.

The event is written under the lock of the file, and committed after the file is changed: a file that
cannot be changed leaves no event, and an event that cannot be written leaves the file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction

from audit.services import Action, record
from vault import rotation
from vault.errors import KeyringError
from vault.keyring import Keyring, file, keyring

PASSES = 5
T = TypeVar("T")


def _noted(words: str) -> None:
    record(Action.KEYS, by=None, kind="root_key", fields=[words])


def fresh_keyring() -> Keyring:
    """The keyring as its provider has it now."""
    keyring.cache_clear()
    return keyring()


def add_root(path: Path) -> int:
    """A new root key in the keyring file, which only opens at first. Returns its id."""

    def change(content: dict[str, Any]) -> int:
        number = file.add_root(content)
        _noted(f"root {number} added")
        return number

    return _change(path, change)


def make_primary(path: Path, number: int) -> bool:
    """Let a root key of the file wrap from now on. Whether that was new. Raises `KeyringError`."""

    def change(content: dict[str, Any]) -> bool:
        new = content["primary"] != number
        file.make_primary(content, number)
        if new:
            _noted(f"root {number} made primary")
        return new

    return _change(path, change)


def rewrap_all(*, also: Sequence[Keyring] = (), progress: rotation.Progress | None = None) -> int:
    """Everything under the primary root key; returns how many wrapped keys this run moved.

    A key that was made meanwhile under the old root is caught by the next pass. Raises `KeyringError`
    where something is still left after five: then another process goes on wrapping under an old root.
    """
    ring, moved = fresh_keyring(), 0
    for _ in range(PASSES):
        moved += rotation.rewrap(ring, also=also, progress=progress)
        left = rotation.left_to_wrap(ring)
        if not left:
            break
    else:
        raise KeyringError(
            f"{left} keys are still wrapped by another root key: a process goes on using it. "
            "See that every process has the new keyring, and run this again."
        )
    if moved:
        with transaction.atomic():
            _noted(f"{moved} keys wrapped under root {ring.primary}")
    return moved


def retire_unused(path: Path) -> list[int]:
    """Mark every root key of the file that wraps nothing any more. Returns their ids.

    Nothing is retired while a newer root key waits to become primary: that one is not old.
    """
    used = rotation.wraps_by_root()

    def change(content: dict[str, Any]) -> list[int]:
        retired = []
        for word, entry in content["keys"].items():
            if int(word) < content["primary"] and not entry.get("retired") and not used[int(word)]:
                file.retire(content, int(word))
                _noted(f"root {word} retired")
                retired.append(int(word))
        return retired

    return _change(path, change)


def forget_root(path: Path, number: int) -> None:
    """Take a retired root key out of the file for good. Raises `KeyringError` while something hangs on it."""
    hanging = rotation.wraps_by_root()[number]
    if hanging:
        raise KeyringError(f"{hanging} keys of this database are wrapped by root key {number}.")

    def change(content: dict[str, Any]) -> None:
        file.forget(content, number)
        _noted(f"root {number} forgotten")

    _change(path, change)


def note_shares(numbers: Sequence[int]) -> None:
    """That sheets of these root keys were made; written before the first sheet is."""
    _noted(f"root {', '.join(str(number) for number in numbers)} put on paper")


def _change(path: Path, change: Callable[[dict[str, Any]], T]) -> T:
    with transaction.atomic():
        return file.change_file(path, change)

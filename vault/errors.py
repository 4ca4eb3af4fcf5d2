"""What the vault raises. No message ever holds a sealed value, a key or a part of one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID


class VaultError(Exception):
    """Base of everything the vault raises."""


class KeyringError(VaultError):
    """A root key is missing, unreadable or not the one that was used. The message names it."""


class UnknownRoot(KeyringError):
    """A key is wrapped by a root key that this keyring does not hold, or not yet."""


class WrongKey(KeyringError):
    """What was to be unwrapped is no key that this keyring wrapped, or it was altered."""


class SealBroken(VaultError):
    """A sealed value does not open.

    Attributes: `context` and `column` (the fixed words of the field), `row` (UUID or None) and
    `reason`, one of `REASONS`.
    """

    REASONS = {
        "not_sealed": "the column holds something that was never sealed",
        "cut": "the value is shorter than a sealed value can be",
        "unknown_format": "the value has a format this version does not know",
        "unknown_key": "the key it names does not exist",
        "foreign_key": "the key it names belongs to another client",
        "wrong_key": "the root key does not open the client's key",
        "altered": "the value was altered, or belongs to another row, column or client",
        "wrong_type": "the value opened, but is not of the column's type",
    }

    def __init__(self, context: str, column: str, row: UUID | None, reason: str) -> None:
        self.context, self.column, self.row, self.reason = context, column, row, reason
        super().__init__(f"{context}.{column} of row {row} cannot be opened: {self.REASONS[reason]}.")


class Shredded(VaultError):
    """Erased on purpose; it cannot be opened again. `at` is when, None where that is not known."""

    def __init__(self, message: str, at: datetime | None = None) -> None:
        self.at = at
        super().__init__(message)


class ArchiveBroken(VaultError):
    """A backup, or a file of its keys, is cut, altered or something else. The message says which."""


class NotBound(VaultError):
    """A value was to be sealed before its row and client were known."""

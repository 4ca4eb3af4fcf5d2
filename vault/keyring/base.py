"""What every holder of root keys offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

TEST_KEY_ID = 0x7FFF0000
"""Root key ids from here on belong to test runs; production refuses them wherever they appear."""


@dataclass(frozen=True, slots=True)
class RootKey:
    """What people may know of a root key: its number and its dates (ISO, empty where unknown)."""

    id: int
    created: str = ""
    retired: str = ""


class Keyring(Protocol):
    """What the vault asks of a holder of root keys.

    `kind` is "production", "trial" or "test"; `primary` the id of the root key that wraps, all of them
    unwrap. A wrapped key begins with a format byte and the root key's id (u32), whoever made it.
    """

    @property
    def kind(self) -> str: ...

    @property
    def primary(self) -> int: ...

    def name(self) -> str:
        """For people: where the keys come from."""

    def ids(self) -> list[int]:
        """Every root key id this ring can open with, in order."""

    def roots(self) -> list[RootKey]:
        """What is known of each root key, by id."""

    def header(self) -> bytes:
        """The five bytes with which everything begins that the primary root key wraps."""

    def wrap(self, data_key: bytes, *, client: UUID, version: int) -> bytes:
        """A 32-byte key under the primary root key, bound to client and version."""

    def unwrap(self, wrapped: bytes, *, client: UUID, version: int) -> bytes:
        """The key again. Raises `KeyringError`; `UnknownRoot` where the root key is not in the ring."""

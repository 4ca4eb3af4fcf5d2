"""Root keys held in this process's memory, and the JSON in which they are kept.

`{"kind": "trial", "primary": 1, "keys": {"1": {"key": base64 of 32 bytes, "created": ISO date}}}`.
A retired key has "retired" with its date: it opens old backups and wraps nothing. `kind` says for
which installation the ring was made; the settings and the database say it too, and all must agree.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from collections.abc import Mapping
from uuid import UUID

from vault.crypto import (
    AESGCM,
    KEY_BYTES,
    WRAPPED_BYTES,
    Unopenable,
    decrypt,
    encrypt,
    key_id_of,
    wrap_aad,
)
from vault.errors import KeyringError, UnknownRoot, WrongKey
from vault.keyring.base import TEST_KEY_ID, RootKey

WRAPPED_HERE = 0x01
"""Format byte of a key wrapped by a root key that this process holds."""


class LocalKeyring:
    """Root keys in memory. `source` names for people where they came from."""

    def __init__(
        self,
        *,
        kind: str,
        primary: int,
        keys: dict[int, bytes],
        source: str,
        roots: Mapping[int, RootKey] | None = None,
    ) -> None:
        if primary not in keys:
            raise KeyringError(f"Keyring {source}: the primary key {primary} is not among its keys.")
        self.kind, self.primary, self._source = kind, primary, source
        self._keys = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._roots = dict(roots or {})

    def __repr__(self) -> str:
        return f"<LocalKeyring {self._source} keys={sorted(self._keys)}>"

    def __reduce__(self):
        raise TypeError("A keyring is never pickled.")

    def name(self) -> str:
        return self._source

    def ids(self) -> list[int]:
        return sorted(self._keys)

    def roots(self) -> list[RootKey]:
        return [self._roots.get(key_id, RootKey(key_id)) for key_id in self.ids()]

    def header(self) -> bytes:
        return struct.pack(">BI", WRAPPED_HERE, self.primary)

    def wrap(self, data_key: bytes, *, client: UUID, version: int) -> bytes:
        """65 bytes, format 0x01 (vault.crypto)."""
        return encrypt(self._keys[self.primary], self.primary, data_key, wrap_aad(client, version))

    def unwrap(self, wrapped: bytes, *, client: UUID, version: int) -> bytes:
        if len(wrapped) != WRAPPED_BYTES or wrapped[0] != WRAPPED_HERE:
            raise WrongKey(f"The stored key of client {client} was not wrapped by a keyring such as this.")
        key_id = key_id_of(wrapped)
        if key_id not in self._keys:
            raise UnknownRoot(f"Root key {key_id} is needed and is not in the keyring {self._source}.")
        try:
            return decrypt(self._keys[key_id], wrapped, wrap_aad(client, version))
        except Unopenable:
            raise WrongKey(
                f"Root key {key_id} of the keyring {self._source} is not the key that was used."
            ) from None


def parse(text: str, *, source: str) -> LocalKeyring:
    """The keyring that a JSON text holds. Raises `KeyringError` in one line, without a part of the text."""
    try:
        data = json.loads(text)
        keys = {int(i): base64.b64decode(entry["key"], validate=True) for i, entry in data["keys"].items()}
        roots = {
            int(i): RootKey(int(i), str(entry.get("created", "")), str(entry.get("retired", "")))
            for i, entry in data["keys"].items()
        }
        kind, primary = str(data["kind"]), int(data["primary"])
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise KeyringError(f"{source} is not a keyring.") from None
    if any(len(key) != KEY_BYTES for key in keys.values()):
        raise KeyringError(f"{source}: a root key must have {KEY_BYTES} bytes.")
    if kind != "test" and any(key_id >= TEST_KEY_ID for key_id in keys):
        raise KeyringError(f"{source}: key ids from {TEST_KEY_ID} on are for tests only.")
    if primary in roots and roots[primary].retired:
        raise KeyringError(f"{source}: the primary key {primary} is retired.")
    return LocalKeyring(kind=kind, primary=primary, keys=keys, source=source, roots=roots)

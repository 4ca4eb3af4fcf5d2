"""The root keys, kept outside the database.

A keyring file is JSON, mode 600: `{"kind": "trial", "primary": 1, "keys": {"1": {"key": base64 of
32 bytes, "created": ISO date}}}`. `kind` says for which installation it was made; the settings
and the database say it too, and all three must agree.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings

from vault.crypto import (
    AESGCM,
    KEY_BYTES,
    WRAPPED_BYTES,
    Unopenable,
    decrypt,
    encrypt,
    key_id_of,
    new_key,
    wrap_aad,
)
from vault.errors import KeyringError

TEST_KEY_ID = 0x7FFF0000
"""Root key ids from here on belong to test runs; production refuses them wherever they appear."""


class Keyring(Protocol):
    """What the vault asks of a holder of root keys."""

    kind: str

    def name(self) -> str: ...
    def ids(self) -> list[int]: ...
    def wrap(self, data_key: bytes, *, client: UUID, version: int) -> bytes: ...
    def unwrap(self, wrapped: bytes, *, client: UUID, version: int) -> bytes: ...


class LocalKeyring:
    """Root keys held in this process's memory."""

    def __init__(self, *, kind: str, primary: int, keys: dict[int, bytes], source: str) -> None:
        if primary not in keys:
            raise KeyringError(f"Keyring {source}: the primary key {primary} is not among its keys.")
        self.kind, self.primary, self._source = kind, primary, source
        self._keys = {key_id: AESGCM(key) for key_id, key in keys.items()}

    def __repr__(self) -> str:
        return f"<LocalKeyring {self._source} keys={sorted(self._keys)}>"

    def name(self) -> str:
        """For people: where the keys came from."""
        return self._source

    def ids(self) -> list[int]:
        """Every root key id this ring can open with."""
        return sorted(self._keys)

    def wrap(self, data_key: bytes, *, client: UUID, version: int) -> bytes:
        """65 bytes: the 32-byte data key under the primary root key, bound to client and version."""
        return encrypt(self._keys[self.primary], self.primary, data_key, wrap_aad(client, version))

    def unwrap(self, wrapped: bytes, *, client: UUID, version: int) -> bytes:
        """The data key. Raises `KeyringError` naming the root key that is missing or does not fit."""
        if len(wrapped) != WRAPPED_BYTES or wrapped[0] != 1:
            raise KeyringError(f"The stored key of client {client} is not a wrapped key.")
        key_id = key_id_of(wrapped)
        if key_id not in self._keys:
            raise KeyringError(f"Root key {key_id} is needed and is not in the keyring {self._source}.")
        try:
            return decrypt(self._keys[key_id], wrapped, wrap_aad(client, version))
        except Unopenable:
            raise KeyringError(
                f"Root key {key_id} of the keyring {self._source} is not the key that was used."
            ) from None


def load_file(path: Path) -> LocalKeyring:
    """Read a keyring file. Raises `KeyringError` with one line saying what is wrong with it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        keys = {int(i): base64.b64decode(entry["key"], validate=True) for i, entry in data["keys"].items()}
        kind, primary = str(data["kind"]), int(data["primary"])
    except FileNotFoundError:
        raise KeyringError(f"No keyring at {path}. Make one with: manage keyring new --file PATH") from None
    except PermissionError:
        raise KeyringError(f"The keyring {path} cannot be read by this user.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise KeyringError(f"{path} is not a keyring file.") from None
    if any(len(key) != KEY_BYTES for key in keys.values()):
        raise KeyringError(f"{path}: a root key must have {KEY_BYTES} bytes.")
    if kind != "test" and any(key_id >= TEST_KEY_ID for key_id in keys):
        raise KeyringError(f"{path}: key ids from {TEST_KEY_ID} on are for tests only.")
    return LocalKeyring(kind=kind, primary=primary, keys=keys, source=path.name)


def write_file(path: Path, *, kind: str) -> None:
    """Write a keyring with one fresh root key, mode 600. Raises FileExistsError: a key is never replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "kind": kind,
        "primary": 1,
        "keys": {
            "1": {
                "key": base64.b64encode(new_key()).decode(),
                "created": datetime.now(UTC).date().isoformat(),
            }
        },
    }
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=1)


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The keyring of this process, read once. Raises `KeyringError`."""
    if getattr(settings, "VAULT_TEST_KEYRING", False):
        return LocalKeyring(kind="test", primary=TEST_KEY_ID, keys={TEST_KEY_ID: b"t" * 32}, source="test")
    ring = load_file(Path(settings.KEYRING_FILE))
    if ring.kind != settings.AFTERWORD_ENV:
        raise KeyringError(f"The keyring is a {ring.kind} keyring; this is a {settings.AFTERWORD_ENV} site.")
    return ring

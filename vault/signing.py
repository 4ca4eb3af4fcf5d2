"""Signatures that anybody can check: Ed25519, for the checkpoints of the access log.

The private half signs and can lie on another machine; whoever has the public half alone can check. A key
file is JSON, mode 600: `{"private": base64 of 32 bytes, "public": base64 of 32 bytes}`; a public one has
"public" alone.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from vault.errors import KeyringError


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """Signs; its repr shows nothing of the key."""

    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return "<SigningKey>"

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self.private.sign(message)

    def public(self) -> bytes:
        """The public half, 32 bytes."""
        return self.private.public_key().public_bytes_raw()


def write_key(path: Path) -> bytes:
    """Write a fresh key, mode 600, and return its public half. Raises FileExistsError: none is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    content = {
        "private": base64.b64encode(key.private_bytes_raw()).decode(),
        "public": base64.b64encode(public).decode(),
    }
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=1)
    return public


def load_key(path: Path) -> SigningKey:
    """The private key of a file. Raises `KeyringError` with one line saying what is wrong with it."""
    return SigningKey(Ed25519PrivateKey.from_private_bytes(_read(path, "private")))


def load_public(path: Path) -> bytes:
    """The public half in a key file of either sort, 32 bytes. Raises `KeyringError`."""
    return _read(path, "public")


def _read(path: Path, half: str) -> bytes:
    try:
        raw = base64.b64decode(json.loads(path.read_text(encoding="utf-8"))[half], validate=True)
    except FileNotFoundError:
        raise KeyringError(f"No signing key at {path}.") from None
    except PermissionError:
        raise KeyringError(f"The signing key {path} cannot be read by this user.") from None
    except (OSError, ValueError, KeyError, TypeError, binascii.Error):
        raise KeyringError(f"{path} holds no {half} signing key.") from None
    if len(raw) != 32:
        raise KeyringError(f"{path} holds no {half} signing key.")
    return raw


def is_signed(message: bytes, signature: bytes, public: bytes) -> bool:
    """Whether the holder of `public` (32 bytes) signed exactly this."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True

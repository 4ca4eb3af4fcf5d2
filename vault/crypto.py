"""Sealing of bytes: formats, bindings and derived keys. Only this package imports `cryptography`.

Formats (docs/security.md, "Formats"):

    wrapped key   0x01 | root key id (u32) | nonce (12) | AES-256-GCM(root key, data key 32) (48)
                  AAD "dek/1" | client uuid (16) | version (u32)                      = 65 bytes
    sealed value  0x01 | data key id (u32) | nonce (12) | AES-256-GCM(data key, padded text)
                  AAD "sealed/1" | u8 len | context | u8 len | column | row uuid | client uuid

The text is padded (ISO 7816-4: 0x80, then zeros) to a multiple of the column's step, so that a
length tells little. All integers are big endian.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import struct
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT = 0x01
HEADER = struct.Struct(">BI12s")
TAG_BYTES = 16
KEY_BYTES = 32
SHORTEST = HEADER.size + TAG_BYTES
WRAPPED_BYTES = HEADER.size + KEY_BYTES + TAG_BYTES


class Unopenable(Exception):
    """The authentication tag does not fit: altered, moved, or another key."""


class Binding(NamedTuple):
    """Where a sealed value belongs. `context` and `column` are fixed words, never today's names."""

    context: str
    column: str
    row: UUID
    client: UUID

    def aad(self) -> bytes:
        """Canonical: every piece is either length-prefixed or of fixed length."""
        context, column, row, client = self
        return column_words(context, column) + row.bytes + client.bytes


@lru_cache(maxsize=1024)
def column_words(context: str, column: str) -> bytes:
    """The part of the AAD that is the same for every row of a column."""
    pieces = (context.encode(), column.encode())
    return b"sealed/1" + b"".join(bytes((len(piece),)) + piece for piece in pieces)


def pad(text: bytes, step: int) -> bytes:
    """ISO 7816-4 padding up to the next multiple of `step` bytes; always at least one byte."""
    return text + b"\x80" + bytes(-(len(text) + 1) % step)


def unpad(padded: bytes) -> bytes:
    """Undo `pad`. Raises ValueError where there is no padding mark."""
    text = padded.rstrip(b"\x00")
    if text[-1:] != b"\x80":
        raise ValueError("no padding mark")
    return text[:-1]


def encrypt(key: AESGCM, key_id: int, text: bytes, aad: bytes) -> bytes:
    """`text` under `key`, with header and a fresh random nonce."""
    nonce = os.urandom(12)
    return HEADER.pack(FORMAT, key_id, nonce) + key.encrypt(nonce, text, aad)


def decrypt(key: AESGCM, sealed: bytes, aad: bytes) -> bytes:
    """The text of a value whose header was already read. Raises `Unopenable`."""
    try:
        return key.decrypt(sealed[5:17], sealed[17:], aad)
    except InvalidTag:
        raise Unopenable from None


def open_segment(key: AESGCM, nonce: bytes, segment: bytes, aad: bytes) -> bytes:
    """The text of one segment of a sealed file. Raises `Unopenable`."""
    try:
        return key.decrypt(nonce, segment, aad)
    except InvalidTag:
        raise Unopenable from None


def key_id_of(sealed: bytes) -> int:
    """The key id in the header of a sealed value or wrapped key."""
    return int.from_bytes(sealed[1:5], "big")


def wrap_aad(client: UUID, version: int) -> bytes:
    """What a wrapped data key is bound to."""
    return b"dek/1" + client.bytes + struct.pack(">I", version)


def derive(root: bytes, info: str) -> bytes:
    """HKDF-SHA256 of `root` (32 bytes) for one purpose, 32 bytes."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=info.encode()).derive(root)


def mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256, 32 bytes."""
    return hmac.new(key, message, hashlib.sha256).digest()


def new_key() -> bytes:
    """32 random bytes from the operating system."""
    return secrets.token_bytes(KEY_BYTES)

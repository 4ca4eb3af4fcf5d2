"""Sealed files: sealed in segments as they stream, over any Django storage, never in the clear on disk.

Format: `0x01 | data key id (u32) | stream prefix (7)` and then segments of up to 64 KiB of text,
each AES-256-GCM under a key derived from the client's data key. A segment's nonce is the prefix,
a counter (u32) and a last-segment flag (1), so segments cannot be cut off, repeated or reordered;
the AAD binds them to the file's row and the client.

A model whose rows have such a file says so: `sealed_file = "stored_name"` names the column with the
stored name; the file is sealed for the row's `pk` and `client_id`. Rotation finds files by it.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO
from uuid import UUID, uuid4

from django.core.files.base import File
from django.core.files.storage import Storage, default_storage

from vault.crypto import Unopenable, open_segment
from vault.datakeys import key_for_opening, key_for_sealing
from vault.errors import SealBroken

SEGMENT = 64 * 1024
TAG = 16
HEAD = struct.Struct(">BI7s")


def _aad(row: UUID, client: UUID) -> bytes:
    return b"file/1" + row.bytes + client.bytes


def _nonce(prefix: bytes, counter: int, last: bool) -> bytes:
    return prefix + struct.pack(">IB", counter, last)


class _SealingStream(File):
    """A readable file that yields the sealed form of `chunks`, one segment at a time."""

    def __init__(self, chunks: Iterable[bytes], *, row: UUID, client: UUID) -> None:
        super().__init__(None, name="sealed")
        self._segments = self._seal(chunks, row, client)

    @staticmethod
    def _seal(chunks: Iterable[bytes], row: UUID, client: UUID) -> Iterator[bytes]:
        key, prefix, aad = key_for_sealing(client), secrets.token_bytes(7), _aad(row, client)
        yield HEAD.pack(1, key.id, prefix)
        held, counter = b"", 0
        for chunk in chunks:
            held += chunk
            while len(held) > SEGMENT:
                yield key.file_cipher.encrypt(_nonce(prefix, counter, False), held[:SEGMENT], aad)
                held, counter = held[SEGMENT:], counter + 1
        yield key.file_cipher.encrypt(_nonce(prefix, counter, True), held, aad)

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        return self._segments

    def read(self, num_bytes: int = -1) -> bytes:
        if num_bytes is None or num_bytes < 0:
            return b"".join(self._segments)
        return next(self._segments, b"")

    def multiple_chunks(self, chunk_size: int | None = None) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        """Nothing is held open."""


def new_name() -> str:
    """A stored name that is random and says nothing."""
    name = uuid4().hex
    return f"{name[:2]}/{name}"


def save(
    chunks: Iterable[bytes],
    *,
    row: UUID,
    client: UUID,
    storage: Storage = default_storage,
    name: str = "",
) -> str:
    """Seal `chunks` into the storage. Returns the stored name, `name` where one was given."""
    return storage.save(name or new_name(), _SealingStream(chunks, row=row, client=client))


def header_of(name: str, storage: Storage = default_storage) -> bytes:
    """Format and key id of a stored file, 5 bytes. Raises FileNotFoundError."""
    with storage.open(name, "rb") as stream:
        return bytes(stream.read(5))


def open_chunks(name: str, *, row: UUID, client: UUID, storage: Storage = default_storage) -> Iterator[bytes]:
    """The text of a sealed file, one checked segment at a time. Raises `SealBroken`."""
    with storage.open(name, "rb") as stream:
        yield from _open(stream, row, client)


def _open(stream: BinaryIO | File, row: UUID, client: UUID) -> Iterator[bytes]:
    def broken(reason: str) -> SealBroken:
        return SealBroken("file", "content", row, reason)

    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        raise broken("cut")
    form, key_id, prefix = HEAD.unpack(head)
    if form != 1:
        raise broken("not_sealed")
    key = key_for_opening(key_id, client=client, context="file", column="content", row=row)
    aad, counter, segment = _aad(row, client), 0, stream.read(SEGMENT + TAG)
    while True:
        following = stream.read(SEGMENT + TAG)
        try:
            text = open_segment(key.file_cipher, _nonce(prefix, counter, not following), segment, aad)
        except Unopenable:
            raise broken("altered") from None
        yield text
        if not following:
            return
        counter, segment = counter + 1, following


def read(name: str, *, row: UUID, client: UUID, storage: Storage = default_storage) -> bytes:
    """The whole text of a sealed file. Raises `SealBroken`."""
    return b"".join(open_chunks(name, row=row, client=client, storage=storage))

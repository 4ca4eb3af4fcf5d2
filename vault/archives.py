"""Sealed streams of the organisation: backups and the files that keep the wrapped data keys.

Format (all integers big endian):

    "AFTW" | 0x01 | word (u32) | stream prefix (7) | length (u16) | wrapped archive key
    segments: AES-256-GCM(archive key, up to 64 KiB of text), nonce = prefix | counter (u32) | last (1),
              AAD "archive/1" | the whole head

Each stream has a fresh key of its own, wrapped by the keyring for the organisation under a version
`word` that says what it is: a backup never opens as a file of keys, nor either as a data key. Counter
and last-segment flag find every cut, repeated or exchanged piece.
"""

from __future__ import annotations

import secrets
import struct
from typing import BinaryIO

from vault.crypto import AESGCM, Unopenable, new_key, open_segment
from vault.errors import ArchiveBroken, WrongKey
from vault.files import SEGMENT, TAG
from vault.ids import NIL
from vault.keyring import keyring

BACKUP = 0xFFFFFF01
KEYS = 0xFFFFFF02
"""The words of the two kinds of stream. Data keys count from 1 and never come near."""

_MAGIC = b"AFTW\x01"
_HEAD = struct.Struct(">5sI7sH")


def _nonce(prefix: bytes, counter: int, last: bool) -> bytes:
    return prefix + struct.pack(">IB", counter, last)


class SealingWriter:
    """Seals what is written to it, a segment at a time. Without `finish` the stream stays cut."""

    def __init__(self, out: BinaryIO, *, word: int) -> None:
        raw = new_key()
        wrapped = keyring().wrap(raw, client=NIL, version=word)
        self._out, self._key, self._prefix = out, AESGCM(raw), secrets.token_bytes(7)
        head = _HEAD.pack(_MAGIC, word, self._prefix, len(wrapped)) + wrapped
        self._aad, self._held, self._counter = b"archive/1" + head, bytearray(), 0
        self._written = 0
        out.write(head)

    def write(self, text: bytes) -> int:
        self._held += text
        at = 0
        while len(self._held) - at > SEGMENT:
            self._seal(bytes(self._held[at : at + SEGMENT]), last=False)
            at += SEGMENT
        del self._held[:at]
        self._written += len(text)
        return len(text)

    def tell(self) -> int:
        """How much was written so far, in bytes of text."""
        return self._written

    def finish(self) -> None:
        """Seal what is left, as the last segment."""
        self._seal(bytes(self._held), last=True)

    def _seal(self, text: bytes, *, last: bool) -> None:
        self._out.write(self._key.encrypt(_nonce(self._prefix, self._counter, last), text, self._aad))
        self._counter += 1


class OpeningReader:
    """The text of a sealed stream; every byte it gives was checked before.

    Raises `ArchiveBroken` for a stream that is cut, altered or of another kind, and `KeyringError`
    naming the root key where the keyring does not open it.
    """

    def __init__(self, source: BinaryIO, *, word: int) -> None:
        head = source.read(_HEAD.size)
        if len(head) < _HEAD.size or not head.startswith(_MAGIC):
            raise ArchiveBroken("it is not a sealed file of Afterword")
        _magic, found, self._prefix, length = _HEAD.unpack(head)
        if found != word:
            raise ArchiveBroken("it is a sealed file of another kind")
        wrapped = source.read(length)
        if len(wrapped) < length:
            raise ArchiveBroken("it is cut off")
        try:
            self._key = AESGCM(keyring().unwrap(wrapped, client=NIL, version=word))
        except WrongKey:
            raise WrongKey(
                "This is not an archive that this keyring made, or its beginning was altered "
                f"({keyring().name()})."
            ) from None
        self._source, self._aad, self._counter = source, b"archive/1" + head + wrapped, 0
        self._next = source.read(SEGMENT + TAG)
        self._held, self._ended = b"", False

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, all that is left for -1; b"" at the end."""
        pieces: list[bytes] = []
        wanted = size
        while wanted != 0 and (self._held or self._more()):
            piece = self._held if wanted < 0 else self._held[:wanted]
            self._held = self._held[len(piece) :]
            pieces.append(piece)
            wanted -= len(piece) if wanted > 0 else 0
        return b"".join(pieces)

    def finish(self) -> None:
        """Read on to the end, so that a cut tail is found. Raises `ArchiveBroken`."""
        while self.read(SEGMENT):
            pass

    def _more(self) -> bool:
        """Open the next segment; False at the end. An empty last segment counts as opened too."""
        while not self._held and not self._ended:
            segment, self._next = self._next, self._source.read(SEGMENT + TAG)
            self._ended = not self._next
            try:
                nonce = _nonce(self._prefix, self._counter, self._ended)
                self._held = open_segment(self._key, nonce, segment, self._aad)
            except Unopenable:
                raise ArchiveBroken("it is cut off or was altered") from None
            self._counter += 1
        return bool(self._held)

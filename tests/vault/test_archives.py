"""Sealed streams: what goes in comes out, and nothing that was cut, changed or exchanged does."""

import io

import pytest

from vault.archives import BACKUP, KEYS, OpeningReader, SealingWriter
from vault.errors import ArchiveBroken, KeyringError
from vault.files import SEGMENT, TAG

HEAD = 5 + 4 + 7 + 2 + 65
PIECE = SEGMENT + TAG


def sealed(text: bytes, word: int = BACKUP, step: int = 10_000) -> bytes:
    out = io.BytesIO()
    writer = SealingWriter(out, word=word)
    for start in range(0, len(text), step):
        writer.write(text[start : start + step])
    writer.finish()
    return out.getvalue()


def opened(stream: bytes, word: int = BACKUP, size: int = -1) -> bytes:
    reader = OpeningReader(io.BytesIO(stream), word=word)
    pieces = []
    while piece := reader.read(size):
        pieces.append(piece)
    reader.finish()
    return b"".join(pieces)


@pytest.mark.parametrize("length", [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT + 5])
@pytest.mark.parametrize("size", [-1, 1000, SEGMENT, 2 * SEGMENT + 1])
def test_what_goes_in_comes_out(length, size):
    text = bytes(i % 251 for i in range(length))
    stream = sealed(text)
    assert opened(stream, size=size) == text
    assert len(stream) == HEAD + length + TAG * max(1, -(-length // SEGMENT))


def test_the_same_text_is_never_sealed_alike():
    assert sealed(b"Wren" * 50)[HEAD:] != sealed(b"Wren" * 50)[HEAD:]


@pytest.mark.parametrize("kept", [0, 4, 20, HEAD - 1, HEAD, HEAD + 7, HEAD + PIECE, HEAD + 2 * PIECE, -1])
def test_a_cut_stream_is_refused(kept):
    stream = sealed(b"x" * (2 * SEGMENT + 9))
    with pytest.raises(ArchiveBroken):
        opened(stream[:kept])


@pytest.mark.parametrize("at", [0, 4, 6, 10, 15, 17, 18, 20, 30, HEAD - 1, HEAD, HEAD + PIECE, -1])
def test_a_changed_byte_is_refused(at):
    stream = bytearray(sealed(b"x" * (2 * SEGMENT + 9)))
    stream[at] ^= 1
    with pytest.raises((ArchiveBroken, KeyringError)):
        opened(bytes(stream))


def test_exchanged_repeated_removed_and_added_segments_are_refused():
    text = b"a" * SEGMENT + b"b" * SEGMENT + b"c" * SEGMENT
    stream = sealed(text)
    head, a, b, c = (stream[:HEAD], *(stream[HEAD + i * PIECE : HEAD + (i + 1) * PIECE] for i in range(3)))
    assert opened(head + a + b + c) == text
    for pieces in ((b, a, c), (a, a, b, c), (a, c), (b, c), (a, b), (a, b, c, c), (a, b, c, b"x")):
        with pytest.raises(ArchiveBroken):
            opened(head + b"".join(pieces))


def test_segments_of_another_stream_are_refused():
    one, other = sealed(b"a" * (SEGMENT + 1)), sealed(b"a" * (SEGMENT + 1))
    with pytest.raises(ArchiveBroken):
        opened(one[: HEAD + PIECE] + other[HEAD + PIECE :])


def test_a_file_of_keys_never_opens_as_a_backup():
    stream = bytearray(sealed(b"x", word=KEYS))
    with pytest.raises(ArchiveBroken, match="another kind"):
        opened(bytes(stream))
    stream[5:9] = BACKUP.to_bytes(4, "big")
    with pytest.raises(KeyringError, match="not an archive that this keyring made"):
        opened(bytes(stream))


def test_another_keyring_is_named_by_its_missing_key(monkeypatch):
    from vault import archives
    from vault.keyring import LocalKeyring

    stream = sealed(b"x")
    other = LocalKeyring(kind="test", primary=5, keys={5: b"o" * 32}, source="spare.json")
    monkeypatch.setattr(archives, "keyring", lambda: other)
    with pytest.raises(
        KeyringError, match=r"Root key 2147418112 is needed and is not in the keyring spare.json"
    ):
        opened(stream)

"""Sealed files: streamed, bound to row and client, nothing in the clear on disk."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage

from vault import files
from vault.errors import SealBroken

pytestmark = pytest.mark.django_db
CANARY = b"Canary Plumbago Teasel "


@pytest.fixture
def place():
    return {"row": uuid4(), "client": uuid4()}


@pytest.mark.parametrize(
    "size", [0, 1, files.SEGMENT - 1, files.SEGMENT, files.SEGMENT + 1, 3 * files.SEGMENT + 7]
)
def test_any_size_comes_back(place, size):
    data = (CANARY * (size // len(CANARY) + 1))[:size]
    name = files.save([data[i : i + 50_000] for i in range(0, size, 50_000)], **place)
    assert files.read(name, **place) == data


def test_the_disk_holds_neither_text_nor_a_telling_name(place, settings):
    name = files.save([CANARY * 10_000], **place)
    stored = Path(default_storage.path(name))
    assert CANARY not in stored.read_bytes()
    assert stored.read_bytes()[0] == 1
    assert set(Path(settings.MEDIA_ROOT).rglob("*")) == {stored, stored.parent}


def damaged(name, change):
    path = Path(default_storage.path(name))
    path.write_bytes(change(path.read_bytes()))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d[:-1],
        lambda d: d[: -files.SEGMENT],
        lambda d: d[: files.HEAD.size + files.SEGMENT + files.TAG],
        lambda d: d[:100] + bytes((d[100] ^ 1,)) + d[101:],
        lambda d: (
            d[: files.HEAD.size]
            + d[files.HEAD.size + files.SEGMENT + files.TAG :]
            + d[files.HEAD.size : files.HEAD.size + files.SEGMENT + files.TAG]
        ),
        lambda d: d + b"x",
        lambda d: b"%PDF-1.7 plain",
        lambda d: b"",
    ],
)
def test_a_cut_altered_or_reordered_file_does_not_open(place, change):
    name = files.save([CANARY * 8_000], **place)
    damaged(name, change)
    with pytest.raises(SealBroken):
        files.read(name, **place)


def test_a_file_of_another_row_or_client_does_not_open(place):
    name = files.save([CANARY], **place)
    with pytest.raises(SealBroken):
        files.read(name, row=uuid4(), client=place["client"])
    with pytest.raises(SealBroken):
        files.read(name, row=place["row"], client=uuid4())

"""The members of one backup: a tar in a sealed stream, so that neither is ever whole in memory.

database.sqlite3 or database.pgdump   without keys, name tokens, sessions, cache and failed sign-ins
keys.jsonl                            rows of the key table and the installation, without any key
files/<stored name>                   every sealed file that a row names, as it lies in the storage
checkpoint-newest.txt                 the newest signed checkpoint of the log, where there is one
members.jsonl                         {"name", "size", "sha256"} of every member before it, in order
manifest.json                         `Manifest`; holds the hash of members.jsonl
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from vault.archives import BACKUP, OpeningReader, SealingWriter
from vault.errors import ArchiveBroken

FORMAT = 1
KEY_ROWS, FILES, CHECKPOINT = "keys.jsonl", "files/", "checkpoint-newest.txt"
MEMBERS, MANIFEST = "members.jsonl", "manifest.json"
PIECE = 64 * 1024
_STORED_NAME = re.compile(r"[0-9A-Za-z_-]+(?:/[0-9A-Za-z_-]+)*")


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself: when and where it was made, and what must be found in it.

    `kind` is production, trial or test; `database` sqlite or postgresql; `migrations` the applied ones
    ("app.name"); `tables` rows by table; `left_out` tables whose rows are not in it; `files` how many
    sealed files; `lost` stored names that a row names and the storage did not have; `log` how
    many chains and links the access log had, a hash over the heads, and the newest checkpoint's number.
    """

    made_at: str
    kind: str
    database: str
    migrations: list[str]
    tables: dict[str, int]
    left_out: list[str]
    version: str = ""
    format: int = FORMAT
    files: int = 0
    lost: list[str] = field(default_factory=list)
    members: int = 0
    members_sha256: str = ""
    log: dict[str, Any] = field(default_factory=dict)


def _line(name: str, size: int, digest: str) -> bytes:
    return json.dumps({"name": name, "size": size, "sha256": digest}).encode() + b"\n"


class _Hashing:
    """Reads a stream, and knows the hash and the length of what went through."""

    def __init__(self, source: Any) -> None:
        self._source, self.size, self._hash = source, 0, hashlib.sha256()

    def read(self, size: int = PIECE) -> bytes:
        piece: bytes = self._source.read(size)
        self._hash.update(piece)
        self.size += len(piece)
        return piece

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


class Writer:
    """Writes the members one after another; `close` adds the list of them and the manifest."""

    def __init__(self, out: BinaryIO, members: Path) -> None:
        self._sealing = SealingWriter(out, word=BACKUP)
        # Not tarfile's own stream mode: an archive given up in it writes once more when it is collected.
        self._tar = tarfile.TarFile(fileobj=cast(Any, self._sealing), mode="w", format=tarfile.PAX_FORMAT)
        self._list_path, self._list = members, members.open("wb")
        self.count = 0

    def add(self, name: str, source: BinaryIO, size: int) -> None:
        """One member of exactly `size` bytes. Raises OSError where the source has fewer."""
        hashing = self._put(name, source, size)
        self._list.write(_line(name, size, hashing.digest))
        self.count += 1

    def add_path(self, name: str, path: Path) -> None:
        with path.open("rb") as source:
            self.add(name, source, path.stat().st_size)

    def _put(self, name: str, source: Any, size: int) -> _Hashing:
        info, hashing = tarfile.TarInfo(name), _Hashing(source)
        info.size = size
        self._tar.addfile(info, cast(BinaryIO, hashing))
        return hashing

    def close(self, manifest: Callable[[int, str], Manifest]) -> None:
        """`manifest(members, hash of their list)` gives the last member."""
        self._list.close()
        with self._list_path.open("rb") as source:
            listed = self._put(MEMBERS, source, self._list_path.stat().st_size)
        text = json.dumps(asdict(manifest(self.count, listed.digest)), sort_keys=True).encode()
        self._put(MANIFEST, io.BytesIO(text), len(text))
        self._tar.close()
        self._sealing.finish()

    def abandon(self) -> None:
        """Nothing more comes; what was written stays cut and opens nowhere."""
        self._list.close()


Take = Callable[[str, Any, int], None]
"""Gets a member's name, a reader of its text and its size; need not read."""


def read(path: Path, take: Take | None = None) -> Manifest:
    """Read a whole backup and check everything that it says of itself; give each member to `take`.

    What `take` sees was authenticated, but whether the backup is whole is known at the end alone: read
    it once without `take` before touching anything. Raises `ArchiveBroken` or `KeyringError`.
    """
    try:
        with path.open("rb") as source:
            return _read(OpeningReader(source, word=BACKUP), take)
    except OSError as error:
        raise ArchiveBroken(f"it cannot be read: {error.strerror or error}") from None


def _read(stream: OpeningReader, take: Take | None) -> Manifest:
    listed, count, files = hashlib.sha256(), 0, 0
    members: str | None = None
    manifest: Manifest | None = None
    with _tar(stream) as tar:
        for info in tar:
            if manifest is not None or not info.isreg() or (members is not None and info.name != MANIFEST):
                raise ArchiveBroken("its members are not those of a backup")
            hashing = _Hashing(tar.extractfile(info))
            if info.name == MANIFEST:
                manifest = _manifest(hashing.read(-1))
                continue
            if info.name == MEMBERS:
                _drain(hashing)
                members = hashing.digest
                continue
            if take is not None:
                take(info.name, hashing, info.size)
            _drain(hashing)
            listed.update(_line(info.name, info.size, hashing.digest))
            count += 1
            files += info.name.startswith(FILES)
    stream.finish()
    if manifest is None:
        raise ArchiveBroken("it has no manifest")
    if members != listed.hexdigest() or manifest.members_sha256 != members or manifest.members != count:
        raise ArchiveBroken("its members are not those that its manifest lists")
    if manifest.files != files:
        raise ArchiveBroken(f"it holds {files} files and its manifest says {manifest.files}")
    return manifest


def _drain(source: _Hashing) -> None:
    while source.read(PIECE):
        pass


@contextmanager
def _tar(stream: OpeningReader) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(fileobj=cast(BinaryIO, stream), mode="r|") as tar:
            yield tar
    except tarfile.TarError:
        raise ArchiveBroken("its members cannot be read") from None


def _manifest(text: bytes) -> Manifest:
    try:
        values = json.loads(text)
        if values.get("format") != FORMAT:
            raise ArchiveBroken("it has a format that this version does not know")
        return Manifest(**values)
    except (ValueError, TypeError, AttributeError):
        raise ArchiveBroken("its manifest cannot be read") from None


def stored_name(member: str) -> str:
    """The stored name of a `files/…` member. Raises `ArchiveBroken` for one that leaves the folder."""
    name = member.removeprefix(FILES)
    if not _STORED_NAME.fullmatch(name):
        raise ArchiveBroken("it holds a file under a name that none of ours has")
    return name

"""Data keys: made, unwrapped and kept in this process's memory for a short while.

The memory is bounded in number and in time and never leaves the process. A key made inside a
transaction becomes known to the memory as "the key that seals" only after the commit: remembered
too early, a rollback would leave values sealed under a key that was never stored.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from vault.crypto import AESGCM, derive, new_key
from vault.errors import SealBroken, Shredded
from vault.ids import NIL
from vault.keyring import keyring
from vault.models import DataKey

LIMIT = 16_384
"""As many keys as a search among the files of one person may need, so that every letter typed finds them."""
SECONDS = 300
LOOK_BACK = 200
"""How many waiting callbacks are searched at most: in a transaction of thousands, a query is as quick."""


class OpenKey:
    """An unwrapped data key, ready to seal and open; its repr shows the id alone."""

    __slots__ = ("_file_cipher", "_raw", "cipher", "client", "id")

    def __init__(self, id: int, client: UUID, raw: bytes) -> None:
        self.id, self.client, self.cipher = id, client, AESGCM(raw)
        self._raw: bytes | None = raw
        self._file_cipher: AESGCM | None = None

    def __repr__(self) -> str:
        return f"<OpenKey {self.id}>"

    def __reduce__(self):
        raise TypeError("A data key is never pickled.")

    @property
    def file_cipher(self) -> AESGCM:
        """Of files alone. Derived on first use: a list page unwraps fifty keys and opens no file."""
        raw = self._raw
        if raw is not None:
            self._file_cipher = AESGCM(derive(raw, "file/1"))
            self._raw = None
        assert self._file_cipher is not None  # noqa: S101 - for mypy: set before `_raw` is dropped
        return self._file_cipher


Entry = tuple[float, OpenKey]


class _Memory:
    """Bounded in number and in time; one per process, shared by its threads.

    Entries live about equally long, so the first of a table is the next to end: what has ended is dropped
    there whenever something is added, and the first one goes when the table is full. Reading one entry of a
    dict is atomic and takes no lock.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[int, Entry] = {}
        self._current: dict[int, Entry] = {}  # by the client's UUID as a number, which hashes faster

    def key(self, key_id: int) -> OpenKey | None:
        entry = self._keys.get(key_id)
        return entry[1] if entry is not None and entry[0] > time.monotonic() else None

    def current(self, client: UUID) -> OpenKey | None:
        entry = self._current.get(client.int)
        return entry[1] if entry is not None and entry[0] > time.monotonic() else None

    def keep(self, key: OpenKey) -> None:
        with self._lock:
            self._put(self._keys, key.id, key)

    def keep_current(self, key: OpenKey, read_at: float | None = None) -> None:
        """`read_at` (monotonic) is when the table said so: a long transaction must not stretch the limit.

        A rotation retires a key only when no process can still take it for the current one.
        """
        with self._lock:
            self._put(self._keys, key.id, key)
            self._put(self._current, key.client.int, key, since=read_at)

    def forget(self, client: UUID) -> None:
        """Drop every key of one client."""
        with self._lock:
            self._current.pop(client.int, None)
            for key_id in [i for i, (_until, key) in self._keys.items() if key.client == client]:
                del self._keys[key_id]

    def clear(self) -> None:
        with self._lock:
            self._keys.clear()
            self._current.clear()

    @staticmethod
    def _put(table: dict[int, Entry], name: int, key: OpenKey, since: float | None = None) -> None:
        now = time.monotonic()
        until = (now if since is None else since) + SECONDS
        table.pop(name, None)
        if until <= now:
            return
        table[name] = (until, key)
        while len(table) > LIMIT or next(iter(table.values()))[0] <= now:
            del table[next(iter(table))]


class _AfterCommit:
    """What becomes known when the transaction commits: the key a client's values are sealed with, or that
    the one that was known is it no more (None: destroyed, or there is a newer version).

    Until then this transaction alone finds it, and Django drops it where a savepoint is rolled back.
    """

    __slots__ = ("client", "key", "read_at")

    def __init__(self, client: UUID, key: OpenKey | None, read_at: float) -> None:
        self.client, self.key, self.read_at = client, key, read_at

    def __call__(self) -> None:
        if self.key is None:
            memory.forget(self.client)
        else:
            memory.keep_current(self.key, self.read_at)


def _of_this_transaction(client: UUID) -> OpenKey | None:
    """The key this transaction sealed with in the last `SECONDS`: a row of ten values asks for it once."""
    for entry in connection.run_on_commit[: -LOOK_BACK - 1 : -1]:
        waiting = entry[1]
        if type(waiting) is _AfterCommit and waiting.client.int == client.int:
            return waiting.key if waiting.read_at + SECONDS > time.monotonic() else None
    return None


memory = _Memory()
_held: ContextVar[Mapping[UUID, OpenKey] | None] = ContextVar("fresh_keys", default=None)


def _open(row: DataKey) -> OpenKey:
    if row.wrapped is None:
        raise Shredded("The key of this client was destroyed.", row.destroyed_at)
    raw = keyring().unwrap(bytes(row.wrapped), client=row.client_uuid, version=row.version)
    return OpenKey(row.pk, row.client_uuid, raw)


def key_for_opening(key_id: int, *, client: UUID, context: str, column: str, row: UUID | None) -> OpenKey:
    """The key a sealed value names. Raises `SealBroken`, `Shredded` or `KeyringError`."""
    key = memory.key(key_id)
    if key is None:
        stored = DataKey.objects.filter(pk=key_id).first()
        if stored is None:
            raise SealBroken(context, column, row, "unknown_key")
        key = _open(stored)
        memory.keep(key)
    if key.client.int != client.int:
        raise SealBroken(context, column, row, "foreign_key")
    return key


def key_for_sealing(client: UUID) -> OpenKey:
    """The newest key of a client, made on first use. Raises `Shredded` for an erased client."""
    held = _held.get()
    key = (held and held.get(client)) or memory.current(client) or _of_this_transaction(client)
    if key is not None:
        return key
    read_at = time.monotonic()
    stored = DataKey.objects.filter(client_uuid=client).order_by("-version").first()
    if stored is None:
        stored = _make(client)
    key = memory.key(stored.pk) if stored.wrapped is not None else None
    if key is None or key.client != client:
        key = _open(stored)
    memory.keep(key)
    transaction.on_commit(_AfterCommit(client, key, read_at))
    return key


def _make(client: UUID, version: int = 1) -> DataKey:
    """Store a fresh key. Ids are random, so that the id of a rolled-back key never comes again."""
    wrapped = keyring().wrap(new_key(), client=client, version=version)
    while True:
        try:
            with transaction.atomic():
                return DataKey.objects.create(
                    pk=secrets.randbelow(0x7FFFFFFE) + 1, client_uuid=client, version=version, wrapped=wrapped
                )
        except IntegrityError:
            existing = DataKey.objects.filter(client_uuid=client, version=version).first()
            if existing is not None:
                return existing


@contextmanager
def fresh_keys(clients: Iterable[UUID]) -> Iterator[None]:
    """Make the data keys of many new clients with two queries, and seal with them inside the block.

    Begin and end the block inside the transaction that writes the clients: what it holds is forgotten
    at its end, so that a rollback leaves nothing to seal with. Raises IntegrityError for a client that
    has a key, and whatever ends the block.
    """
    wanted = list(dict.fromkeys(clients))
    held: dict[UUID, OpenKey] = {}
    rows = []
    for key_id, client in zip(_free_ids(len(wanted)), wanted, strict=True):
        raw = new_key()
        rows.append(
            DataKey(pk=key_id, client_uuid=client, wrapped=keyring().wrap(raw, client=client, version=1))
        )
        held[client] = OpenKey(key_id, client, raw)
    DataKey.objects.bulk_create(rows)
    token = _held.set({**(_held.get() or {}), **held})
    try:
        yield
    finally:
        _held.reset(token)


def destroy(client: UUID) -> int:
    """Destroy every version of a client's key, and forget it here. Returns how many there were.

    Nothing sealed for her opens again, here or from a backup without its keys. The rows stay, without
    the key, so that "erased" can be told from "broken". Other processes forget the key within `SECONDS`;
    until then they read, but what they seal under it dies with it. Who may, and when, is decided above.
    Refuses (ValueError) the organisation's own key, which would end the installation.
    """
    if client == NIL:
        raise ValueError("The organisation's key is never destroyed.")
    count = 0
    alive = DataKey.objects.filter(client_uuid=client)
    alive = alive.filter(Q(wrapped__isnull=False) | Q(destroyed_at__isnull=True))
    with transaction.atomic():
        # Until none is left: who waited for a lock does not see the version that was added meanwhile.
        while keys := [key.pk for key in alive.select_for_update()]:
            count += DataKey.objects.filter(pk__in=keys).update(wrapped=None, destroyed_at=timezone.now())
        memory.forget(client)
        # Another thread may have opened the key again before the commit; a rollback costs one unwrap.
        transaction.on_commit(_AfterCommit(client, None, time.monotonic()))
    return count


def new_version(client: UUID) -> DataKey:
    """A further version of a client's key, which seals from the commit on; or the one made meanwhile.

    Raises `Shredded` for an erased client, and KeyError where the client never had a key.
    """
    newest = DataKey.objects.filter(client_uuid=client).order_by("-version").first()
    if newest is None:
        raise KeyError(client)
    if newest.wrapped is None:
        raise Shredded("The key of this client was destroyed.")
    with transaction.atomic():
        made = _make(client, newest.version + 1)
        transaction.on_commit(_AfterCommit(client, None, time.monotonic()))
    return made


@dataclass(frozen=True)
class Census:
    """How many data keys there are; `rotating` are clients of whom an older key is still to be retired."""

    clients: int
    versions: int
    retired: int
    destroyed: int
    rotating: int


def census() -> Census:
    """The data keys in numbers. `clients` counts the organisation where it has a key."""
    newer = DataKey.objects.filter(client_uuid=OuterRef("client_uuid"), version__gt=OuterRef("version"))
    rotating = DataKey.objects.filter(Exists(newer), retired_at__isnull=True, destroyed_at__isnull=True)
    return Census(
        clients=DataKey.objects.values("client_uuid").distinct().count(),
        versions=DataKey.objects.count(),
        retired=DataKey.objects.filter(retired_at__isnull=False).count(),
        destroyed=DataKey.objects.filter(destroyed_at__isnull=False).values("client_uuid").distinct().count(),
        rotating=rotating.values("client_uuid").distinct().count(),
    )


def _free_ids(count: int) -> list[int]:
    """Random key ids that no key has. Two drawings that meet are told apart by the table's primary key."""
    ids: set[int] = set()
    while len(ids) < count:
        drawn = {secrets.randbelow(0x7FFFFFFE) + 1 for _ in range(count - len(ids))}
        ids |= drawn - set(DataKey.objects.filter(pk__in=drawn).values_list("pk", flat=True))
    return list(ids)


def preload(clients: Iterable[UUID]) -> None:
    """Fetch the keys of many clients with one query, before a page opens a value of each."""
    wanted = [client for client in set(clients) if memory.current(client) is None]
    if not wanted:
        return
    read_at = time.monotonic()
    newest: dict[UUID, OpenKey] = {}
    for row in DataKey.objects.filter(client_uuid__in=wanted, wrapped__isnull=False).order_by("version"):
        newest[row.client_uuid] = _open(row)
        memory.keep(newest[row.client_uuid])
    for client, key in newest.items():
        transaction.on_commit(_AfterCommit(client, key, read_at))

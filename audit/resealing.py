"""A client's data key rotated: her rows, their history and her files sealed again under a new version.

The site serves meanwhile. What is done and what is not is read from the sealed values themselves, each of
which names its key: there is no progress to lose, so a run that was killed is gone on with, and two at once
do each other no harm. Nothing changes for people: no version of history is written; a live value and every
version that held the same bytes get the same new bytes, and each batch pins the versions again and leaves
one event.

The old key stays until nothing names it, and until no process can still take it for the current one
(`datakeys.SECONDS`): until then the rotation is "draining". Then the key is retired: it opens backups made
before, and nothing in this database.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Substr
from django.utils import timezone

from audit import door, history
from audit.services import Action, record
from vault import datakeys, files, installation
from vault.bulk import swap
from vault.crypto import FORMAT, Binding
from vault.errors import Shredded, VaultError
from vault.fields import SealedField
from vault.ids import NIL
from vault.models import DataKey, SpareFile
from vault.rotation import HEADER_BYTES, Progress
from vault.sealing import open_sealed, seal

logger = logging.getLogger(__name__)

BATCH = 50
DRAIN = timedelta(seconds=datakeys.SECONDS + 60)
"""From the making of a new version until no process can still seal under the one before."""
WRITING = timedelta(days=1)
"""How long a file that is being written may go without a row."""
Lock = Callable[[UUID], object]
_locks: list[Lock] = []


# --- Where sealed values are --------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """The sealed columns of one model, live or history. `key` is the attribute with the row's own key."""

    model: type[models.Model]
    fields: tuple[SealedField, ...]
    key: str

    def under(self, heads: Collection[bytes], client: UUID | None = None) -> models.QuerySet:
        """Rows of which a sealed column names one of these keys; of one client, where that can be asked."""
        rows, found = self.model._base_manager.all(), Q()
        for number, column in enumerate(self.fields):
            start = Substr(F(column.attname), 1, HEADER_BYTES, output_field=models.BinaryField())
            rows = rows.alias(**{f"head{number}": start})
            found |= Q(**{f"head{number}__in": list(heads)})
        names = {column.client for column in self.fields}
        attributes = {each.attname for each in self.model._meta.concrete_fields}
        if client is not None and len(names) == 1 and (name := names.pop()) in attributes:
            rows = rows.filter(**{str(name): client})
        return rows.filter(found)


@dataclass(frozen=True)
class Place:
    """A table with sealed columns or a sealed file: its live rows, and its history where it has one."""

    label: str
    model: type[models.Model]
    live: Part | None
    versions: Part | None
    file: str

    def parts(self) -> list[Part]:
        return [part for part in (self.live, self.versions) if part]


def places() -> list[Place]:
    """Every table with sealed columns or sealed files, read from the models themselves."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if hasattr(model, "instance_type"):  # a history model: it goes with its table
            continue
        pk = str(model._meta.pk.attname) if model._meta.pk else "id"
        past: Any = model.history.model if hasattr(model, "history") else None
        live, versions = _part(model, pk), _part(past, pk) if past else None
        file = str(getattr(model, "sealed_file", ""))
        if live or versions or file:
            found.append(Place(model._meta.label, model, live, versions, file))
    return sorted(found, key=lambda place: place.label)


def _part(model: type[models.Model], key: str) -> Part | None:
    fields = tuple(each for each in model._meta.concrete_fields if isinstance(each, SealedField))
    return Part(model, fields, key) if fields else None


@dataclass(frozen=True)
class Elsewhere:
    """Sealed values of the organisation that are in no sealed column.

    `left(heads)` counts those that name one of these keys, `move(heads)` seals them again, each in a
    transaction with its event, and returns how many it moved.
    """

    name: str
    left: Callable[[Collection[bytes]], int]
    move: Callable[[Collection[bytes]], int]


ELSEWHERE: dict[str, Elsewhere] = {}


def register(values: Elsewhere) -> None:
    """Have further values rotated; called from `AppConfig.ready`."""
    ELSEWHERE[values.name] = values


def register_lock(lock: Lock) -> None:
    """How the lock is taken that services of a client take first; called from `AppConfig.ready`."""
    _locks[:] = [lock]


def _lock(client: UUID) -> None:
    if client != NIL:
        for lock in _locks:
            lock(client)


def head(key_id: int) -> bytes:
    """How everything begins that is sealed under a data key: values and files alike."""
    return struct.pack(">BI", FORMAT, key_id)


# --- Rotating one client ------------------------------------------------------------------------------


@dataclass
class Outcome:
    """What a run did. `state` is "draining", "retired" or "left"; `broken` names what does not open."""

    state: str = "left"
    moved: int = 0
    left: int = 0
    broken: list[str] = field(default_factory=list)


def begin(client: UUID) -> DataKey:
    """The key version that a client's values move to: made now, unless a rotation is under way.

    Raises `Shredded` for an erased client, KeyError where nothing was ever sealed.
    """
    with transaction.atomic():
        _lock(client)
        versions = DataKey.objects.filter(client_uuid=client).order_by("version")
        list(versions.select_for_update())
        keys = list(versions)  # again: who waited for the lock does not see what was added meanwhile
        if keys and keys[-1].wrapped is None:
            raise Shredded("The key of this client was destroyed.")
        if any(key.retired_at is None for key in keys[:-1]):
            return keys[-1]
        made = datakeys.new_version(client)
        record(
            Action.KEYS, by=None, kind="data_key", client=_client(client), fields=[f"version {made.version}"]
        )
    return made


def run(
    client: UUID,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> Outcome:
    """Go on with the rotation of a client's key as far as it goes now; `begin` it first."""
    outcome, heads = Outcome(), heads_before(client)
    if not heads:
        return Outcome(state="retired")
    datakeys.memory.forget(client)
    total = _count(client, heads)

    def step(moved: int) -> None:
        outcome.moved += moved
        if progress:
            progress(min(outcome.moved, total), total)

    for place in places():
        _move_rows(place, client, heads, step, outcome.broken)
        _move_files(place, client, heads, step, outcome.broken)
    if client == NIL:
        for values in ELSEWHERE.values():
            step(values.move(heads))
    if progress:
        progress(total, total)
    outcome.state, outcome.left = finish(client, now=now)
    return outcome


def heads_before(client: UUID) -> list[bytes]:
    """How values begin that are sealed under an older version of the client's key, retired ones too."""
    keys = DataKey.objects.filter(client_uuid=client).order_by("version")
    return [head(key.pk) for key in list(keys)[:-1] if key.wrapped is not None]


def finish(client: UUID, *, now: datetime) -> tuple[str, int]:
    """Retire the older versions of a key once nothing names them; the state, and how many values are left."""
    keys = list(DataKey.objects.filter(client_uuid=client).order_by("version"))
    heads = [head(key.pk) for key in keys[:-1] if key.wrapped is not None]
    left = left_under(client, heads)
    if left:
        return "left", left
    if keys and now < keys[-1].created_at + DRAIN:
        return "draining", 0
    with transaction.atomic():
        old = [key for key in keys[:-1] if key.retired_at is None and key.wrapped is not None]
        open_ones = DataKey.objects.filter(pk__in=[key.pk for key in old], retired_at__isnull=True)
        if open_ones.filter(destroyed_at__isnull=True).update(retired_at=now):
            words = [f"version {key.version} retired" for key in old]
            record(Action.KEYS, by=None, kind="data_key", client=_client(client), fields=words)
    return "retired", 0


def state_of(client: UUID, *, now: datetime) -> str:
    """How a rotation that is under way stands, in words."""
    left = left_under(client, heads_before(client))
    if left:
        return f"{left:,} rows and files left"
    newest = DataKey.objects.filter(client_uuid=client).order_by("version").last()
    if newest is not None and now < newest.created_at + DRAIN:
        return f"draining until {timezone.localtime(newest.created_at + DRAIN):%H:%M}"
    return "ready to be finished"


def left_under(client: UUID, heads: Collection[bytes]) -> int:
    """How many rows and files name one of these keys: every table is read through, whosever its rows are."""
    if not heads:
        return 0
    rows = sum(part.under(heads).count() for place in places() for part in place.parts())
    stored = sum(1 for place in places() for _row in _files_under(place, client, heads, []))
    elsewhere = sum(values.left(heads) for values in ELSEWHERE.values()) if client == NIL else 0
    return rows + stored + elsewhere


def _count(client: UUID, heads: Collection[bytes]) -> int:
    """How many live rows and files are to move: the whole of the progress bar."""
    count = 0
    for place in places():
        count += len(_rows_under(place, client, heads))
        count += sum(1 for _row in _files_under(place, client, heads, []))
    return count


def under_way() -> list[UUID]:
    """Clients of whom an older key is still to be retired, the organisation (nil) among them."""
    newer = DataKey.objects.filter(client_uuid=OuterRef("client_uuid"), version__gt=OuterRef("version"))
    rows = DataKey.objects.filter(Exists(newer), retired_at__isnull=True, destroyed_at__isnull=True)
    return list(rows.order_by("client_uuid").values_list("client_uuid", flat=True).distinct())


def tick(now: datetime) -> str:
    """Timed work: go on with every rotation that is under way, and remove files that nothing names."""
    states = [run(client, now=now).state for client in under_way()]
    removed = sweep(now=now)
    words = [f"{states.count(state)} {state}" for state in ("retired", "draining", "left") if state in states]
    if words:
        words[0] = f"key rotations: {words[0]}"
    if removed:
        words.append(f"{removed} old files removed")
    return ", ".join(words)


def sweep(*, now: datetime) -> int:
    """Remove stored files that no row names and whose time has come; how many."""
    due = list(SpareFile.objects.filter(due_at__lte=now))
    named = named_by_rows(spare.name for spare in due)
    for spare in due:
        if spare.name in named:
            logger.error("The stored file %s counts as spare, and a row still names it: it stays", spare.name)
            continue
        default_storage.delete(spare.name)
        spare.delete()
    return len(due) - len(named)


def named_by_rows(names: Iterable[str]) -> set[str]:
    """Which of these stored files a live row names. A row whose file was erased alone names none."""
    wanted = set(names)
    found: set[str] = set()
    for place in places() if wanted else ():
        if place.file:
            rows = _with_files(place).filter(**{f"{place.file}__in": wanted})
            found.update(rows.values_list(place.file, flat=True))
    return found


def _with_files(place: Place) -> models.QuerySet:
    rows = place.model._base_manager.exclude(**{place.file: ""})
    if any(column.name == "erased_at" for column in place.model._meta.concrete_fields):
        rows = rows.filter(erased_at__isnull=True)  # erased alone: the row stays, its file is gone
    return rows


def _client(client: UUID) -> UUID | None:
    return None if client == NIL else client


# --- Rows ---------------------------------------------------------------------------------------------


class _Overtaken(Exception):
    """Somebody saved between the reading and the writing: their value stays, and the batch is done again."""


def _rows_under(place: Place, client: UUID, heads: Collection[bytes]) -> set[Any]:
    """Keys of rows of which the live row or a version names one of these keys."""
    found: set[Any] = set()
    for part in place.parts():
        if client == NIL and all(column.client is not None for column in part.fields):
            continue
        found.update(part.under(heads, client).values_list(part.key, flat=True))
    return found


def _move_rows(
    place: Place,
    client: UUID,
    heads: Collection[bytes],
    step: Callable[[int], None],
    broken: list[str],
) -> None:
    skipped: set[Any] = set()
    overtaken = 0
    while rows := sorted(_rows_under(place, client, heads) - skipped, key=str):
        batch = rows[:BATCH]
        try:
            bad = _reseal(place, client, batch, heads)
        except _Overtaken:
            overtaken += 1
            if overtaken > 20:
                skipped.update(batch)
            continue
        for row, column in bad:
            broken.append(f"{place.label} {row}: {column}")
        # What could not be moved is told, and not tried for ever.
        skipped.update(row for row, _column in bad)
        step(len(batch) - len({row for row, _column in bad}))


def _reseal(place: Place, client: UUID, keys: list[Any], heads: Collection[bytes]) -> list[tuple[Any, str]]:
    """One batch in one transaction. Returns (row, column) of each value that does not open."""
    with transaction.atomic():
        _lock(client)
        new = _NewBytes(client, heads)
        if place.live:
            rows = place.live.model._base_manager.select_for_update(of=("self",))
            live = list(rows.filter(pk__in=keys).order_by("pk"))
            for row in live:
                new.keep(row, place.live.fields)
            _write(place.live, live, new)
        if place.versions:
            past = place.versions.model._base_manager.filter(**{f"{place.versions.key}__in": keys})
            with door.opened(door.RESEAL):
                changed = _write(place.versions, list(past.order_by("history_id")), new)
            history.pin(changed)
        kind = str(place.model._meta.model_name)
        shown = [key for key in keys if key not in {row for row, _column in new.bad}]
        record(Action.RESEALED, by=None, kind=kind, client=_client(client), shown=shown)
    return new.bad


class _NewBytes:
    """Old bytes to new ones, the same for a live value and for every version that held the same bytes."""

    def __init__(self, client: UUID, heads: Collection[bytes]) -> None:
        self._client, self._heads = client, frozenset(heads)
        self._known: dict[tuple[Binding, bytes], bytes] = {}
        self._live: dict[Binding, bytes] = {}
        self.bad: list[tuple[Any, str]] = []

    def keep(self, row: models.Model, fields: Iterable[SealedField]) -> None:
        """Remember what a live row holds under the new key: a version of the same text takes those bytes.

        Somebody who had read the row before it was moved, and then saved a part of it, leaves a version
        with the old bytes beside a live row with the new ones; they are made alike again here.
        """
        for column in fields:
            held = row.__dict__.get(column.attname)
            if held is not None and bytes(held)[:HEADER_BYTES] not in self._heads:
                self._live[self._binding(row, column)] = bytes(held)

    def of(self, row: models.Model, column: SealedField) -> tuple[bytes, bytes] | None:
        """(old, new) of one value; None where it stays as it is."""
        held = getattr(row, column.attname)
        if held is None or bytes(held)[:HEADER_BYTES] not in self._heads:
            return None
        old, binding = bytes(held), self._binding(row, column)
        if binding.client != self._client:
            return None
        if (binding, old) not in self._known:
            try:
                text = open_sealed(old, binding)
                made = self._live.get(binding)
                if made is None or open_sealed(made, binding) != text:
                    made = seal(text, binding, step=column.step)
            except VaultError:
                self.bad.append((binding.row, column.public_name))
                return None
            self._known[binding, old] = made
        return old, self._known[binding, old]

    @staticmethod
    def _binding(row: models.Model, column: SealedField) -> Binding:
        return column.binding(row=getattr(row, column.row), client=column._client_of(row) or NIL)


def _write(part: Part, rows: list[Any], new: _NewBytes) -> list[Any]:
    """Compare and set, a column at a time; the rows that changed. Raises `_Overtaken`."""
    changed: dict[Any, Any] = {}
    for column in part.fields:
        swaps = []
        for row in rows:
            pair = new.of(row, column)
            if pair is not None:
                swaps.append((row.pk, *pair))
                setattr(row, column.attname, pair[1])
                changed[row.pk] = row
        if swap(part.model, column.name, swaps) != len(swaps):
            raise _Overtaken
    return list(changed.values())


# --- Files --------------------------------------------------------------------------------------------


def _files_under(
    place: Place, client: UUID, heads: Collection[bytes], broken: list[str]
) -> Iterator[tuple[Any, str]]:
    """(row's key, stored name) of a client's files that are sealed under one of these keys."""
    if not place.file or client == NIL:
        return
    rows = _with_files(place).filter(client_id=client)
    for key, name in rows.order_by("pk").values_list("pk", place.file):
        try:
            if files.header_of(name) in heads:
                yield key, name
        except FileNotFoundError:
            broken.append(f"{place.label} {key}: the file is missing")


def _move_files(
    place: Place,
    client: UUID,
    heads: Collection[bytes],
    step: Callable[[int], None],
    broken: list[str],
) -> None:
    for key, name in list(_files_under(place, client, heads, broken)):
        spare = SpareFile.objects.create(name=files.new_name(), due_at=timezone.now() + WRITING)
        try:
            files.save(
                files.open_chunks(name, row=key, client=client), row=key, client=client, name=spare.name
            )
        except (VaultError, FileNotFoundError):
            broken.append(f"{place.label} {key}: the file does not open")
            SpareFile.objects.filter(pk=spare.pk).update(due_at=timezone.now())
            continue
        if _name_file(place, client, key, old=name, new=spare.name):
            step(1)
        else:  # somebody else moved it: ours goes
            SpareFile.objects.filter(pk=spare.pk).update(due_at=timezone.now())


def _name_file(place: Place, client: UUID, key: Any, *, old: str, new: str) -> bool:
    """Let the row, and each version that named the old file, name the new one. False where it was overtaken.

    The old file stays a few minutes for whoever is reading it.
    """
    with transaction.atomic():
        _lock(client)
        live = place.model._base_manager.filter(pk=key, **{place.file: old})
        if not SpareFile.objects.filter(name=new).delete()[0]:
            return False
        if not live.update(**{place.file: new}):
            SpareFile.objects.create(name=new, due_at=timezone.now())
            return False
        if hasattr(place.model, "history"):
            past: Any = place.model.history.model
            pk = str(place.model._meta.pk.attname) if place.model._meta.pk else "id"
            versions = list(past._base_manager.filter(**{pk: key, place.file: old}).order_by("history_id"))
            with door.opened(door.RESEAL):
                past._base_manager.filter(pk__in=[version.pk for version in versions]).update(
                    **{place.file: new}
                )
            for version in versions:
                setattr(version, place.file, new)
            history.pin(versions)
        SpareFile.objects.create(name=old, due_at=timezone.now() + DRAIN)
        kind = str(place.model._meta.model_name)
        record(Action.RESEALED, by=None, kind=kind, client=client, fields=["file"], shown=[key])
    return True


# --- The mark of the installation ---------------------------------------------------------------------


def _mark_left(heads: Collection[bytes]) -> int:
    return int(installation.mark_head() in heads)


def _move_mark(heads: Collection[bytes]) -> int:
    with transaction.atomic():
        moved = installation.reseal_mark(heads)
        if moved:
            record(Action.RESEALED, by=None, kind="installation")
    return moved


register(Elsewhere("the mark of the installation", _mark_left, _move_mark))

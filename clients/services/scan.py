"""Read every name on file, or those of many files, and compare them with what is looked for.

The name index knows whole names alone, so that it tells nobody who is called Maria. What it cannot find
(a part of a name, initials, an error in each word) is found here: names are opened in memory, a batch of
files at a time, and sorted out word by word (`vault.likeness.Marks`) before any is compared. The number of
queries grows with the batches, never with the people.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from clients import grants
from clients.models import Alias, Client, RelatedPerson
from vault import names
from vault.errors import VaultError
from vault.fields import SealedField
from vault.likeness import Marks, Nearness, near_words
from vault.many import OpenKeys, hex_of, keys_named, keys_of_clients, open_cells

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)
BATCH = 4000
MOST_FILES = 250_000
"""A file takes about ten microseconds, with its key, aliases and people: three seconds at the most."""
MOST_AT_ONCE = 12_000
"""Files that are read in one go, every time a letter is typed."""
MOST_KEYS_BY_ID = 500
CLIENT = ""
"""The part of a name that is the client's own; anybody else's is a `RelatedPerson.Relation`."""

Compare = Callable[[list[str], list[str]], Nearness | None]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class NearName:
    """A name on file that is near `typed`: in whose file it stands, and as what."""

    typed: str
    client: UUID
    part: str
    nearness: Nearness


@dataclass(frozen=True, slots=True)
class Progress:
    """How many files of how many have been read."""

    done: int
    total: int


@dataclass(slots=True)
class Scan:
    """What a scan found, how many names it could and could not open, and whether it left old files out."""

    near: list[NearName] = field(default_factory=list)
    opened: int = 0
    not_opened: int = 0
    cut: bool = False


Reading = Generator[Progress, None, Value]
"""Work that says how far it is, and has a result at its end."""


def finished(reading: Reading[Value]) -> Value:
    """The result of a reading, for whoever does not want to know how far it is."""
    while True:
        try:
            next(reading)
        except StopIteration as end:
            return end.value


def worth_scanning(typed: str) -> bool:
    """A single word is too little to look for in every name."""
    return len(names.fold(typed)) > 1


class Files:
    """Which files are read: their ids a batch at a time, newest first (ids are ordered by time)."""

    def __init__(self, *, but: Client | None = None) -> None:
        self.but = but

    def count(self) -> int:
        return Client.objects.count() - (self.but is not None)

    def batches(self) -> Iterator[tuple[list[tuple[str, Any, Any]], Any]]:
        """(id in hexadecimal, sealed name used, sealed legal name) of each file, and what tells these files
        for `keys_of_clients`: the lowest and the highest id.
        """
        rows = self._rows().order_by("-pk")
        batch = list(rows[:BATCH])
        while batch:
            span = (batch[-1][0], batch[0][0])
            yield [row for row in batch if self.but is None or row[0] != self.but.pk.hex], span
            batch = list(rows.filter(pk__lt=span[0])[:BATCH])

    def _rows(self) -> Any:
        return Client.objects.annotate(hex=hex_of("pk")).bytes_list(
            "hex", "name_used_sealed", "legal_name_sealed"
        )

    def owned(self, model: Any, these: Any) -> Any:
        """The rows of `model` in a batch of files."""
        return model.objects.filter(client__gte=these[0], client__lte=these[1])


class VisibleFiles(Files):
    """Files that somebody may see. No name in another file is opened.

    `few`: whether all of them can be read at once, while somebody types. That takes one query which stops
    at `MOST_AT_ONCE`; what the user may see is asked when it is needed, and once.
    """

    def __init__(self, user: User) -> None:
        super().__init__()
        self._user = user
        self.few = not grants.on_more_than(MOST_AT_ONCE, user, "view_client")

    @cached_property
    def visible(self) -> Any:
        return Client.objects.visible_to(self._user)

    @cached_property
    def _seen(self) -> set[str]:
        """Ids in hexadecimal: where there are many, rights are asked once, not with every batch."""
        return set(self.visible.order_by().annotate(hex=hex_of("pk")).values_list("hex", flat=True))

    def count(self) -> int:
        """How many; 0 where they are few, and all of them come in the first batch."""
        return 0 if self.few else len(self._seen)

    def batches(self) -> Iterator[tuple[list[tuple[str, Any, Any]], Any]]:
        if self.few:
            ids = self.visible.order_by().values("pk")
            # Also where there is none: the number of queries tells nothing.
            yield list(self._rows().filter(pk__in=ids)), ids
            return
        for batch, span in super().batches():
            yield [row for row in batch if row[0] in self._seen], span

    def owned(self, model: Any, these: Any) -> Any:
        return model.objects.filter(client__in=these) if self.few else super().owned(model, these)


def reading(
    *, typed: Iterable[str], files: Files, compare: Compare, beginnings: bool = False, keep: bool = False
) -> Reading[Scan]:
    """Compare every name in `files` with each of `typed`; of more than `MOST_FILES`, in the newest.

    `compare` takes folded words, of what was typed and of a name. `beginnings`: a name that begins with what
    was typed, or the other way round, is compared as well, and a single word will do. `keep`: the keys stay
    in memory for the next time. A name that does not open is counted and reported, and the reading goes on;
    what was erased on purpose is no longer anybody's name.
    """
    wanted = [(text, names.fold(text)) for text in typed]
    found = Scan()
    if not wanted:
        return found
    marks = Marks([words for _text, words in wanted], beginnings=beginnings)
    # One bit will do where one word is looked for; two, where two words at least must fit.
    tests = [
        (text, words, bits, not beginnings or bits & (bits - 1) != 0)
        for (text, words), bits in zip(wanted, marks.bits, strict=True)
    ]
    total, done = min(files.count(), MOST_FILES), 0
    for batch, these in files.batches():
        if done + len(batch) > MOST_FILES:
            batch, found.cut = batch[: MOST_FILES - done], True
        for client, part, text in _opened(batch, these, files, found, keep=keep):
            found.opened += 1
            mask = 0
            for word in text.split():
                mask |= marks[word]
            if not mask:
                continue
            for looked_for, words, bits, two in tests:
                met = mask & bits
                if not met or (two and not met & (met - 1)):
                    continue
                nearness = compare(words, names.fold(text.decode()))
                if nearness is not None:
                    found.near.append(NearName(looked_for, UUID(bytes=client), part, nearness))
        done += len(batch)
        yield Progress(done, max(total, done))
        if found.cut:
            break
    return found


def scan(*, typed: Iterable[str], files: Files) -> Scan:
    """`reading_for_conflicts`, without saying how far it is."""
    return finished(reading_for_conflicts(typed=typed, files=files))


def reading_for_conflicts(*, typed: Iterable[str], files: Files) -> Reading[Scan]:
    """`reading` of the names that are worth it, as the conflict check compares them."""
    worth = [text for text in typed if worth_scanning(text)]
    return reading(typed=worth, files=files, compare=near_words)


def _opened(
    batch: list[tuple[str, Any, Any]], these: Any, files: Files, found: Scan, *, keep: bool
) -> Iterator[tuple[bytes, str, bytes]]:
    """(client, part, name) of every name in these files that opens; ids and names are bytes."""
    read = {row[0]: bytes.fromhex(row[0]) for row in batch}
    used = [(ident, ident, bytes(sealed)) for client, sealed, _legal in batch if (ident := read[client])]
    legal = [
        (read[client], read[client], bytes(sealed)) for client, _used, sealed in batch if sealed is not None
    ]
    ids = {"hex": hex_of("pk"), "owner": hex_of("client_id")}
    aliases = files.owned(Alias, these).annotate(**ids).bytes_list("hex", "owner", "name_sealed")
    other = [
        (bytes.fromhex(row), read[client], bytes(sealed)) for row, client, sealed in aliases if client in read
    ]
    people = files.owned(RelatedPerson, these).annotate(**ids)
    related: dict[str, list[tuple[bytes, bytes, bytes]]] = {}
    for row, client, sealed, relation in people.bytes_list("hex", "owner", "name_sealed", "relation"):
        if client in read:
            related.setdefault(relation, []).append((bytes.fromhex(row), read[client], bytes(sealed)))

    keys = OpenKeys(keep=keep)
    everything = [used, legal, other, *related.values()]
    missing = keys.from_memory(cell[2] for cells in everything for cell in cells) if keep else None
    if missing is None or len(missing) > MOST_KEYS_BY_ID:
        keys.fetch(keys_of_clients(these))
    elif missing:
        keys.fetch(keys_named(missing))
    broken: list[VaultError] = []
    columns: list[tuple[str, SealedField, list[tuple[bytes, bytes, bytes]]]] = [
        (CLIENT, _column(Client, "name_used"), used),
        (CLIENT, _column(Client, "legal_name"), legal),
        (CLIENT, _column(Alias, "name"), other),
        *((relation, _column(RelatedPerson, "name"), cells) for relation, cells in related.items()),
    ]
    for part, column, cells in columns:
        for (_row, client, _sealed), text in open_cells(column, cells, keys, broken):
            yield client, part, text
    for error in broken:
        logger.error("Sealed value: %s", error)
    found.not_opened += len(broken)


def _column(model: Any, name: str) -> SealedField:
    field = model._meta.get_field(name)
    assert isinstance(field, SealedField)  # noqa: S101 - for mypy
    return field

"""Read every name on file, for what the name index cannot find: a name of which only a part was typed.

The index knows whole names alone, so that it tells nobody who is called Maria. The price is this scan,
run only for names that the index finds nobody near. It opens names in memory, a batch of files at a
time: the number of queries grows with the batches, never with the people.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from clients.models import Alias, RelatedPerson
from vault import datakeys, names
from vault.errors import VaultError
from vault.models import DataKey
from vault.names import Nearness

logger = logging.getLogger(__name__)
BATCH = 1000
MOST_FILES = 20_000
"""A file takes a third of a millisecond, with its key, aliases and people: seven seconds at the most."""
CLIENT = ""
"""The part of a name that is the client's own; anybody else's is a `RelatedPerson.Relation`."""


@dataclass(frozen=True, slots=True)
class NearName:
    """A name on file that is near `typed`: in whose file it stands, and as what."""

    typed: str
    client: UUID
    part: str
    nearness: Nearness


@dataclass(slots=True)
class Scan:
    """What a scan found, how many names did not open, and whether it left the oldest files out."""

    near: list[NearName] = field(default_factory=list)
    not_opened: int = 0
    cut: bool = False


def worth_scanning(typed: str) -> bool:
    """A single word is too little to look for in every name."""
    return len(names.fold(typed)) > 1


def scan(*, typed: Iterable[str], files: Any, related_only: bool = False) -> Scan:
    """Compare `typed` with every name in `files` (a queryset of clients), the newest `MOST_FILES` of them.

    A name that does not open is counted and reported, and the scan goes on; what was erased on purpose
    is no longer anybody's name.
    """
    wanted = [(text, names.fold(text)) for text in typed if worth_scanning(text)]
    found = Scan()
    if not wanted:
        return found
    seen = 0
    for batch in _batches(files):
        if seen + len(batch) > MOST_FILES:
            batch, found.cut = batch[: MOST_FILES - seen], True
        seen += len(batch)
        for client, part, name in _names(batch, found, related_only=related_only):
            words = names.fold(name)
            for text, folded in wanted:
                if names.letters_between(folded, words) is None:
                    continue
                nearness = names.near(text, name)
                if nearness is not None:
                    found.near.append(NearName(text, client, part, nearness))
        if found.cut:
            break
    return found


def _batches(files: Any) -> Iterator[list[tuple[UUID, Any, Any]]]:
    """The newest first: ids of files are ordered by time."""
    rows = files.order_by("-pk").values_list("pk", "name_used_sealed", "legal_name_sealed")
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(pk__lt=batch[-1][0])[:BATCH])


def _names(
    batch: list[tuple[UUID, Any, Any]], found: Scan, *, related_only: bool
) -> Iterator[tuple[UUID, str, str]]:
    """(file, part, name) of every name in these files that opens."""
    every = [client for client, _used, _legal in batch]
    # Left out here, because each value of an erased file would ask for its key again.
    keys = DataKey.objects.filter(client_uuid__in=every, wrapped__isnull=True)
    erased = set(keys.values_list("client_uuid", flat=True))
    ids = [client for client in every if client not in erased]
    datakeys.preload(ids)
    sealed: list[tuple[UUID, UUID, str, Any]] = []
    if not related_only:
        sealed += [
            (client, client, CLIENT, value)
            for client, *both in batch
            if client not in erased
            for value in both
        ]
        for row, client, value in Alias.objects.filter(client__in=ids).values_list(
            "pk", "client_id", "name_sealed"
        ):
            sealed.append((row, client, CLIENT, value))
    people = RelatedPerson.objects.filter(client__in=ids)
    for row, client, relation, value in people.values_list("pk", "client_id", "relation", "name_sealed"):
        sealed.append((row, client, relation, value))
    for row, client, part, value in sealed:
        if value is None:
            continue
        try:
            yield client, part, value.open(row=row, client=client)
        except VaultError as error:
            logger.error("Sealed value: %s", error)
            found.not_opened += 1

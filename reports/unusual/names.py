"""Staff who are called like somebody in a file that they opened.

Names are opened in memory, compared and forgotten: what is kept are ids (reports.unusual.scan).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from clients.models import Alias, Client, RelatedPerson
from vault import datakeys, names
from vault.errors import Shredded, VaultError

logger = logging.getLogger(__name__)
LEAST_LETTERS = 3


def alike(staff: str, other: str) -> bool:
    """Whether `other` may be `staff`, or one of the family: a near name or the same surname.

    A surname is the last word of the name of staff, and any word but the first of the other name, so that a
    second surname counts.
    """
    if names.near(staff, other) is not None:
        return True
    mine, theirs = names.fold(staff), names.fold(other)
    return len(mine) > 1 and len(mine[-1]) >= LEAST_LETTERS and mine[-1] in theirs[1:]


def namesakes(files_of: Mapping[int, set[UUID]], staff: Mapping[int, str]) -> set[tuple[int, UUID]]:
    """The (person, file) among `files_of` where the person is called like somebody in the file.

    `files_of` are the files that each person opened, `staff` the people's names. Six queries.
    """
    readers: dict[UUID, list[int]] = {}
    for person, files in files_of.items():
        for client in files:
            readers.setdefault(client, []).append(person)
    found: set[tuple[int, UUID]] = set()
    for client, name in names_in(readers):
        for person in readers[client]:
            if (person, client) not in found and alike(staff.get(person, ""), name):
                found.add((person, client))
    return found


def names_in(files: Iterable[UUID]) -> Iterator[tuple[UUID, str]]:
    """(file, name) of everybody in these files: the client, other names, people around the client.

    A name that does not open is reported by its id and left out; what was erased is nobody's name any more.
    """
    wanted = list(files)
    datakeys.preload(wanted)
    sealed: list[tuple[UUID, UUID, Any]] = []
    clients = Client.objects.filter(pk__in=wanted).order_by()
    for pk, *both in clients.values_list("pk", "name_used_sealed", "legal_name_sealed"):
        sealed += [(pk, pk, value) for value in both]
    for model in (Alias, RelatedPerson):
        rows = model.objects.filter(client__in=wanted).order_by()
        sealed += [tuple(row) for row in rows.values_list("client_id", "pk", "name_sealed")]
    for client, row, value in sealed:
        if value is None:
            continue
        try:
            yield client, value.open(row=row, client=client)
        except Shredded:
            continue
        except VaultError as error:
            logger.error("Sealed value: %s", error)

"""The clients on a page of many: one query, one preload of their keys, each value opened once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from accounts.models import User
from clients.frame import opened
from clients.models import Client
from reports.links import link
from vault import datakeys


class People:
    """Clients by id, among those that `user` may see."""

    def __init__(self, user: User, ids: Iterable[UUID]) -> None:
        wanted = set(ids)
        rows = Client.objects.visible_to(user).filter(pk__in=wanted) if wanted else Client.objects.none()
        rows = rows.select_related("point_of_contact")
        self.by_id: dict[UUID, Client] = {client.pk: client for client in rows}
        datakeys.preload(self.by_id)
        self._opened: dict[tuple[UUID, str], str] = {}

    def __contains__(self, pk: UUID) -> bool:
        return pk in self.by_id

    @property
    def ids(self) -> list[UUID]:
        return list(self.by_id)

    def value(self, pk: UUID, field: str) -> str:
        """A sealed value, opened once; words that say so where it does not open."""
        if (pk, field) not in self._opened:
            self._opened[pk, field] = opened(self.by_id[pk], field)
        return self._opened[pk, field]

    def card(self, pk: UUID) -> dict[str, Any]:
        """Name, file number and address of one client, as lists show them."""
        client = self.by_id[pk]
        return {
            "name": self.value(pk, "name_used"),
            "file_number": client.file_number,
            "url": link("client-file", pk),
        }

    def interpreter(self, pk: UUID) -> str:
        """What the file says about an interpreter: "Spanish", or "" when none is needed."""
        if not needs_interpreter(self.value(pk, "interpreter")):
            return ""
        return self.value(pk, "language") or "language not asked"


NONE = re.compile(
    r"""^\W*(no|none|not|n/?a|english)\W*$  # the whole answer
    |\b(no|not|none|without)\b(\W+(an|any))?\W+(interpreter|interpreting|need(ed)?|necessary|required)\b
    |\binterpreter\W+(is\W+)?not\b""",
    re.VERBOSE,
)
"""An answer that asks for nobody."""


def needs_interpreter(answer: str) -> bool:
    """Whether the answer in the file asks for one.

    The form keeps two sentences; what was typed elsewhere ("not needed", "English, no interpreter") is read
    too. "Mixteco, no Spanish", "Northern Mam" and a value that does not open ask for one: better asked once
    too often.
    """
    said = answer.casefold().strip()
    return bool(said) and NONE.search(said) is None

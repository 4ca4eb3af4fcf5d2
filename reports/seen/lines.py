"""Entries as lines of a list: who did what from where and when, repeated looks as one line, by day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.services import SIGN_IN
from audit.models import AccessEvent
from clients.models import Client, Erasure
from reports.seen.words import LOUD, Action, actor_words, from_words, words_of
from reports.words import clock

AGAIN = timedelta(minutes=10)
"""The same look by the same person within this time is one line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the newest of `times` entries that say the same. `first` is when the oldest was made."""

    at: datetime
    first: datetime
    who: str
    role: str
    person: int | None
    words: str
    place: str
    client: Any
    loud: bool
    refused: bool
    times: int = 1
    many: int = 0
    """How many rows stood on a page of many."""

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)

    @property
    def clock(self) -> str:
        """ "9:14 am"; of several looks the first and the last, "9:05 am to 9:14 am"."""
        first, last = clock(self.first), clock(self.at)
        return last if first == last else f"{first} to {last}"

    @property
    def repeated(self) -> str:
        """ "4 times"; "" for once."""
        return f"{self.times} times" if self.times > 1 else ""

    @property
    def sentence(self) -> str:
        """ "Ana Wren opened a document, from the petition page, 4 times" """
        return f"{self.who} {self.what}"

    @property
    def what(self) -> str:
        """The sentence without who."""
        return ", ".join(part for part in (self.words, self.place, self.repeated) if part)


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day, newest first."""

    day: date
    lines: list[Any]


def account_of(event: AccessEvent) -> int | None:
    """The account that was changed, or at whose door a sign-in failed; None for an address nobody has."""
    about = event.object_kind == SIGN_IN or event.action == Action.ACCOUNT
    return int(event.object_id) if about and event.object_id.isdigit() else None


def people_in(events: Iterable[AccessEvent]) -> dict[Any, User]:
    """Who acted and whose accounts were acted on, by id. One query."""
    wanted = {event.actor_id for event in events} | {account_of(event) for event in events}
    return User.objects.in_bulk(wanted - {None})


def lines_of(events: Sequence[AccessEvent], people: dict[Any, User]) -> list[Line]:
    """Events, newest first, as lines in the same order. Asks nothing of the database."""
    return [_line(event, people) for event in events]


def _line(event: AccessEvent, people: dict[Any, User]) -> Line:
    person = people.get(event.actor_id) if event.actor_id else None
    account = people.get(account_of(event))
    about = ""
    if account is not None and account != person:
        about = f"{': ' if event.action == Action.ACCOUNT else ' as '}{account.name}"
    return Line(
        at=event.at,
        first=event.at,
        who=actor_words(event, person),
        role=person.get_role_display().lower() if person else "",
        person=person.pk if person else None,
        words=words_of(event) + about,
        place=from_words(event),
        client=event.client_id,
        loud=event.action in LOUD,
        refused=event.action == Action.REFUSED,
        many=len(event.objects_shown) if event.client_id is None else 0,
    )


def grouped(lines: Iterable[Line]) -> list[Line]:
    """Lines, newest first, with the same look of the same person within ten minutes as one.

    The ten minutes count back from the newest of them, so that a whole day of looking is never one line.
    """
    kept: list[Line] = []
    newest: dict[tuple[Any, ...], int] = {}
    for line in lines:
        key = (line.person, line.who, line.words, line.place, line.client)
        at = newest.get(key)
        if at is not None and kept[at].at - line.at <= AGAIN and kept[at].day == line.day:
            kept[at] = replace(kept[at], first=line.at, times=kept[at].times + line.times)
        else:
            newest[key] = len(kept)
            kept.append(line)
    return kept


def by_day(lines: Iterable[Line]) -> list[Day]:
    """Lines in order under their days."""
    return [Day(day, list(found)) for day, found in groupby(lines, key=lambda line: line.day)]


def file_numbers(ids: Iterable[Any]) -> dict[Any, str]:
    """File numbers by client. One query; of a file that was erased, the number its tombstone keeps."""
    wanted = {pk for pk in ids if pk}
    there = Client.objects.filter(pk__in=wanted).order_by().values_list("pk", "file_number")
    gone = Erasure.objects.filter(client_uuid__in=wanted).order_by().values_list("client_uuid", "file_number")
    return dict(there.union(gone))

"""Her copy of who has seen her file: plain words, in English or Spanish, for each day who did what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone, translation
from django.utils.dateformat import format as format_date

from accounts.models import User
from accounts.services import SIGN_IN
from audit.models import AccessEvent
from clients.models import Client
from reports.seen.file import events_of
from reports.seen.lines import people_in
from reports.seen.words import WHOLE, Action, thing_key
from vault.names import fold

LANGUAGES = ("en", "es")
FOLDER = Path(__file__).parent
DAY_FORMATS = {"en": "l, F j, Y", "es": r"l j \d\e F \d\e Y"}
SPANISH = ("spanish", "espanol", "castellano")


@cache
def words_in(language: str) -> dict[str, Any]:
    """The words of one of `LANGUAGES`: page, roles, acts, things, fields."""
    path = FOLDER / f"words.{language}.yaml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def language_for(spoken: str) -> str:
    """The language of the copy by what the file says she speaks: "Spanish; does not read English" is es.

    "Mixteco, no Spanish" is not: what comes first is hers.
    """
    words = fold(spoken)
    return "es" if words and words[0] in SPANISH else "en"


def day_in(language: str, day: date) -> str:
    """ "Monday, November 30, 2026", "lunes 30 de noviembre de 2026"."""
    with translation.override(language):
        return format_date(day, DAY_FORMATS[language])


@dataclass(frozen=True, slots=True)
class CopyDay:
    """One day of the copy: who, and what each of them did, in the order in which it began."""

    day: str
    people: list[tuple[str, list[str]]]


def copy_days(client: Client, *, language: str, roles_only: bool) -> list[CopyDay]:
    """The whole log of a file, newest day first. Two queries."""
    said = words_in(language)
    events = list(
        events_of(client).only(
            "at", "actor_id", "action", "object_kind", "object_id", "client_id", "fields", "seq"
        )
    )
    people = people_in(events)
    days: dict[date, dict[str, Counter[str]]] = {}
    for event in reversed(events):
        who = _who(event, people.get(event.actor_id), said, roles_only=roles_only)
        of_day = days.setdefault(timezone.localdate(event.at), {})
        of_day.setdefault(who, Counter())[_what(event, said)] += 1
    return [
        CopyDay(day_in(language, day), [(who, _counted(acts, said)) for who, acts in days[day].items()])
        for day in sorted(days, reverse=True)
    ]


def _who(event: AccessEvent, person: User | None, said: dict[str, Any], *, roles_only: bool) -> str:
    if person is None:
        return str(said["page"]["stranger" if event.object_kind == SIGN_IN else "system"])
    role = str(said["roles"][person.role])
    return role[:1].upper() + role[1:] if roles_only else f"{person.name} ({role})"


def _what(event: AccessEvent, said: dict[str, Any]) -> str:
    """ "looked at what you told us". No word of the office, and no word of the machine, is let through."""
    act = str(said["acts"].get(event.action, said["acts"][Action.SEEN]))
    if event.action in WHOLE:
        return act
    if event.action == Action.REVEALED and event.fields:
        fields: Iterable[str] = dict.fromkeys(
            said["fields"].get(name, said["page"]["something"]) for name in event.fields
        )
        return f"{act} {', '.join(fields)}"
    return f"{act} {said['things'].get(thing_key(event), said['page']['something'])}"


def _counted(acts: Counter[str], said: dict[str, Any]) -> list[str]:
    return [
        f"{words}, {said['page']['times'].format(n=times)}" if times > 1 else words
        for words, times in acts.items()
    ]


def page_words(
    client: Client, *, language: str, name: str, lists: dict[str, Any], phone: str, office: str
) -> dict[str, Any]:
    """The sentences around the list, with her name, her contact and the figures in them."""
    said = dict(words_in(language)["page"])
    contact = client.point_of_contact
    times, people = lists["times"], lists["people"]
    said["greeting"] = said["greeting"].format(name=name)
    said["lists"] = (
        said["lists"].format(
            days=lists["days"],
            times=said["once"] if times == 1 else said["times"].format(n=times),
            people=people,
        )
        if times
        else ""
    )
    said["ask_whom"] = (
        said["ask_person"].format(person=contact.name, office=office)
        if contact is not None
        else said["ask_office"].format(office=office)
    )
    said["phone"] = said["phone"].format(phone=phone) if phone else ""
    return said

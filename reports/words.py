"""Words of the screen that several pages share: the one place for days, moments and counts.

A day is said as the date engine says it (`deadlines.types.day_words`); the filters of
config/templatetags/ui.py are these functions for whatever a template hands them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.utils import timezone
from django.utils.dateformat import format as format_date

from deadlines.law import LawError
from deadlines.types import day_words
from records.rules import get_statute


@dataclass(frozen=True, slots=True)
class Pronouns:
    """How a sentence speaks of the client: "she", "her" (object), "her" (possessive)."""

    subject: str
    object: str
    possessive: str


THEY = Pronouns("they", "them", "their")
KNOWN = {
    "she": Pronouns("she", "her", "her"),
    "ella": Pronouns("she", "her", "her"),
    "he": Pronouns("he", "him", "his"),
    "él": Pronouns("he", "him", "his"),
    "el": Pronouns("he", "him", "his"),
}


def pronouns_of(text: str | None) -> Pronouns:
    """From what stands in the file ("she / ella"); anything else, or nothing, is "they"."""
    first = (text or "").replace("/", " ").replace(",", " ").split()
    return KNOWN.get(first[0].casefold(), THEY) if first else THEY


def counted(n: int, one: str, many: str = "") -> str:
    """ "1 charge", "3 charges"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def short_day(day: date | datetime) -> str:
    """ "Nov 27", for the middle of a line; a moment is taken in the office's time zone."""
    if isinstance(day, datetime):
        day = timezone.localdate(day)
    return format_date(day, "M j")


def moment(at: datetime, today: date) -> str:
    """ "Fri, Nov 27, 4:05 pm", in the office's time zone; a moment without a zone as it stands."""
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    return f"{day_words(local.date(), today)}, {clock(local)}"


def clock(at: datetime) -> str:
    """ "4:05 pm", in the office's time zone; a moment without a zone as it stands."""
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    return f"{local.hour % 12 or 12}:{local.minute:02d} {'am' if local.hour < 12 else 'pm'}"


@cache
def statute_words(statute: str) -> str:
    """The short citation of a statute by id: "Cal. Penal Code 236.14"; the id where it is not on file."""
    try:
        citation = get_statute(statute).citation
    except LawError:
        return statute
    for end in (" (", ";", ","):
        citation = citation.split(end)[0]
    return citation


def statute_short(statute: str) -> str:
    """The same for a narrow place: "PC 236.14", "18 USC 3771A"."""
    words = statute_words(statute).replace("Cal. Penal Code", "PC").replace("U.S.C.", "USC")
    return words.split("(")[0]

"""What the date engine gives back. Plain frozen data: no models, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

Owner = Literal["ours", "theirs", "court"]
Direction = Literal["by", "not_before"]
DueSource = Literal["computed", "printed", "entered"]
Role = Literal["due", "soon"]

REASON_WORDS: Mapping[str, str] = {
    "trigger_missing": "the event that starts the clock is not proven",
    "no_number_found": "the law that was read sets no number; an attorney enters a date",
    "mail_days_not_found": "served otherwise than in person, and the facts hold no mailing days",
    "service_not_recorded": "how the notice was served is not on file; counted without mailing days",
    "clock_unsettled": "two clocks may apply",
    "text_conflict": "sources disagree and the days differ",
    "confirm_before_use": "the sources meet here, but the row asks to be read first",
    "printed_date_differs": "the court's paper names another day",
    "entered_on_closed_day": "the entered date falls on a day on which the court is closed",
    "calendar_not_loaded": "the date lies outside the calendars on file",
    "not_in_facts": "no row of the fact file answers",
}


class Step(NamedTuple):
    """One line of the sum as a page shows it: the bold part, what stands beside it, and its role."""

    text: str
    note: str
    role: Role | None


class Line(NamedTuple):
    """One line of the sum before the dates are put in words.

    ``text`` is used when ``day`` is None; ``result`` puts an equals sign before the day.
    """

    day: date | None
    text: str
    note: str
    role: Role | None = None
    result: bool = False


def day_words(day: date, today: date) -> str:
    """``Fri, Nov 27``; with the year when it is not the year of ``today``."""
    words = f"{day:%a}, {day:%b} {day.day}"
    return words if day.year == today.year else f"{words}, {day.year}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedDate:
    """A date, where it came from and how far to trust it.

    ``raw`` is the bare count, ``due`` the day after rolling (or the printed or entered day), ``safe`` the
    day on which our own office may or must act without anything hanging on a doubt. All three are None
    where the law gives no answer; ``reasons`` (keys of ``REASON_WORDS``, sorted) then says why.
    ``outer`` is the longer of two unsettled clocks, for information only. ``flag`` says how the row is
    known (verified, recalled, ...), ``confirmed`` whether an attorney has signed it.
    """

    raw: date | None = None
    due: date | None = None
    safe: date | None = None
    outer: date | None = None
    rolled: bool = False
    due_source: DueSource | None = None
    days: int | None = None
    mail_days: int | None = None
    basis: str | None = None
    owner: Owner = "theirs"
    direction: Direction = "by"
    rule: str | None = None
    governed_by: str | None = None
    candidates: Mapping[str, date | None] = field(default_factory=dict)
    label: str = ""
    citation: str = ""
    citation_id: str | None = None
    flag: str | None = None
    note: str = ""
    confirmed: bool = False
    calendar: str = ""
    calendar_confirmed: bool = False
    reasons: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def ask(self) -> bool:
        """An attorney must look before anyone relies on this date."""
        return bool(self.reasons)

    @property
    def reason_words(self) -> tuple[str, ...]:
        return tuple(REASON_WORDS[reason] for reason in self.reasons)

    def steps(self, today: date) -> tuple[Step, ...]:
        """The arithmetic in words, one step per line; ``today`` decides whether a year is shown."""
        return tuple(
            Step(
                line.text if line.day is None else ("= " if line.result else "") + day_words(line.day, today),
                line.note,
                line.role,
            )
            for line in self.lines
        )

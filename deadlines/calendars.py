"""Court calendars: which days a court is closed, as data with a source and a horizon.

A calendar answers only between ``valid_from`` and ``valid_to``; beyond that it raises ``OutsideCalendar``
rather than calling an unknown day open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from deadlines import law

ONE_DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6
WEEKDAYS = {"monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6}


class OutsideCalendar(LookupError):
    """The day lies before or after what the calendar on file covers."""


@dataclass(frozen=True, slots=True)
class CourtCalendar:
    id: str
    name: str
    valid_from: date
    valid_to: date
    closed_days: Mapping[date, str]
    confirmed: bool
    verification: str
    source: str
    note: str = ""

    def covers(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_to

    def closed_because(self, day: date) -> str | None:
        """``weekend``, the holiday's name, or None on a court day. Raises OutsideCalendar."""
        if not self.covers(day):
            raise OutsideCalendar(f"{self.id} covers {self.valid_from} to {self.valid_to}, not {day}")
        return self.listed_as_closed(day)

    def is_closed(self, day: date) -> bool:
        return self.closed_because(day) is not None

    def listed_as_closed(self, day: date) -> str | None:
        """As ``closed_because``, but a weekday beyond the horizon counts as open: for a raw count only."""
        holiday = self.closed_days.get(day)
        if holiday is not None:
            return holiday
        return "weekend" if day.weekday() in (SATURDAY, SUNDAY) else None

    def on_or_after(self, day: date) -> date:
        """The first court day on or after ``day``. Raises OutsideCalendar."""
        while self.is_closed(day):
            day += ONE_DAY
        return day

    def on_or_before(self, day: date) -> date:
        """The last court day on or before ``day``. Raises OutsideCalendar."""
        while self.is_closed(day):
            day -= ONE_DAY
        return day

    def first_after(self, day: date) -> date:
        """The first court day later than ``day``. Raises OutsideCalendar."""
        return self.on_or_after(day + ONE_DAY)

    def with_closed_days(
        self, closed_days: Mapping[date, str], *, confirmed: bool | None = None
    ) -> CourtCalendar:
        """A copy in which an office's own closed days are added."""
        return replace(
            self,
            closed_days={**self.closed_days, **closed_days},
            confirmed=self.confirmed if confirmed is None else confirmed,
        )


def _day_in(year: int, rule: Mapping[str, Any]) -> date:
    if "day" in rule:
        return date(year, rule["month"], rule["day"])
    weekday = WEEKDAYS[rule["weekday"]]
    if rule["nth"] == "last":
        following = date(year + rule["month"] // 12, rule["month"] % 12 + 1, 1)
        day = following - ONE_DAY
        day -= timedelta(days=(day.weekday() - weekday) % 7)
    else:
        first = date(year, rule["month"], 1)
        day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (rule["nth"] - 1))
    return day + timedelta(days=rule.get("plus_days", 0))


def _expand(entry: Mapping[str, Any], valid_from: date, valid_to: date) -> Iterator[tuple[date, str]]:
    """Every closed weekday or holiday that the rules give, the observed day beside the day itself."""
    observed: Mapping[str, str] = entry.get("observed") or {}
    for year in range(valid_from.year, valid_to.year + 2):
        for rule in entry["holidays"]:
            day = _day_in(year, rule)
            yield day, rule["name"]
            if "day" not in rule:
                continue
            if day.weekday() == SATURDAY and observed.get("saturday") == "friday":
                yield day - ONE_DAY, f"{rule['name']} (observed)"
            if day.weekday() == SUNDAY and observed.get("sunday") == "monday":
                yield day + ONE_DAY, f"{rule['name']} (observed)"


@cache
def get_calendar(calendar_id: str) -> CourtCalendar:
    """One calendar by id (``us-federal``, ``us-ca``, ...). Raises LawError for an unknown id."""
    entries = law.calendars()
    try:
        entry = entries[calendar_id]
    except KeyError:
        raise law.LawError(f"no court calendar {calendar_id!r} on file") from None
    days = entries[entry["same_as"]] if "same_as" in entry else entry
    valid_from, valid_to = date.fromisoformat(entry["valid_from"]), date.fromisoformat(entry["valid_to"])
    closed: dict[date, str] = {}
    for day, name in _expand(days, valid_from, valid_to):
        closed.setdefault(day, name)
    for single in days.get("closed_days") or []:
        closed[date.fromisoformat(single["date"])] = single["name"]
    return CourtCalendar(
        id=calendar_id,
        name=entry["name"],
        valid_from=valid_from,
        valid_to=valid_to,
        closed_days=closed,
        confirmed=bool(entry["confirmed"]),
        verification=entry["verification"],
        source=entry["source"],
        note=entry.get("note", ""),
    )


def calendar_ids() -> tuple[str, ...]:
    return tuple(law.calendars())

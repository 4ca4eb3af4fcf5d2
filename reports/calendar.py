"""Hearings and dates a reader may see, by day. Files are named by number, never by name."""

from __future__ import annotations

import calendar as months
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from cases.models import Deadline, Hearing
from clients.models import Client
from deadlines.calendars import OutsideCalendar, get_calendar
from reports.home import hearing_tags
from reports.links import link
from reports.people import People
from reports.queries import dates_of, standing_on, with_work_to
from reports.weeks import CALENDAR, start_of

MOST_ENTRIES = 500
MOVED = Hearing.Outcome.CONTINUED


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a day. `at` is None for a date without a time."""

    day: date
    at: datetime | None
    what: str
    where: str
    file_number: str
    client_url: str
    url: str
    who: str
    tags: tuple[dict[str, str], ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the month view; `inside` is false for the neighbours' days."""

    date: date
    inside: bool
    closed: str
    entries: list[Entry] = field(default_factory=list)


def month_of(text: str, today: date) -> date:
    """The first of a month written "2026-11"; this month for anything else."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return first if 2000 <= first.year <= 2099 else today.replace(day=1)


def neighbours(first: date) -> tuple[date, date]:
    """The firsts of the month before and the month after."""
    return (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=31)).replace(day=1)


def hearings(user: User, start: date, end: date, person: User | None) -> QuerySet[Hearing]:
    """Hearings from `start` to `end`, both counted; `person` leads the matter or is her contact."""
    rows: QuerySet[Hearing] = Hearing.objects.visible_to(user).filter(
        starts_at__gte=start_of(start), starts_at__lt=start_of(end + timedelta(days=1))
    )
    if person is not None:
        rows = rows.filter(Q(petition__matter__lead=person) | Q(client__point_of_contact=person))
    return rows.exclude(outcome=Hearing.Outcome.VACATED).select_related("court", "petition__matter__lead")


def dates(user: User, start: date, end: date, person: User | None) -> QuerySet[Deadline]:
    """Open dates whose safe or due day lies from `start` to `end`, both counted."""
    span = (start, end)
    rows = with_work_to(dates_of(user)).filter(Q(worked_to__range=span) | Q(due_on__range=span))
    return (rows if person is None else rows.filter(owner=person)).select_related("owner")


def people_to_choose(user: User) -> QuerySet[User]:
    """Everybody on the team of a client the reader may see."""
    teams = Client.objects.visible_to(user)
    return User.objects.filter(team_places__client__in=teams, team_places__left_on__isnull=True).distinct()


def entries(
    *,
    found_hearings: list[Hearing],
    found_dates: list[Deadline],
    people: People,
    today: date,
    start: date,
    end: date,
) -> list[Entry]:
    """Both kinds in one list, by day, those with a time first; a date stands on its safe and its due day."""
    rows = [
        Entry(
            day=timezone.localdate(hearing.starts_at),
            at=hearing.starts_at,
            what="Hearing"
            if hearing.outcome != Hearing.Outcome.CONTINUED
            else "Hearing, moved to another date",
            where=", ".join(part for part in (hearing.court.name, hearing.department) if part),
            **_place(people, hearing.client_id),
            url=link("petition", hearing.petition_id),
            who=hearing.petition.matter.lead.name,
            tags=tuple(hearing_tags(hearing, people.interpreter(hearing.client_id))),
        )
        for hearing in found_hearings
        if hearing.client_id in people
    ]
    for deadline in found_dates:
        if deadline.client_id not in people:
            continue
        for day, which in _days_of(deadline):
            if not start <= day <= end:
                continue
            standing = standing_on(day, deadline, today)
            rows.append(
                Entry(
                    day=day,
                    at=None,
                    what=f"{deadline.what}{which}",
                    where=deadline.get_side_display(),
                    **_place(people, deadline.client_id),
                    url=link("petition", deadline.petition_id)
                    if deadline.petition_id
                    else link("client-dates", deadline.client_id),
                    who=deadline.owner.name,
                    tags=(standing,),
                    kind=standing["kind"] if standing["kind"] in {"late", "soon"} else "",
                )
            )
    return sorted(rows, key=lambda row: (row.at or start_of(row.day + timedelta(days=1)), row.what))


def _days_of(deadline: Deadline) -> list[tuple[date, str]]:
    """The days a date stands on, with the words that tell them apart where there are two."""
    if deadline.work_to == deadline.due_on:
        return [(deadline.due_on, "")]
    return [(deadline.work_to, " (safe date)"), (deadline.due_on, " (due date)")]


def _place(people: People, client: UUID) -> dict[str, Any]:
    return {
        "file_number": people.by_id[client].file_number,
        "client_url": link("client-file", client),
    }


def weeks_of(first: date, found: list[Entry]) -> list[list[Day]]:
    """The month as weeks from Sunday, each day with its entries and whether courts are closed."""
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in found:
        by_day[entry.day].append(entry)
    grid = months.Calendar(firstweekday=months.SUNDAY).monthdatescalendar(first.year, first.month)
    return [
        [Day(day, day.month == first.month, closed_because(day), by_day[day]) for day in week]
        for week in grid
    ]


def closed_because(day: date) -> str:
    """The holiday on which California courts are closed; "" for a court day, a weekend or an unknown day."""
    try:
        reason = get_calendar(CALENDAR).closed_because(day)
    except OutsideCalendar:
        return ""
    return reason if reason and reason != "weekend" else ""

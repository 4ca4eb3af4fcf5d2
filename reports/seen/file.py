"""Who has looked at one client's file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet, TextField
from django.db.models.functions import Cast

from audit.models import AccessEvent
from clients.models import CareTeamMember, Client
from reports.seen.lines import Day, Line, by_day, grouped, lines_of, people_in
from reports.seen.words import HOUSEKEEPING, LISTS, Action
from reports.weeks import start_of

LIST_DAYS = 30
OFF_TEAM = "Not on the team"
ON_TEAM = "On the team"


def events_of(client: Client) -> QuerySet[AccessEvent]:
    """Every event about one client's file, newest first; without what the system does for itself."""
    return (
        AccessEvent.objects.filter(chain=client.pk).exclude(action__in=HOUSEKEEPING).order_by("-at", "-seq")
    )


def days_of(events: Iterable[AccessEvent], client: Client) -> list[Day]:
    """A page of the file's events as days of {line, why}. Two queries for any number of them."""
    events = list(events)
    people = people_in(events)
    places: dict[int, list[CareTeamMember]] = {}
    for place in CareTeamMember.objects.filter(client=client):
        places.setdefault(place.user_id, []).append(place)
    days = by_day(grouped(lines_of(events, people)))
    return [
        Day(
            day.day,
            [{"line": line, "why": _why(line, places.get(line.person or 0, []))} for line in day.lines],
        )
        for day in days
    ]


def _why(line: Line, places: list[CareTeamMember]) -> str:
    """Whether the person was on the file's team that day."""
    if line.person is None:
        return ""
    on_team = any(
        place.joined_on <= line.day and (place.left_on is None or line.day <= place.left_on)
        for place in places
    )
    return ON_TEAM if on_team else OFF_TEAM


def lists_shown(client: Client, today: date) -> dict[str, Any]:
    """How often the name stood in a list or a search of the last 30 days, and before how many people."""
    since = start_of(today - timedelta(days=LIST_DAYS))
    rows = AccessEvent.objects.filter(action__in=LISTS, at__gte=since)
    # A list of ids in JSON, read as text: the one way to look into it that both databases know.
    rows = rows.annotate(ids=Cast("objects_shown", TextField())).filter(ids__contains=str(client.pk))
    counts = rows.order_by().values("actor_id").annotate(n=Count("pk")).values_list("actor_id", "n")
    found = dict(counts)
    return {"times": sum(found.values()), "people": len(found), "days": LIST_DAYS}


def people_count(client: Client) -> int:
    """How many people have ever looked at or changed anything of this file. Who was refused saw nothing."""
    actors = events_of(client).exclude(actor_id=None).exclude(action=Action.REFUSED).order_by()
    return actors.values("actor_id").distinct().count()

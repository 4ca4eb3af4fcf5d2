"""The calendar: a list of the coming weeks, or a month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit.services import Action, record
from clients.permissions import check_does_casework
from clients.views.pages import signed_in
from reports import calendar
from reports.links import link
from reports.people import People


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Hearings and open dates of a month, of everybody or of one person."""
    user = signed_in(request)
    check_does_casework(user)
    today = timezone.localdate()
    as_month = request.GET.get("view") == "month"
    first = calendar.month_of(request.GET.get("month", ""), today)
    before, after = calendar.neighbours(first)
    start, end = first, after - timedelta(days=1)
    if as_month:
        start, end = start - timedelta(days=6), end + timedelta(days=6)
    people_to_choose = list(calendar.people_to_choose(user))
    person = next((one for one in people_to_choose if str(one.pk) == request.GET.get("person")), None)

    hearings = list(calendar.hearings(user, start, end, person)[: calendar.MOST_ENTRIES])
    dates = list(calendar.dates(user, start, end, person)[: calendar.MOST_ENTRIES])
    people = People(user, [row.client_id for row in (*hearings, *dates)])
    record(Action.LISTED, by=user, kind="calendar", shown=people.ids)
    entries = calendar.entries(
        found_hearings=hearings, found_dates=dates, people=people, today=today, start=start, end=end
    )
    choice = {"person": str(person.pk) if person else "", "view": "month" if as_month else ""}
    context = {
        "first": first,
        "today": today,
        "as_month": as_month,
        "weeks": calendar.weeks_of(first, entries) if as_month else [],
        "entries": entries,
        "closed_days": _closed_days(first, after),
        "people": people_to_choose,
        "person": person,
        "views": [
            {"label": "List", "url": _address(first, choice | {"view": ""}), "current": not as_month},
            {"label": "Month", "url": _address(first, choice | {"view": "month"}), "current": as_month},
        ],
        "before_url": _address(before, choice),
        "after_url": _address(after, choice),
        "here_url": _address(first, choice),
        "before": before,
        "after": after,
        "cut": max(len(hearings), len(dates)) == calendar.MOST_ENTRIES,
        "printed": timezone.now(),
    }
    return render(request, "reports/calendar.html", context)


def _address(first: date, choice: dict[str, str]) -> str:
    chosen = {"month": f"{first:%Y-%m}", **choice}
    return link("calendar", query=urlencode({key: value for key, value in chosen.items() if value}))


def _closed_days(first: date, after: date) -> list[dict[str, Any]]:
    """Court holidays of the month."""
    days = (first + timedelta(days=n) for n in range((after - first).days))
    return [{"day": day, "reason": reason} for day in days if (reason := calendar.closed_because(day))]

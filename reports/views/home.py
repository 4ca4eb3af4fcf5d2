"""The page after signing in: my week, by role."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Role, User
from audit.services import Action, record
from clients.frame import opened
from clients.views.pages import signed_in
from reports import caseload, home
from reports.links import link
from reports.people import People
from reports.queries import deadline_row
from reports.weeks import Week, week_from


@require_safe
def my_week(request: HttpRequest) -> HttpResponse:
    """Dates, promises, hearings and what waits, for the reader's own work or all they may see."""
    user = signed_in(request)
    if user.role == Role.ADMINISTRATOR:
        return redirect("accounts")
    if user.role == Role.AUDITOR:
        return _auditor(request, user)
    today = timezone.localdate()
    week = week_from(request.GET.get("week", ""), today)
    supervises = user.role == Role.SUPERVISOR
    whose = request.GET.get("whose", "team" if supervises else "mine")
    asked = home.Asked(user, week, team=whose == "team", everything=request.GET.get("dates") == "all")
    blocks = {
        Role.ATTORNEY: _attorney,
        Role.ADVOCATE: _advocate,
        Role.PARALEGAL: _paralegal,
        Role.SUPERVISOR: _supervisor,
    }[Role(user.role)]
    context = {
        **blocks(asked, request),
        "asked": asked,
        "week": week,
        "today": today,
        "whose": _whose(asked),
        "weeks": _weeks(asked),
        "all_dates_url": _address(asked, dates="all"),
        "calendar_url": link("calendar"),
        "printed": timezone.now(),
    }
    return render(request, f"reports/home/{user.role}.html", context)


def _auditor(request: HttpRequest, user: User) -> HttpResponse:
    """The auditor has no clients: what waits for a review, and what happened to the log."""
    record(Action.REPORT_SEEN, by=user, kind="auditor_home")
    today = timezone.localdate()
    return render(request, "reports/home/auditor.html", {"today": today} | home.auditor_blocks(user, today))


def _address(asked: home.Asked, **changes: str) -> str:
    """This page with other choices."""
    chosen = {
        "whose": "team" if asked.team else "mine",
        "week": "" if asked.week.is_this else asked.week.monday.isoformat(),
    } | changes
    return link("home", query="&".join(f"{key}={value}" for key, value in chosen.items() if value))


def _whose(asked: home.Asked) -> list[dict[str, Any]]:
    return [
        {"label": "Mine", "url": _address(asked, whose="mine"), "current": not asked.team},
        {"label": "My team", "url": _address(asked, whose="team"), "current": asked.team},
    ]


def _weeks(asked: home.Asked) -> list[dict[str, Any]]:
    """Last, this, next; a week further off is named by its dates."""
    week = asked.week
    here = "This week" if week.is_this else week.title
    links: list[dict[str, Any]] = [
        {
            "label": "Last" if week.is_this else "Earlier",
            "icon": "back",
            "url": _week_address(asked, week.before),
        },
        {"label": here, "current": True, "url": _address(asked)},
        {
            "label": "Next" if week.is_this else "Later",
            "icon_after": "arrow",
            "url": _week_address(asked, week.after),
        },
    ]
    if not week.is_this:
        links.insert(1, {"label": "This week", "url": _address(asked, week="")})
    return links


def _week_address(asked: home.Asked, monday: Any) -> str:
    this = Week.of(asked.today, asked.today).monday == monday
    return _address(asked, week="" if this else monday.isoformat())


def _people(asked: home.Asked, *groups: Any) -> People:
    """Everybody whose name is about to stand on the page; the look is recorded before any is opened."""
    people = People(asked.user, [_client_of(row) for group in groups for row in group])
    record(Action.LISTED, by=asked.user, kind="home", shown=people.ids)
    return people


def _client_of(row: Any) -> Any:
    if isinstance(row, dict):
        return row["client_id"]
    return getattr(row, "client_id", None) or row.pk


def _named(rows: list[Any], people: People) -> list[Any]:
    """Rows given as mappings, each with the card of its client; of a date, what it is about is opened."""
    named = []
    for row in rows:
        if row["client_id"] in people:
            about = opened(row["deadline"], "about") if "deadline" in row else ""
            named.append(row | {"client": people.card(row["client_id"]), "about": about})
    return named


def _decision_rows(found: list[home.Decision], people: People) -> list[dict[str, Any]]:
    return [
        {"text": one.text, "url": one.url, "since": one.since, "client": people.card(one.client_id)}
        for one in found
        if one.client_id in people
    ]


def _attorney(asked: home.Asked, request: HttpRequest) -> dict[str, Any]:
    dates, promises, hearings = home.dates_shown(asked), home.promises_owed(asked), home.hearings_ahead(asked)
    waiting, tickets = home.decisions(asked), home.board_tickets(asked)
    as_table = request.GET.get("petitions") == "table"
    shown = home.board_shown(tickets, table=as_table)
    people = _people(asked, dates["rows"], promises, hearings, waiting, shown)
    return {
        "dates": dates | {"rows": _named(dates["rows"], people)},
        "promises": home.promise_items(promises, people, asked),
        "hearings": home.hearing_items(hearings, people),
        "decisions": _decision_rows(waiting, people),
        "board": home.board(tickets, shown, people),
        "as_table": as_table,
        "board_url": f"{_address(asked, petitions='' if as_table else 'table')}#board",
        "petitions_url": link("petitions"),
    }


def _advocate(asked: home.Asked, request: HttpRequest) -> dict[str, Any]:
    dates, promises, hearings = home.dates_shown(asked), home.promises_owed(asked), home.hearings_ahead(asked)
    visas, intakes = home.visa_rows(asked), home.intakes_open(asked)
    people = _people(asked, dates["rows"], promises, hearings, visas, intakes)
    return {
        "dates": dates | {"rows": _named(dates["rows"], people)},
        "promises": home.promise_items(promises, people, asked),
        "hearings": home.hearing_items(hearings, people),
        "visas": _named(visas, people),
        "visas_url": link("tvisas"),
        "intakes": _intakes(intakes, people),
    }


def _paralegal(asked: home.Asked, request: HttpRequest) -> dict[str, Any]:
    dates, promises = home.dates_shown(asked), home.promises_owed(asked)
    service, intakes = home.service_work(asked), home.intakes_open(asked)
    wanted, sheets = home.records_wanted(asked), home.decisions(asked)
    people = _people(asked, dates["rows"], promises, service, intakes, wanted, sheets)
    return {
        "dates": dates | {"rows": _named(dates["rows"], people)},
        "promises": home.promise_items(promises, people, asked),
        "service": _named(service, people),
        "intakes": _intakes(intakes, people),
        "wanted": [
            people.card(client.pk) | {"since": client.opened_on, "url": link("rapsheet-upload", client.pk)}
            for client in wanted
        ],
        "decisions": _decision_rows(sheets, people),
    }


def _supervisor(asked: home.Asked, request: HttpRequest) -> dict[str, Any]:
    late, loose, hearings = home.team_late(asked), home.loose_ends(asked), home.hearings_ahead(asked)
    promises = late["promises"]
    people = _people(asked, late["dates"], promises, loose, hearings)
    return {
        "late_dates": _named(
            [deadline_row(row, user=asked.user, today=asked.today) for row in late["dates"]], people
        ),
        "late_promises": home.promise_items(promises, people, asked),
        "loose": _named(loose, people),
        "glass_waiting": home.glass_waiting(asked),
        "hearings": home.hearing_items(hearings, people),
        "figures": caseload.in_short(asked.user, asked.today),
        "caseload_url": link("caseload"),
    }


def _intakes(intakes: list[Any], people: People) -> list[dict[str, Any]]:
    return [
        people.card(client.pk) | {"since": client.opened_on, "url": link("intake", client.pk)}
        for client in intakes
    ]

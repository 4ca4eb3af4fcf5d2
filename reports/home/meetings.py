"""Promises owed and hearings ahead."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import Role
from cases.models import Hearing
from clients.frame import opened
from clients.models import Commitment
from reports.home.asked import AHEAD, MOST_IN_RAIL, MOST_ROWS, Asked
from reports.links import link
from reports.people import People
from reports.queries import clients_of, promises_to
from reports.weeks import start_of


def promises_owed(asked: Asked) -> list[Commitment]:
    """Promises still owed: the late ones, and those due by the end of the week shown."""
    rows = promises_to(asked.user)
    if not asked.team:
        rows = rows.filter(owner=asked.user)
    if asked.week.is_past or not asked.week.is_this:
        rows = rows.filter(due_at__gte=start_of(asked.week.monday))
    rows = rows.filter(due_at__lt=start_of(asked.week.after))
    return list(rows.select_related("owner").order_by("due_at", "pk")[:MOST_ROWS])


def promise_items(promises: list[Commitment], people: People, asked: Asked) -> list[dict[str, Any]]:
    """The rows of the card: when, what (opened), whose, and how to reach the client's language."""
    now = timezone.now()
    items = []
    for promise in promises:
        owner = "You" if promise.owner_id == asked.user.pk else promise.owner.name
        interpreter = people.interpreter(promise.client_id)
        items.append(
            {
                "at": promise.due_at,
                "late": promise.due_at < now,
                "today": timezone.localdate(promise.due_at) == asked.today,
                "what": opened(promise, "what"),
                "client": people.card(promise.client_id),
                "meta": f"{owner}. Interpreter: {interpreter}." if interpreter else f"{owner}.",
                "url": link("client-promises", promise.client_id),
                "settle_url": link("promise-settle", promise.pk)
                if asked.user.role != Role.SUPERVISOR
                else "",
            }
        )
    return items


def hearings_ahead(asked: Asked) -> list[Hearing]:
    """Hearings from the week shown on, soonest first."""
    rows = Hearing.objects.visible_to(asked.user)
    if not asked.team:
        mine = Q(petition__matter__lead=asked.user) | Q(client__point_of_contact=asked.user)
        rows = (
            rows.filter(mine)
            if asked.user.role == Role.ATTORNEY
            else rows.filter(client__in=clients_of(asked.user))
        )
    start = asked.today if asked.week.is_this else asked.week.monday
    rows = rows.filter(starts_at__gte=start_of(start))
    if asked.week.is_past:
        rows = rows.filter(starts_at__lt=start_of(asked.week.after))
    else:
        rows = rows.filter(outcome=Hearing.Outcome.AHEAD, starts_at__lt=start_of(asked.week.sunday + AHEAD))
    return list(rows.select_related("court").order_by("starts_at", "pk")[:MOST_IN_RAIL])


def hearing_items(hearings: list[Hearing], people: People) -> list[dict[str, Any]]:
    """The rows of the card: when, whose, where, and whether an interpreter is booked."""
    items = []
    for hearing in hearings:
        where = ", ".join(part for part in (hearing.court.name, hearing.department) if part)
        items.append(
            {
                "at": hearing.starts_at,
                "client": people.card(hearing.client_id),
                "where": where,
                "url": link("petition", hearing.petition_id),
                "tags": hearing_tags(hearing, people.interpreter(hearing.client_id)),
            }
        )
    return items


def hearing_tags(hearing: Hearing, interpreter: str) -> list[dict[str, str]]:
    """Whether the interpreter is booked, and how the client appears."""
    tags = []
    if hearing.interpreter_booked:
        tags.append({"label": "Interpreter booked", "kind": "done", "icon": ""})
    elif interpreter:
        tags.append({"label": f"Interpreter to book: {interpreter}", "kind": "soon", "icon": "ear"})
    tags.append({"label": hearing.get_client_appears_display(), "kind": "", "icon": "user"})
    return tags

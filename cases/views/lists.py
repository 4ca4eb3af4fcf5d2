"""Petitions of everybody one may see, and of one client."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_words
from django.views.decorators.http import require_safe

from audit.services import Action, record
from cases.law import petition_statutes
from cases.models import Petition
from cases.models.petitions import Stage
from cases.queries import petitions_for_list
from cases.views.common import client_or_404, user_of
from clients.frame import file_context, opened
from clients.permissions import check_does_casework
from vault.datakeys import preload

PAGE = 40
COLUMNS: tuple[tuple[str, frozenset[str]], ...] = (
    ("Draft", frozenset({Stage.DRAFT})),
    ("Signed, filed", frozenset({Stage.SIGNED, Stage.FILED})),
    ("Waiting for answer", frozenset({Stage.SERVED})),
    ("Answered", frozenset({Stage.OPPOSED, Stage.UNOPPOSED})),
    ("Hearing set", frozenset({Stage.HEARING_SET})),
    ("Agencies", frozenset({Stage.GRANTED, Stage.PARTLY_GRANTED})),
)
TAGS: dict[str, str] = {
    Stage.GRANTED: "done",
    Stage.PARTLY_GRANTED: "done",
    Stage.DENIED: "late",
    Stage.WITHDRAWN: "open",
    Stage.DRAFT: "open",
}
FILTERS = ("stage", "statute", "county")


def next_words(petition: Any, today: Any) -> tuple[str, str]:
    """What comes next in a petition, in a few words, and the kind of tag it asks for."""
    if petition.next_hearings:
        starts = timezone.localtime(petition.next_hearings[0].starts_at)
        return f"Hearing {date_words(starts, 'M j')}", "soon" if (starts.date() - today).days <= 6 else ""
    dates = petition.open_dates
    if dates:
        first = dates[0]
        days = (first.due_on - today).days
        kind = "late" if days < 0 else "soon" if days <= 6 else ""
        return f"{first.what}: {date_words(first.due_on, 'M j')}", kind
    return {
        Stage.DRAFT: "Papers, then signature",
        Stage.SIGNED: "File it",
        Stage.FILED: "Serve the prosecutor",
    }.get(petition.stage, ""), ""


@require_safe
def petitions(request: HttpRequest) -> HttpResponse:
    """The board by stage and the same as a table; filters by stage, law and county."""
    user, today = user_of(request), timezone.localdate()
    check_does_casework(user)
    rows = petitions_for_list(user)
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    if chosen["stage"] in Stage.values:
        rows = rows.filter(stage=chosen["stage"])
    if chosen["statute"] in {paper.id for paper in petition_statutes()}:
        rows = rows.filter(statute=chosen["statute"])
    visible = Petition.objects.visible_to(user).exclude(court__county="").order_by("court__county")
    counties = list(visible.values_list("court__county", flat=True).distinct())
    if chosen["county"] in counties:
        rows = rows.filter(court__county=chosen["county"])
    rows = rows.order_by(F("next_due").asc(nulls_last=True), "client__file_number", "number")
    board = request.GET.get("as") != "table"
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    preload({row.client_id for row in shown})
    record(Action.LISTED, by=user, kind="petition", shown=[row.pk for row in shown])
    items = [_item(row, today) for row in shown]
    columns = [
        {
            "label": label,
            "count": sum(item["stage"] in stages for item in items),
            "tickets": [item for item in items if item["stage"] in stages],
        }
        for label, stages in COLUMNS
    ]
    context = {
        "page_obj": page,
        "items": items,
        "columns": columns,
        "board": board,
        "ended": sum(item["stage"] in (Stage.DENIED, Stage.WITHDRAWN) for item in items),
        "views": _views(request, board),
        "stages": Stage.choices,
        "statutes": petition_statutes(),
        "counties": counties,
        "chosen": chosen,
        "today": today,
    }
    return render(request, "cases/petitions.html", context)


def _views(request: HttpRequest, board: bool) -> list[dict[str, Any]]:
    def link(view: str) -> str:
        query = request.GET.copy()
        query["as"] = view
        query.pop("page", None)
        return f"?{query.urlencode()}"

    return [
        {"label": "By stage", "url": link("board"), "current": board},
        {"label": "As a table", "url": link("table"), "current": not board},
    ]


def _item(row: Any, today: Any) -> dict[str, Any]:
    words, kind = next_words(row, today)
    count = f"{row.charge_count} charge" if row.charge_count == 1 else f"{row.charge_count} charges"
    if row.agencies:
        words = (
            f"{row.agencies - row.agencies_to_go} of {row.agencies} agencies confirmed"
            if row.agencies_to_go
            else "Every agency confirmed"
        )
        kind = kind if row.agencies_to_go else "done"
    return {
        "petition": row,
        "who": opened(row.client, "name_used"),
        "url": row.get_absolute_url(),
        "file_number": row.client.file_number,
        "what": f"{row.place}, {count}",
        "next": words,
        "kind": kind,
        "stage": row.stage,
        "tag": TAGS.get(row.stage, "go"),
        "due": row.open_dates[0] if row.open_dates else None,
    }


@require_safe
def client_petitions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The petitions of one client."""
    client, user, today = client_or_404(request, pk), user_of(request), timezone.localdate()
    rows = list(petitions_for_list(user).filter(client=client))
    record(Action.SEEN, by=user, target=client, kind="petitions", shown=[row.pk for row in rows])
    context = file_context(request, client, "petitions") | {
        "items": [_item(row, today) for row in rows],
        "actions": [
            {"label": "Plan a petition", "url": reverse("petition-new", args=[client.pk]), "icon": "plus"}
        ],
        "today": today,
    }
    return render(request, "cases/client_petitions.html", context)

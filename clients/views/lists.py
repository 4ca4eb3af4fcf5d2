"""The list of files and the search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from audit.services import Action, record
from clients import services
from clients.frame import opened
from clients.models import Client
from clients.permissions import check_does_casework
from clients.services.erasure import sees_erased
from clients.views.pages import signed_in
from clients.views.waiting import StillReading, patient, step_by_step
from vault import datakeys

PER_PAGE = 50
STATES = [("", "All"), *Client.State.choices]
STATE_KINDS: dict[str, str] = {
    Client.State.INTAKE: "soon",
    Client.State.OPEN: "go",
    Client.State.CLOSED: "done",
}


@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    """Files one may see, the newest first; `?state=` and `?mine=1` narrow the list."""
    user = signed_in(request)
    check_does_casework(user)
    mine = request.GET.get("mine") == "1"
    state = request.GET.get("state", "")
    state = state if state in Client.State.values else ""
    visible = Client.objects.visible_to(user)
    if mine:
        visible = visible.filter(point_of_contact=user)
    counts = visible.aggregate(
        all=Count("pk"), **{value: Count("pk", filter=Q(state=value)) for value in Client.State.values}
    )
    rows = visible.filter(state=state) if state else visible
    fields = ("file_number", "state", "opened_on", "closed_on", "name_used_sealed", "point_of_contact__name")
    rows = rows.select_related("point_of_contact").only(*fields).order_by("-opened_on", "-file_number")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    datakeys.preload(client.pk for client in page)
    record(Action.LISTED, by=user, kind="client", shown=[client.pk for client in page])
    address, suffix = reverse("clients"), "&mine=1" if mine else ""
    views = [
        {
            "label": label,
            "url": f"{address}?state={value}{suffix}",
            "current": value == state,
            "count": counts[value or "all"],
        }
        for value, label in STATES
    ]
    whose = [
        {"label": "All I may see", "url": f"{address}?state={state}", "current": not mine},
        {"label": "I am point of contact", "url": f"{address}?state={state}&mine=1", "current": mine},
    ]
    context = {
        "page": page,
        "rows": _rows(page),
        "views": views,
        "whose": whose,
        "narrowed": bool(state or mine),
        "actions": [{"label": "Erased files", "url": reverse("erased")}] if sees_erased(user) else [],
    }
    return render(request, "clients/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponseBase:
    """Search by name, number or file number. What is typed is posted, so that no address holds it.

    While it is being typed (htmx) the rows alone come back, and no more than the first files are read.
    """
    user = signed_in(request)
    check_does_casework(user)
    typing = request.headers.get("HX-Request") == "true"
    text = services.searched(request.POST.get("q", ""))
    work = services.finding(text=text, by=user, in_full=not typing)
    try:
        found = patient(work)
    except StillReading:

        def end(found: services.Found) -> str:
            return render_to_string("clients/_found.html", _found(text, found), request)

        context = {"text": text, "reading": True}
        return step_by_step(request, work, template="clients/find.html", context=context, last=end)
    exact = [client for client, _nearness in found.rows if client.file_number == text]
    if exact and not typing:
        return redirect("client-file", exact[0].pk)
    context = {"asked": request.method == "POST", "typing": typing, **_found(text, found)}
    return render(request, "clients/_found.html" if typing else "clients/find.html", context)


def _found(text: str, found: services.Found) -> dict[str, Any]:
    rows = _rows([client for client, _nearness in found.rows])
    for row, (_client, nearness) in zip(rows, found.rows, strict=True):
        row["why"] = nearness.why
    return {"text": text, "too_short": len(text) < 2, "rows": rows, "in_full": found.in_full}


def _rows(files: Iterable[Client]) -> list[dict[str, Any]]:
    """What a list shows of each file; only the name is opened."""
    return [
        {
            "client": client,
            "name": opened(client, "name_used"),
            "state": client.get_state_display(),
            "kind": STATE_KINDS.get(client.state, ""),
        }
        for client in files
    ]

"""The list of files and the search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from audit.services import Action, record
from clients import services
from clients.frame import opened
from clients.models import Client
from clients.permissions import check_does_casework
from clients.services.erasure import sees_erased
from clients.views.pages import signed_in
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
def find(request: HttpRequest) -> HttpResponse:
    """Search by name, number or file number. What is typed is posted, so that no address holds it."""
    user = signed_in(request)
    check_does_casework(user)
    text = services.searched(request.POST.get("q", ""))
    found = services.find_visible(text=text, by=user)
    exact = [client for client, _ in found if client.file_number == text]
    if exact:
        return redirect("client-file", exact[0].pk)
    rows = _rows([client for client, _ in found])
    for row, (_, nearness) in zip(rows, found, strict=True):
        row["why"] = nearness.why
    context = {"text": text, "asked": request.method == "POST", "too_short": len(text) < 2, "rows": rows}
    return render(request, "clients/find.html", context)


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

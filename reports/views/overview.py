"""The first page of a client's file."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clients.frame import opened
from clients.views.pages import file_page, visible_client
from reports import overview
from reports.links import link
from reports.words import pronouns_of


@require_safe
def client_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The path, the next steps, the timeline, the waiting clock and the team."""
    client = visible_client(request, pk)
    today = timezone.localdate()
    file = overview.read(client, today)
    show = request.GET.get("show", "")
    show = show if show in dict(overview.SHOWS) else ""
    context = {
        "today": today,
        "path_title": overview.path_title(pronouns_of(opened(client, "pronouns"))),
        "stops": overview.path(file),
        "steps": overview.next_steps(file),
        "timeline": overview.timeline(file, show=show, everything=request.GET.get("all") == "1"),
        "shows": [
            {
                "label": label,
                "url": link("client-file", pk, query=f"show={key}" if key else "") + "#timeline",
                "current": key == show,
            }
            for key, label in overview.SHOWS
        ],
        "earlier_url": link("client-file", pk, query=f"show={show}&all=1" if show else "all=1") + "#timeline",
        "clock": overview.clock(file),
        "team": overview.team(client),
        "documents": overview.documents(client),
        "details": overview.details(client),
        "urls": {
            "promises": link("client-promises", pk),
            "dates": link("client-dates", pk),
            "team": link("client-team", pk),
            "documents": link("client-documents", pk),
            "seen": link("client-seen-copy", pk),
            "intake": link("intake", pk),
        },
        "printed": timezone.now(),
    }
    return file_page(request, "reports/overview.html", client, "overview", context)

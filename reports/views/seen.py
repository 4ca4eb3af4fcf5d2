"""Who has seen a file, her copy of it, and the auditor's log."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Role, User
from audit.models import AccessEvent
from audit.services import Action, record
from clients.frame import file_context, opened
from clients.views.pages import signed_in, visible_client
from reports import seen
from reports.links import link
from reports.words import pronouns_of

PAGE = 50


@require_safe
def client_seen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every look at one client's file: who, when, what."""
    client = visible_client(request, pk)
    record(Action.SEEN, by=request.user, target=client, fields=["seen"])
    page = Paginator(seen.events_of(client), PAGE).get_page(request.GET.get("page"))
    context = file_context(request, client, "seen") | {
        "looks": seen.looks(page.object_list, client),
        "page_obj": page,
        "people_count": seen.people_count(client),
        "lists": seen.lists_shown(client, timezone.localdate()),
        "copy_url": link("client-seen-copy", client.pk),
    }
    return render(request, "reports/seen.html", context)


@require_safe
def client_seen_copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same on paper for the client: her name, plain words; people by role where that is asked for."""
    client = visible_client(request, pk)
    record(Action.SEEN, by=request.user, target=client, fields=["seen_copy"])
    roles_only = request.GET.get("names") == "roles"
    context = {
        "name": opened(client, "name_used"),
        "pronouns": pronouns_of(opened(client, "pronouns")),
        "client": client,
        "lines": seen.copy_lines(client, roles_only=roles_only),
        "lists": seen.lists_shown(client, timezone.localdate()),
        "roles_only": roles_only,
        "views": [
            {"label": "Names", "url": link("client-seen-copy", pk), "current": not roles_only},
            {
                "label": "Roles only",
                "url": link("client-seen-copy", pk, query="names=roles"),
                "current": roles_only,
            },
        ],
        "back_url": link("client-seen", pk),
        "today": timezone.localdate(),
        "office_of_client": client.office,
    }
    return render(request, "reports/seen_copy.html", context)


def check_can_audit(user: User) -> None:
    """The log of everybody is the auditor's; a supervisor sees the log of a file on the file."""
    if user.role != Role.AUDITOR:
        raise PermissionDenied(
            "The access log is open to auditors. Who has seen one client’s file stands on that file."
        )


@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    """All events, newest first, with filters. File numbers only."""
    user = signed_in(request)
    check_can_audit(user)
    record(Action.REPORT_SEEN, by=user, kind="access_log")
    asked = any(request.GET.get(name) for name in seen.LogFilter.base_fields)
    form = seen.LogFilter(request.GET if asked else {})
    valid = form.is_valid()
    events = AccessEvent.objects.order_by("-at", "-id")
    events = form.apply(events) if valid else events.none()
    page = Paginator(events, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "rows": seen.log_rows(page.object_list),
        "page_obj": page,
        "filtered": asked,
    }
    return render(request, "reports/access_log.html", context, status=200 if valid else 422)

"""Who has seen a file, and her copy of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit.services import Action, record
from clients.frame import file_context, opened
from clients.models import Client
from clients.views.pages import visible_client
from reports.links import link
from reports.seen import copy, file

PAGE = 100


@require_safe
def client_seen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every look at one client's file: who, what, from where, by day."""
    client = visible_client(request, pk)
    record(Action.SEEN, by=request.user, target=client, fields=["seen"])
    page = Paginator(file.events_of(client), PAGE).get_page(request.GET.get("page"))
    context = file_context(request, client, "seen") | {
        "days": file.days_of(page.object_list, client),
        "off_team": file.OFF_TEAM,
        "page_obj": page,
        "people_count": file.people_count(client),
        "lists": file.lists_shown(client, timezone.localdate()),
        "copy_url": link("client-seen-copy", client.pk),
    }
    return render(request, "reports/seen.html", context)


@require_safe
def client_seen_copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same on paper for the client: her name, her language; people by role where that is asked for."""
    client = visible_client(request, pk)
    record(Action.SEEN, by=request.user, target=client, fields=["seen_copy"])
    roles_only = request.GET.get("names") == "roles"
    language = request.GET.get("language", "")
    if language not in copy.LANGUAGES:
        language = copy.language_for(opened(client, "language"))
    today = timezone.localdate()
    context = {
        "client": client,
        "language": language,
        "days": copy.copy_days(client, language=language, roles_only=roles_only),
        "said": copy.page_words(
            client,
            language=language,
            name=opened(client, "name_used"),
            lists=file.lists_shown(client, today),
            phone=client.office.phone,
            office=client.office.name,
        ),
        "today": today,
        "today_words": copy.day_in(language, today),
        "office_name": client.office.name,
        "languages": _choices(client, language=language, roles_only=roles_only),
        "namings": [
            {
                "label": label,
                "url": _address(client, language=language, roles_only=roles),
                "current": roles == roles_only,
            }
            for label, roles in (("Names", False), ("Roles only", True))
        ],
        "back_url": link("client-seen", pk),
    }
    return render(request, "reports/seen_copy.html", context)


def _choices(client: Client, *, language: str, roles_only: bool) -> list[dict[str, Any]]:
    return [
        {
            "label": copy.words_in(other)["name"],
            "url": _address(client, language=other, roles_only=roles_only),
            "current": other == language,
        }
        for other in copy.LANGUAGES
    ]


def _address(client: Client, *, language: str, roles_only: bool) -> str:
    query = f"language={language}{'&names=roles' if roles_only else ''}"
    return link("client-seen-copy", client.pk, query=query)

"""What the views of this room share."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from cases.forms.papers import TakesFile
from cases.models import Petition
from clients.models import Client


def user_of(request: HttpRequest) -> User:
    """The signed-in person; the middleware lets nobody else through."""
    return cast(User, request.user)


def client_or_404(request: HttpRequest, pk: UUID) -> Client:
    """A client whom the person may see."""
    found: Client = get_object_or_404(
        Client.objects.visible_to(user_of(request)).select_related("point_of_contact", "office"), pk=pk
    )
    return found


def petition_or_404(request: HttpRequest, pk: UUID) -> Petition:
    """A petition whose client the person may see, with what its page shows of other tables."""
    rows = Petition.objects.visible_to(user_of(request))
    found: Petition = get_object_or_404(
        rows.select_related(
            "client__point_of_contact", "client__office", "court", "prosecutor", "matter__lead__office"
        ),
        pk=pk,
    )
    return found


def bound(form: type[Any], request: HttpRequest, **values: Any) -> Any:
    """A form with what was posted; one that takes a file hears of an upload that was stopped."""
    posted = request.POST  # read first: reading it is what stops an upload that is too large
    if issubclass(form, TakesFile):
        values["too_large"] = getattr(request, "upload_too_large", False)
        return form(posted, request.FILES, **values)
    return form(posted, **values)


def crumbs(petition: Petition, *more: str) -> list[dict[str, Any]]:
    """Where a page of a petition stands."""
    from django.urls import reverse

    found: list[dict[str, Any]] = [
        {"label": "Petitions", "url": reverse("client-petitions", args=[petition.client_id])},
        {"label": f"Petition {petition.number}", "url": petition.get_absolute_url() if more else ""},
    ]
    return found + [{"label": text} for text in more]

"""What the pages of one file share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.requests import signed_in as signed_in  # the views of every room above use it
from audit.services import Action, record
from clients.frame import file_context, opened
from clients.models import Client


def visible_client(request: HttpRequest, pk: UUID) -> Client:
    """The client, or 404 for who may not see it as for a client that does not exist."""
    clients = Client.objects.visible_to(signed_in(request)).select_related("point_of_contact")
    return get_object_or_404(clients, pk=pk)


def file_page(
    request: HttpRequest,
    template: str,
    client: Client,
    place: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Record the look, then draw a page of the file. `place` is the key of the side navigation."""
    record(Action.SEEN, by=request.user, target=client, fields=[place])
    return render(request, template, file_context(request, client, place) | context, status=status)


def people_rows(people: Any) -> list[dict[str, Any]]:
    """The people of a file for clients/_people.html, oldest first, with the client's word for each."""
    return [
        {"person": person, "word": opened(person, "her_word")} for person in people.order_by("created_at")
    ]


def sentences(problem: ValidationError) -> str:
    """Everything a service refused, as one text. The rooms above use it too."""
    return " ".join(problem.messages)


def refuse(request: HttpRequest, problem: ValidationError, to: str, *args: Any) -> HttpResponse:
    """Back to a page, with what was refused above it: for an act that asked for nothing to be typed.

    Messages lie in the session, in the clear: a service names nobody in what it refuses here.
    """
    messages.error(request, sentences(problem))
    return redirect(to, *args)

"""Headers for every response, and what becomes of an address that shows nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import copy_context
from datetime import timedelta
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts.models import User
from audit.models import AccessEvent
from audit.services import Action, record
from clients.models import Client, ClientOwned

logger = logging.getLogger(__name__)
NOTHING = "nothing"
"""What stands in the access log for an id that nobody has."""

AGAIN = timedelta(minutes=10)
"""The same refusal to the same person within this time is one entry: nobody buries the log under them."""

Answer = Callable[[HttpRequest], HttpResponse]


class PrivateResponses:
    """Nothing that a signed-in person saw may be kept by a browser or a proxy."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, no_store=True, private=True)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class NearestPage:
    """Who lands on an address that only takes forms is sent to the nearest page that can be read.

    The address bar holds such an address after a form came back with something to mend; signing in again,
    reloading and "go back" then lead there.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and request.user.is_authenticated:
            return redirect(page_above(request.path))
        return response


def page_above(path: str) -> str:
    """The nearest address above this one; "/" where there is none. If it takes only forms too, it is asked
    again, so the way up ends.
    """
    parts = [part for part in path.split("/") if part]
    while parts:
        parts.pop()
        above = "/".join(["", *parts, ""])
        try:
            resolve(above)
        except Resolver404:
            continue
        return above
    return "/"


class RefusedLooks:
    """A signed-in person who was refused what an address names leaves an entry in the access log.

    It is looked up and written once the answer has been sent: what exists and what does not answer
    alike, byte for byte and in the same time.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        asked = match.kwargs.get("pk") if match is not None else None
        user = request.user
        # A form that came without its token was not refused for what it named.
        whole = getattr(request, "csrf_processing_done", False)
        refused = response.status_code in (403, 404) and whole
        if refused and isinstance(asked, UUID) and isinstance(user, User):
            name, status = str(match.url_name if match else ""), response.status_code
            context = copy_context()  # the entry carries the number of this request

            def afterwards() -> None:
                try:
                    context.run(record_refusal, user, asked, name, status)
                except Exception:
                    # Django drops what fails here without a word. The answer was a refusal already.
                    logger.exception("A refusal could not be recorded")

            response._resource_closers.append(afterwards)  # type: ignore[attr-defined]
        return response


def record_refusal(user: User, pk: UUID, name: str, status: int) -> None:
    """Enter the refusal, with the client where `pk` is hers or that of a row of hers.

    An id that nobody has is entered too: guessing leaves a trace, and costs what a hit costs. Who may see
    the client and asked for something else that is not there was refused nothing.
    """
    row = row_of(pk)
    owner = getattr(row, "client_id", pk)
    if status == 404 and Client.objects.visible_to(user).filter(pk=owner).exists():
        return
    same = Q(object_id=str(pk)) | Q(objects_shown=[str(pk)])
    lately = AccessEvent.objects.filter(
        same, action=Action.REFUSED, actor_id=user.pk, at__gte=timezone.now() - AGAIN
    )
    if lately.exists():
        return
    if row is None:
        record(Action.REFUSED, by=user, kind=NOTHING, shown=[pk], fields=[name, str(status)])
    else:
        record(Action.REFUSED, by=user, target=row, fields=[name, str(status)])


def row_of(pk: UUID) -> models.Model | None:
    """The client, or the row of one, that has this id; nothing of it but its ids is read. One query."""
    kept: dict[str, type[models.Model]] = {model._meta.label_lower: model for model in client_owned()}
    clients = Client.objects.filter(pk=pk).order_by().values_list(Value("client"), "pk")
    rows = (
        model._default_manager.filter(pk=pk).order_by().values_list(Value(label), "client_id")
        for label, model in kept.items()
    )
    found = clients.union(*rows).first()
    if found is None:
        return None
    label, owner = found
    return Client(pk=pk) if label == "client" else kept[label](pk=pk, client_id=owner)


def client_owned() -> list[type[models.Model]]:
    """Every table whose rows carry their client's id."""
    return [model for model in apps.get_models() if issubclass(model, ClientOwned)]

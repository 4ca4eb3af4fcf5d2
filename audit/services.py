"""The one function that writes the access log."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import models, transaction

from audit import chain
from audit.history import take_waiting
from audit.models import AccessEvent
from vault.ids import NIL

Action = AccessEvent.Action
request_id: ContextVar[str] = ContextVar("request_id", default="")
came_from: ContextVar[str] = ContextVar("came_from", default="")
"""The page from which the present request was made: the name of its address."""


def record(
    action: AccessEvent.Action,
    *,
    by: Any,
    target: models.Model | None = None,
    kind: str = "",
    client: UUID | None = None,
    fields: Iterable[str] = (),
    shown: Iterable[Any] = (),
) -> AccessEvent:
    """Write one event, in the transaction of the act; for a look, before anything is shown.

    `by` is the user (or None for the system), `target` the row; its client is taken from it when
    `client` is left out. `fields` are column names, `shown` ids on a page of many. The event becomes the next
    link of the client's chain and pins the history rows that were written for the client before it in this
    transaction. Raises what the database raises: without its entry an act does not happen.
    """
    event = event_of(action, by=by, target=target, kind=kind, client=client, fields=fields, shown=shown)
    with transaction.atomic(savepoint=False):
        event.pins = take_waiting(event.client_id or NIL)
        return chain.append(event)


def event_of(
    action: AccessEvent.Action,
    *,
    by: Any,
    target: models.Model | None = None,
    kind: str = "",
    client: UUID | None = None,
    fields: Iterable[str] = (),
    shown: Iterable[Any] = (),
) -> AccessEvent:
    """An event that is not written yet, as `record` makes it; for many at once (`chain.append_all`)."""
    if client is None and target is not None:
        client = getattr(target, "client_id", None)
        if client is None and target._meta.model_name == "client":
            client = target.pk
    return AccessEvent(
        actor_id=getattr(by, "pk", None),
        action=action,
        object_kind=kind or (target._meta.model_name or "" if target is not None else ""),
        object_id="" if target is None else str(target.pk),
        client_id=client,
        fields=sorted(str(field) for field in fields),
        objects_shown=[str(item) for item in shown],
        request_id=request_id.get(),
        place=came_from.get(),
    )


def keep(of_chain: UUID, pins: str) -> None:
    """Pin history rows that were committed without an event of their own."""
    event = AccessEvent(action=Action.KEPT, client_id=None if of_chain == NIL else of_chain)
    event.request_id, event.pins = request_id.get(), pins
    chain.append(event)

"""The one function that writes the access log."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import models

from audit.models import AccessEvent

Action = AccessEvent.Action
request_id: ContextVar[str] = ContextVar("request_id", default="")


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
    `client` is left out. `fields` are column names, `shown` ids on a page of many. Raises what the
    database raises: without its entry an act does not happen.
    """
    if client is None and target is not None:
        client = getattr(target, "client_id", None)
        if client is None and target._meta.model_name == "client":
            client = target.pk
    return AccessEvent.objects.create(
        actor_id=getattr(by, "pk", None),
        action=action,
        object_kind=kind or (target._meta.model_name or "" if target is not None else ""),
        object_id="" if target is None else str(target.pk),
        client_id=client,
        fields=sorted(fields),
        objects_shown=[str(item) for item in shown],
        request_id=request_id.get(),
    )

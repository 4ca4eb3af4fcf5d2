"""The lock that every service of a file takes first, and the refusal to change an altered row."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from audit.rows import table_of
from clients import grants
from clients.models import BreakGlass, Client, Wall
from vault.fields import SealedField

P = ParamSpec("P")
T = TypeVar("T")
logger = logging.getLogger(__name__)

WORDS = "This was changed behind the log: tell the auditor."
GENUINE: dict[type[Any], Callable[[Any], bool]] = {Wall: grants.fits_wall, BreakGlass: grants.fits_glass}
"""Rows with a MAC of their own: whoever signs one again first asks whether it fits."""


def locked(client: Client) -> Client:
    """The client's row, read again under a lock: what hangs on a file changes one person at a time.

    Call it inside a transaction, and check rights on what it returns.
    """
    found: Client = Client.objects.select_for_update().get(pk=client.pk)
    return found


def lock_row(client: UUID) -> None:
    """The same lock, by id, for who needs nothing of the row; a client who is gone needs none."""
    Client.objects.select_for_update().filter(pk=client).first()


class Altered(ValidationError):
    """A row that does not say what its newest version says, or whose MAC does not fit."""

    def __init__(self, row: Any) -> None:
        super().__init__(WORDS, code="altered")
        self.row = row


def guarded(service: Callable[P, T]) -> Callable[P, T]:
    """`transaction.atomic` for a service that calls `unaltered`: the alarm outlives what is rolled back."""

    @wraps(service)
    def guarding(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with transaction.atomic():
                return service(*args, **kwargs)
        except Altered as found:
            alarm(found.row)
            raise

    return guarding


def unaltered(row: Any, *, replaced: Collection[str] = ()) -> None:
    """Refuse to change a row that was altered behind the log: the next honest save would make it genuine.

    Call it under the lock of the file, before the change. A cell among the sealed fields `replaced`, which
    get new values now, is an alarm and no refusal. Raises Altered, or SealBroken where the cell does not
    open. One query.
    """
    model: Any = type(row)
    table = table_of(model)
    fits = model not in GENUINE or GENUINE[model](row)
    if fits and table.agrees(row):
        return
    newest = table.history.objects.filter(**{table.pk: row.pk}).order_by("-history_id").first()
    differ = [
        field.attname
        for field in table.content.fields
        if newest is None or getattr(newest, field.attname) != getattr(row, field.attname)
    ]
    sealed = {f.attname: f for f in row._meta.concrete_fields if isinstance(f, SealedField)}
    kept = [name for name in differ if name not in sealed or sealed[name].public_name not in replaced]
    if fits and not kept:
        alarm(row)
        return
    for name in kept:
        if name in sealed:
            sealed[name].read(row)
    raise Altered(row)


def alarm(row: Any) -> None:
    """Say in both logs that a row was altered behind them; by its id, never by what it says."""
    kind = "glass" if isinstance(row, BreakGlass) else row._meta.model_name
    logger.error("%s %s was changed behind the log: the change of it is refused", kind, row.pk)
    grants.enter_alarm(kind, str(row.pk), row.client_id)

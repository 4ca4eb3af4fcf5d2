"""History of our models: django-simple-history's tables and reading, with every row pinned by the chain.

A history row is written with one prepared INSERT that copies the columns (sealed ones byte for byte),
without building a model and without the library's signals. It is then *waiting*: the next event of the same
client in the same transaction pins its digest. Should no event follow, one is written for it ("kept") right
after the commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.utils import timezone
from simple_history.models import HistoricalRecords

from audit import rows
from audit.rows import Table, table_of, table_of_history


class _Waiting:
    """A history row that no event pins yet.

    It is kept as a callback for the commit, because Django then forgets it by itself where its transaction or
    savepoint is rolled back.
    """

    __slots__ = ("chain", "pin", "pinned")

    def __init__(self, chain: UUID, pin: str) -> None:
        self.chain, self.pin, self.pinned = chain, pin, False

    def __call__(self) -> None:
        if not self.pinned:
            from audit.services import keep

            keep(self.chain, self.pin)


class _Pinned:
    """Marks that all rows of a chain that came before it are pinned; rolled back like them."""

    __slots__ = ("chain",)

    def __init__(self, chain: UUID) -> None:
        self.chain = chain

    def __call__(self) -> None:
        """Nothing is left to do."""


def take_waiting(chain: UUID) -> str:
    """The pins of a chain's rows that wait in this transaction, for the event that is about to be written."""
    waiting: list[_Waiting] = []
    for entry in reversed(connection.run_on_commit):
        callback = entry[1]
        if type(callback) is _Waiting and callback.chain.int == chain.int:
            waiting.append(callback)
        elif type(callback) is _Pinned and callback.chain.int == chain.int:
            break
    if not waiting:
        return ""
    for callback in waiting:
        callback.pinned = True
    transaction.on_commit(_Pinned(chain))
    return " ".join(callback.pin for callback in reversed(waiting))


def pin(versions: Iterable[Any]) -> None:
    """History rows that were written in bulk, or sealed again: the next event of their client pins them."""
    for version in versions:
        table = table_of_history(version.__class__)
        _wait(table, table.chain_of(version), version.pk, table.digest(version))


def _wait(table: Table, chain: UUID, history_id: int, digest: bytes) -> None:
    transaction.on_commit(_Waiting(chain, rows.pin(table.name, history_id, digest)))


class History(HistoricalRecords):
    """`history = History()` on a model; takes what `HistoricalRecords` takes, but for many-to-many fields."""

    def create_historical_record(
        self, instance: models.Model, history_type: str, using: str | None = None
    ) -> None:
        """Write one version of `instance` and let it wait for its event."""
        table = table_of(cast(Any, type(instance)))
        database = connections[DEFAULT_DB_ALIAS]  # itself: each look through Django's proxy costs
        user = self.get_history_user(instance)
        state = instance.__dict__
        content: list[Any] = []
        parameters: list[Any] = []
        for field, name, kind in table.content.kinds:
            value = state[name] if name in state else getattr(instance, name)
            if value is None or type(value) is kind:
                content.append(value)
                taken_as_is = value is None or kind is str or kind is bytes
                parameters.append(value if taken_as_is else field.get_db_prep_save(value, database))
            else:
                content.append(_clean(field, value))
                parameters.append(field.get_db_prep_save(value, database))
        about: dict[str, Any] = {
            "history_id": None,
            "history_date": getattr(instance, "_history_date", None) or timezone.now(),
            "history_type": history_type,
            "history_user_id": None if user is None else user.pk,
            "history_change_reason": self.get_change_reason_for_object(instance, history_type, using),
        }
        parameters += [
            field.get_db_prep_save(about[name], database)
            for field, name, _kind in table.meta.kinds
            if not field.primary_key
        ]
        with database.cursor() as cursor:
            cursor.execute(table.inserting(), parameters)
            about["history_id"] = cursor.fetchone()[0]
        meta = table.meta.say([about[name] for _field, name, _kind in table.meta.kinds])
        digest = rows.digest(table.name, table.content.say(content), meta)
        _wait(table, table.chain_of(instance), about["history_id"], digest)

    def get_change_reason_for_object(
        self, instance: models.Model, history_type: str, using: str | None
    ) -> str | None:
        """None. Raises ValueError where somebody gave one: it would stand in a plain column, in any words."""
        if super().get_change_reason_for_object(instance, history_type, using):
            raise ValueError("A reason is kept in a sealed column of its own, not beside the history.")
        return None


def _clean(field: Any, value: Any) -> Any:
    """The value as it will be read back: a choice typed as an enum, or a date as text, is said alike."""
    field = rows.target_of(field)
    if field.get_internal_type() == "BinaryField":
        return value
    if isinstance(field, models.JSONField):
        return json.loads(json.dumps(value))
    return field.to_python(value)

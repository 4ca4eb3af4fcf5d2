"""How a client's rows, keys, names and files go; who may have it done is decided in `erasure`.

The keys are destroyed and the rows deleted in one transaction; stored files and the keys in backups go after
the commit, and what could not be reached is tried again by `manage tick`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone

from audit import door, resealing
from audit.services import Action, record
from clients.models import Client, ClientOwned, Erasure, ErasureRequest
from vault import datakeys, scrubbing
from vault.models import NameToken

logger = logging.getLogger(__name__)

after_erasure: list[Callable[[UUID], date | None]] = []
"""Places that keep copies of keys (config/upkeep). Each is called with the client's id after the commit and
again until it returns without an error: the day on which the last copy that it cannot reach expires, or
None when nothing is left there."""


def owned_models() -> list[type[models.Model]]:
    """Every table of rows that belong to one client, apart from histories."""
    return [model for model in apps.get_models() if issubclass(model, ClientOwned)]


def pointing_models() -> list[tuple[type[models.Model], str]]:
    """(table, column) of every other row that names a client by a foreign key, such as a right on her."""
    histories = {model.history.model for model in (*owned_models(), Client)}  # type: ignore[attr-defined]
    found = []
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, ClientOwned) or model in histories:
            continue
        found += [
            (model, field.name)
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model is Client
        ]
    return found


def stored_files(client: UUID) -> list[str]:
    """The names of a client's stored files: what any of her tables keeps in a column `stored_name`."""
    names: list[str] = []
    for model in owned_models():
        if any(field.name == "stored_name" for field in model._meta.concrete_fields):
            for table in (model._default_manager, model.history):  # type: ignore[attr-defined]
                names += table.filter(client_id=client).values_list("stored_name", flat=True)
    return sorted({name for name in names if name})


def erase_rows(client: UUID) -> None:
    """Destroy the keys and delete every row of a client: live, history, rights, name index.

    Inside the caller's transaction; nothing is asked. Foreign keys are checked at the commit, so the order
    of the tables does not matter.
    """
    datakeys.destroy(client)
    owned = owned_models()
    _forget_names(client, owned)
    with door.opened(door.ERASE):
        for model in owned:
            _delete(model.history.model.objects.filter(client_id=client))  # type: ignore[attr-defined]
        _delete(Client.history.model.objects.filter(id=client))
    for model, field in pointing_models():
        _delete(model._default_manager.filter(**{field: client}))
    for model in owned:
        _delete(model._default_manager.filter(client_id=client))
    _delete(Client.objects.filter(pk=client))


def _delete(rows: Any) -> None:
    # Not delete(): it would write a last history row of everything, and walk the foreign keys row by row.
    rows._raw_delete(rows.db)


def _forget_names(client: UUID, owned: list[type[models.Model]]) -> None:
    people = list(Client.objects.filter(pk=client).values_list("person_number", flat=True))
    for model in owned:
        if any(field.name == "person_number" for field in model._meta.concrete_fields):
            rows = model._default_manager.filter(client_id=client)
            people += list(rows.values_list("person_number", flat=True))
    NameToken.objects.filter(person__in=people).delete()


def clean_up(pk: UUID) -> bool:
    """Remove stored files and the keys in backups of one erased client; whether everything went through.

    May run as often as it likes. What fails is in the log, without anything of the client.
    """
    scrubbing.wipe()
    erasure = Erasure.objects.get(pk=pk)
    left = remove(erasure.files_left)
    days, reached = [timezone.localdate(erasure.erased_at)], True
    for place in after_erasure:
        try:
            day = place(erasure.client_uuid)
        except Exception:
            logger.exception("A place of backups could not forget an erased client")
            reached = False
        else:
            days += [day] if day is not None else []
    with transaction.atomic():
        erasure = Erasure.objects.select_for_update().get(pk=pk)
        before = (erasure.files_left, erasure.complete_on, erasure.backups_cleaned_at)
        erasure.files_left = left
        if reached:
            erasure.complete_on = max(days)
            erasure.backups_cleaned_at = erasure.backups_cleaned_at or timezone.now()
        if before != (erasure.files_left, erasure.complete_on, erasure.backups_cleaned_at):
            columns = ["files_left", "complete_on", "backups_cleaned_at"]
            erasure.save(update_fields=columns)
            record(Action.CHANGED, by=None, target=erasure, fields=columns)
    return reached and not left


def clean_up_part(pk: UUID) -> bool:
    """Remove the stored files of an erased document; whether all are gone. May run as often as it likes."""
    scrubbing.wipe()
    request = ErasureRequest.objects.get(pk=pk)
    left = remove(request.files_left)
    if left != request.files_left:
        with transaction.atomic():
            request.files_left = left
            request.save(update_fields=["files_left"])
            record(Action.CHANGED, by=None, target=request, fields=["files_left"])
    return not left


def remove(names: list[str]) -> list[str]:
    """Remove stored files; the names of those that are still there.

    A file that a row still names stays, whatever the list says: the list is only a row itself.
    """
    left = sorted(resealing.named_by_rows(names))
    for name in left:
        logger.error("The stored file %s is to be removed, and a row still names it: it stays", name)
    for name in set(names) - set(left):
        try:
            default_storage.delete(name)
        except OSError:
            logger.exception("A stored file could not be removed")
            left.append(name)
    return left


def was_erased(ids: Iterable[Any]) -> set[UUID]:
    """Which of these clients were erased."""
    return set(Erasure.objects.filter(client_uuid__in=list(ids)).values_list("client_uuid", flat=True))

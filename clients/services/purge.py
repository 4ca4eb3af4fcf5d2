"""Erase one passage or one document of a file that stays.

The rooms say what can be erased and which rows hold it:

    register(Purgeable(Scope.DOCUMENT, choices=…, parts=…))

Each value is replaced in the row and in every history row of it by a fresh sealed one, bound to the same
place; what was there is in no column any more. Copies in backups stay until those expire.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.models import User
from audit import door
from audit.history import pin
from audit.services import Action, record
from clients.frame import erased_words
from clients.models import Client, ErasureRequest, Passage
from vault.fields import SealedField

Scope = ErasureRequest.Scope


@dataclass(frozen=True, slots=True)
class Part:
    """One row that holds what is to be erased.

    `values` are what its sealed columns say afterwards, by public name; a column that is not named is
    emptied. `plain` are other columns of the live row that change with them, `file` its stored file.
    """

    row: models.Model
    values: Mapping[str, Any] = field(default_factory=dict)
    plain: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""


@dataclass(frozen=True, slots=True)
class Purgeable:
    """A kind of thing that can be erased alone.

    `choices` gives (id, words) of what a file has of it: words without anything sealed. `parts` gives the
    rows for the id of one, with the moment of erasing; empty when the file has no such thing any more.
    """

    scope: str
    choices: Callable[[Client], Iterable[tuple[UUID, str]]]
    parts: Callable[[Client, UUID, datetime], Iterable[Part]]


_kinds: dict[str, Purgeable] = {}
_also: dict[str, list[Callable[[Client, list[Part]], Iterable[Part]]]] = {}


def register(kind: Purgeable) -> None:
    """Make a kind of thing erasable; called from `AppConfig.ready`."""
    _kinds[kind.scope] = kind


def register_also(scope: str, more: Callable[[Client, list[Part]], Iterable[Part]]) -> None:
    """Rows of a higher floor that hold the same words, given the parts found so far.

    Raises ValidationError where the thing has to stay for now.
    """
    _also.setdefault(scope, []).append(more)


def choices(client: Client) -> list[tuple[str, str]]:
    """What can be erased of a file, as (`scope-id`, words); nothing that is asked for already."""
    asked = ErasureRequest.objects.filter(client=client, state__in=ErasureRequest.OPEN)
    taken = set(asked.exclude(object_id=None).values_list("object_id", flat=True))
    return [
        (f"{kind.scope}-{pk}", words)
        for kind in _kinds.values()
        for pk, words in kind.choices(client)
        if pk not in taken
    ]


def words_of(client: Client, scope: str, object_id: UUID | None) -> str:
    """What a request is about, in words without anything sealed."""
    if scope == Scope.FILE or object_id is None:
        return str(Scope(scope).label)
    found = dict(_kinds[scope].choices(client))
    return found.get(object_id, str(Scope(scope).label))


def parts_of(client: Client, scope: str, object_id: UUID, at: datetime) -> list[Part]:
    """Every row that holds the thing. Raises ValidationError where it has to stay for now."""
    found = list(_kinds[scope].parts(client, object_id, at))
    if not found:
        return []
    for more in _also.get(scope, ()):
        found += more(client, found)
    return found


def stops(client: Client, scope: str, object_id: UUID) -> list[str]:
    """Why a thing has to stay for now, in sentences."""
    try:
        parts_of(client, scope, object_id, timezone.now())
    except ValidationError as problem:
        return list(problem.messages)
    return []


def blank(parts: list[Part], *, by: User) -> list[str]:
    """Replace what the rows and their histories hold. Returns the stored files to remove after the commit.

    Call it inside a transaction; it writes the entry of the access log that pins the new history.
    """
    for part in parts:
        # Read again under a lock: who changes it at this moment is waited for, and erased as well.
        row: Any = type(part.row)._default_manager.select_for_update().get(pk=part.row.pk)
        changed = _history(part)
        for column in _columns(row):
            if getattr(row, column.attname) is not None:
                setattr(row, column.public_name, _value(column, part))
        for name, value in part.plain.items():
            setattr(row, name, value)
        row._history_user = by
        row.save()
        pin(changed)
        record(Action.PURGED, by=by, target=row, fields=[column.public_name for column in _columns(row)])
    return [part.file for part in parts if part.file]


def _history(part: Part) -> list[models.Model]:
    """Seal new values over every history row of one row; the rows that changed."""
    row: Any = part.row
    rows = type(row).history.model.objects
    changed = []
    with door.opened("reseal"):
        for old in rows.filter(pk__in=list(rows.filter(id=row.pk).values_list("pk", flat=True))):
            new = {
                column.attname: _sealed(column, _value(column, part), row)
                for column in _columns(row)
                if getattr(old, column.attname) is not None
            }
            if new:
                rows.filter(pk=old.pk).update(**new)
                changed.append(rows.get(pk=old.pk))
    return changed


def _columns(row: models.Model) -> list[SealedField]:
    return [column for column in row._meta.concrete_fields if isinstance(column, SealedField)]


def _value(column: SealedField, part: Part) -> Any:
    return part.values.get(column.public_name, None if column.null else column.to_python(""))


def _sealed(column: SealedField, value: Any, row: Any) -> bytes | None:
    return None if value is None else column.seal_value(value, row=row.pk, client=row.client_id)


# --- Passages -------------------------------------------------------------------------------------


def _passages(client: Client) -> Iterable[tuple[UUID, str]]:
    for row in Passage.objects.filter(client=client, erased_at__isnull=True).defer("text_sealed"):
        yield row.pk, f"Passage {row.number} of the statement"


def _passage(client: Client, pk: UUID, at: datetime) -> Iterable[Part]:
    for row in Passage.objects.filter(pk=pk, client=client, erased_at__isnull=True):
        words = erased_words(at)
        yield Part(row, {"title": words, "text": words}, {"agreed_uses": [], "erased_at": at})


register(Purgeable(Scope.PASSAGE, _passages, _passage))

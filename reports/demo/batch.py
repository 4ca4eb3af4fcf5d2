"""Rows of some clients, gathered and written at once with history, rights, name index and access log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from accounts.models import User
from audit import chain, history, services
from audit.models import AccessEvent
from clients.models import Client, ClientUserPermission
from documents.models import Document
from reports.demo.manifest import Manifest
from vault import files, names
from vault.ids import NIL

Row = TypeVar("Row", bound=models.Model)
Earlier = Iterable[tuple[datetime, User, Mapping[str, Any]]]
Action = AccessEvent.Action
ROWS_AT_ONCE = 500


class Batch:
    """Everything about some clients that is still to be written.

    `stored` takes the names of the sealed files: they lie on the disk before their rows are committed, so
    whoever rolls back removes them.
    """

    def __init__(self, manifest: Manifest, stored: list[str]) -> None:
        self.manifest = manifest
        self.stored = stored
        self._rows: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        self._history: dict[type[models.Model], list[models.Model]] = defaultdict(list)
        self._events: list[AccessEvent] = []
        self._names: list[tuple[int, list[str]]] = []

    def add(self, row: Row, *, at: datetime, by: User | None, earlier: Earlier = ()) -> Row:
        """Take a row with its history.

        `earlier` holds the versions before the present one, oldest first: when, by whom, and the columns
        that differed. `at` and `by` belong to the present version.
        """
        model = type(row)
        self.manifest.note_row(row)
        self._rows[model].append(row)
        versions = [*earlier, (at, by, {})]
        for number, (when, who, values) in enumerate(versions):
            self._history[model].append(_version(row, when, who, values, "~" if number else "+"))
        if hasattr(row, "created_at"):
            row.created_at = versions[0][0]
            for version in self._history[model][-len(versions) :]:
                version.created_at = row.created_at  # type: ignore[attr-defined]
        return row

    def taken(self, model: type[Row]) -> list[Row]:
        """The rows of a model that were taken and are not written yet."""
        return list(self._rows[model])  # type: ignore[arg-type]

    def event(
        self,
        action: AccessEvent.Action,
        *,
        at: datetime,
        by: User | None,
        client: UUID,
        target: models.Model | None = None,
        kind: str = "",
        fields: Iterable[str] = (),
        place: str = "",
    ) -> None:
        """An entry of the access log at a moment of the past; `place` is the page it came from."""
        event = services.event_of(action, by=by, target=target, kind=kind, client=client, fields=fields)
        event.at, event.place = at, place
        self._events.append(event)

    def index(self, person: int, called: Iterable[str | None]) -> None:
        """Put a person's names into the name index."""
        self._names.append((person, [name for name in called if name]))

    def grant(self, rows: Iterable[ClientUserPermission]) -> None:
        """Rights that come with a place on a care team."""
        self._rows[ClientUserPermission].extend(rows)

    def document(
        self, client: Client, kind: str, title: str, text: str, *, at: datetime, by: User, name: str = ""
    ) -> Document:
        """A small text file, sealed and stored, with its row."""
        content = text.encode()
        row = Document(
            client=client,
            kind=kind,
            title=title,
            original_name=name or None,
            media_type="text/plain",
            size=len(content),
            created_by=by,
        )
        row.stored_name = files.save([content], row=row.pk, client=client.pk)
        self.stored.append(row.stored_name)
        if kind == Document.Kind.RAP_SHEET:
            self.manifest.note_sheet(text)
        else:
            self.manifest.note_file(text)
        self.event(Action.FILE_ADDED, at=at, by=by, client=client.pk, target=row, fields=[kind])
        return self.add(row, at=at, by=by)

    def write(self) -> None:
        """Write everything; call it inside a transaction. The batch is empty afterwards."""
        for model, rows in self._rows.items():
            model._default_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE)
        for versions in self._history.values():
            type(versions[0])._default_manager.bulk_create(versions, batch_size=ROWS_AT_ONCE)
            history.pin(versions)
        names.index_new(self._names)
        self._write_log()
        self._rows, self._history = defaultdict(list), defaultdict(list)
        self._events, self._names = [], []

    def _write_log(self) -> None:
        """The events in the order of time; the last one of each file pins all history of it."""
        self._events.sort(key=lambda event: event.at)
        last = {event.client_id: event for event in self._events}
        for client, event in last.items():
            event.pins = history.take_waiting(client or NIL)
        chain.append_all(self._events)


@cache
def _mirror(model: type[models.Model]) -> tuple[type[models.Model], tuple[str, ...], tuple[str, ...]]:
    """The history model of a model, the columns it copies, and all of its own in order.

    Kept, because finding it anew for every row takes milliseconds.
    """
    historical = model.history.model  # type: ignore[attr-defined]
    copied = tuple(field.attname for field in historical.tracked_fields)
    return historical, copied, tuple(field.attname for field in historical._meta.concrete_fields)


def _version(
    row: models.Model, when: datetime, who: User | None, values: Mapping[str, Any], kind: str
) -> models.Model:
    """One history row; sealed columns keep the very bytes of the row."""
    historical, copied, columns = _mirror(type(row))
    kept: dict[str, Any] = dict.fromkeys(columns)
    kept.update((name, getattr(row, name)) for name in copied)
    kept.update(values)
    kept.update(history_date=when, history_user_id=getattr(who, "pk", None), history_type=kind)
    # By position: a row made by keyword takes twice as long, and there are a quarter of a million.
    return historical(*(kept[name] for name in columns))

"""Give one client's file to somebody: on a ground that holds today, after a fresh sign-in, and on record.

What goes out is every row of this client that is part of the file, opened, and every stored file: nobody
else's. Only tables with `released = True` go out: conflict checks name other files, and walls, holds and
requests are the office's own. Earlier versions in the history are not in it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from audit.services import Action, record
from clients.days import check_past
from clients.frame import opened, reported
from clients.models import Client, Release
from clients.permissions import (
    STATEMENT,
    TEAM,
    check_can_manage_team,
    rights_on,
)
from clients.services.erasing import owned_models
from clients.services.rows import locked
from vault import files
from vault.errors import VaultError
from vault.fields import SealedField
from vault.zips import locked_zip

LONGEST = timedelta(days=2 * 366)
SHORTEST_PASSPHRASE = 15
NOT_SAID = frozenset({"id", "client", "person_number", "created_at", "stored_name", "answers"})


@transaction.atomic
def add_release(
    *,
    client: Client,
    basis: str,
    recipient: str,
    note: str,
    signed_on: date,
    expires_on: date,
    by: User,
    client_told_on: date | None = None,
    today: date | None = None,
) -> Release:
    """Enter a ground on which the file may be given. Raises PermissionDenied or ValidationError."""
    today = today or timezone.localdate()
    client = locked(client)
    check_can_manage_team(by, client)
    for name, day in (("signed_on", signed_on), ("client_told_on", client_told_on)):
        if day is not None:
            _past(name, day, today)
    if basis == Release.Basis.SUBPOENA and client_told_on is None:
        raise ValidationError(
            {"client_told_on": "Say when the client was told, or when you tried: before anything is given."}
        )
    if expires_on < today:
        raise ValidationError({"expires_on": "This has ended already. Ask for a new one."})
    if expires_on > signed_on + LONGEST:
        raise ValidationError({"expires_on": "This is more than two years after it was signed: too long."})
    release = Release(
        client=client,
        basis=basis,
        recipient=recipient.strip(),
        note=note.strip(),
        signed_on=signed_on,
        expires_on=expires_on,
        client_told_on=client_told_on,
        made_by=by,
    )
    _save(release, by)
    record(Action.CREATED, by=by, target=release, fields=[basis])
    return release


def _past(name: str, day: date, today: date) -> None:
    try:
        check_past(day, today=today)
    except ValidationError as problem:
        raise ValidationError({name: problem.messages}) from None


def _save(release: Release, by: User) -> None:
    release._history_user = by
    release.full_clean()
    release.save()


@transaction.atomic
def revoke_release(*, release: Release, by: User) -> Release:
    """End it today: nothing is given on it any more. What was given cannot be called back."""
    client = locked(release.client)
    check_can_manage_team(by, client)
    release = Release.objects.get(pk=release.pk, client=client)
    if release.revoked_at is not None:
        raise ValidationError("This was revoked already.")
    release.revoked_at, release.revoked_by = timezone.now(), by
    _save(release, by)
    record(Action.CHANGED, by=by, target=release, fields=["revoked"])
    return release


def can_export(user: User, client: Client) -> bool:
    """Counsel of record: who manages the team and reads the account, because the account goes out too."""
    return rights_on(user, client) >= {TEAM, STATEMENT}


def export(
    *,
    release: Release,
    passphrase: str,
    by: User,
    fresh: bool,
    parts: Collection[str] | None = None,
    today: date | None = None,
) -> IO[bytes]:
    """The file as a ZIP that opens with the passphrase, which is kept nowhere; read it, and close it.

    `parts` are keys of `parts_of`: what the ground allows to be given (None: the whole file). Raises
    PermissionDenied, or ValidationError (on record) for a ground that ended, was revoked, or where
    `by` has not just passed the second step.
    """
    today = today or timezone.localdate()
    _check_can_export(by, release.client)
    release = Release.objects.select_related("client").get(pk=release.pk)
    refused = _refusal(release, fresh, today)
    if refused:
        code, words = refused
        with transaction.atomic():
            record(Action.REFUSED, by=by, target=release, fields=["export", code])
        raise ValidationError(words)
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise ValidationError({"passphrase": f"Take {SHORTEST_PASSPHRASE} letters at least."})
    if parts is not None and not parts:
        raise ValidationError({"parts": "Choose what is given."})
    packed = locked_zip(_contents(release, parts), passphrase)
    try:
        _put_on_record(release, by, today, parts)
    except BaseException:
        packed.close()
        raise
    return packed


def _check_can_export(user: User, client: Client) -> None:
    if not can_export(user, client):
        raise PermissionDenied("Only counsel of record gives the file out: it holds the client’s account.")


def _put_on_record(release: Release, by: User, today: date, parts: Collection[str] | None) -> None:
    """Packing takes a while: who may, and whether the ground holds, is asked again under the lock."""
    with transaction.atomic():
        _check_can_export(by, locked(release.client))
        release = Release.objects.get(pk=release.pk)
        if not release.holds_on(today):
            raise ValidationError("This was revoked at this moment. Nothing was given.")
        release.exported_at = timezone.now()
        _save(release, by)
        given = ["everything"] if parts is None else [part for part in parts if part in FIXED]
        files_given = 0 if parts is None else len(set(parts) - set(given))
        if files_given:
            given.append(f"files={files_given}")
        record(Action.EXPORTED, by=by, target=release, fields=[release.basis, *given])


def _refusal(release: Release, fresh: bool, today: date) -> tuple[str, str] | None:
    if release.revoked_at is not None:
        return "revoked", "This was revoked. Nothing is given on it any more."
    if not release.holds_on(today):
        return "expired", "This has ended. Ask for a new one before anything is given."
    if not fresh:
        return "not_fresh", "Confirm that it is you, with your second step, before the file is given out."
    return None


# --- What goes out --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table: its name for people, and each row as pairs of column and value."""

    key: str
    group: str
    title: str
    rows: list[list[tuple[str, Any]]]


GROUPS = {
    "identity": ("Who the client is, and how to reach the client", ("clients",)),
    "statement": ("What the client told us", ("clients.passage",)),
    "record": ("Arrests, charges and what was decided on them", ("records",)),
    "cases": ("Petitions, hearings, dates", ("cases",)),
    "visas": ("T visa, family, work permits", ("visas",)),
    "documents": ("The list of documents, without the files", ("documents",)),
}
"""Parts of a file that can be given by themselves: their words, and the rooms or tables that hold them."""
FIXED = frozenset(GROUPS)


def _group_of(model: type[models.Model]) -> str:
    """The part to which a table belongs; the more exact word wins."""
    label, room = model._meta.label_lower, model._meta.app_label
    for key, (_words, held) in GROUPS.items():
        if label in held:
            return key
    return next((key for key, (_words, held) in GROUPS.items() if room in held), "")


def parts_of(client: Client) -> list[tuple[str, str]]:
    """(key, words) of what can be given of this file: parts of it, and each stored file by its title."""
    found = [(key, words) for key, (words, _held) in GROUPS.items()]
    for model in _file_models():
        rows: Any = model._default_manager.filter(client_id=client.pk, erased_at__isnull=True)
        for row in rows.order_by("created_at", "pk"):
            found.append((str(row.pk), f"File: {opened(row, 'title')}"))
    return found


def _file_models() -> list[type[models.Model]]:
    return [
        model
        for model in released_models()
        if any(field.name == "stored_name" for field in model._meta.concrete_fields)
    ]


def _contents(release: Release, parts: Collection[str] | None) -> Iterator[tuple[str, Iterable[bytes]]]:
    """(name in the ZIP, content in chunks). Names say nothing about the person."""
    client = release.client
    sections = [part for part in _sections(client) if parts is None or part.group in parts]
    stored, missing = _stored(client, parts)
    page = render_to_string(
        "clients/release_file.html",
        {"number": client.file_number, "sections": sections, "files": list(stored), "missing": missing},
    )
    rows = {section.key: [dict(row) for row in section.rows] for section in sections}
    text = json.dumps(rows, ensure_ascii=False, indent=1, default=str)
    yield "file.html", [page.encode()]
    yield "file.json", [text.encode()]
    for name, row in stored.items():
        yield name, files.open_chunks(row.stored_name, row=row.pk, client=client.pk)


def released_models() -> list[type[models.Model]]:
    """The tables whose rows are part of the file."""
    return [model for model in owned_models() if model.released]  # type: ignore[attr-defined]


def _sections(client: Client) -> Iterable[Section]:
    yield Section("client", "identity", "Client", [_said(client)])
    for model in released_models():
        found = model._default_manager.filter(client_id=client.pk).order_by("created_at", "pk")
        rows = [_said(row) for row in found]
        if rows:
            title = str(model._meta.verbose_name_plural).capitalize()
            yield Section(str(model._meta.model_name), _group_of(model), title, rows)


def _said(row: models.Model) -> list[tuple[str, Any]]:
    """The columns of a row that mean something outside, opened, with people and choices in words."""
    said: list[tuple[str, Any]] = []
    for field in row._meta.concrete_fields:
        if isinstance(field, SealedField):
            value: Any = opened(row, field.public_name)
            name = field.public_name
        elif field.name in NOT_SAID or isinstance(field, models.BinaryField):
            continue
        elif field.is_relation:
            value, name = getattr(row, field.name), field.name
            value = None if value is None else str(value)
        else:
            show = getattr(row, f"get_{field.name}_display", None)
            value, name = show() if show else getattr(row, field.name), field.name
        if value not in (None, "", [], {}):
            said.append((name.replace("_", " "), value))
    return said


def _stored(client: Client, parts: Collection[str] | None) -> tuple[dict[str, Any], list[str]]:
    """({name in the ZIP: row} of the stored files that are given, names of those that do not open).

    Each is opened once to its end here, and again when it is packed: none is held whole in memory, and the
    page in front says which are missing.
    """
    found: dict[str, Any] = {}
    missing: list[str] = []
    for model in _file_models():
        rows: Any = model._default_manager.filter(client_id=client.pk, erased_at__isnull=True)
        if parts is not None:
            rows = rows.filter(pk__in=[part for part in parts if part not in FIXED])
        for number, row in enumerate(rows.order_by("created_at", "pk"), start=1):
            name = f"files/{number:03d}-{row.neutral_name}"
            try:
                for _chunk in files.open_chunks(row.stored_name, row=row.pk, client=client.pk):
                    pass
            except VaultError as error:
                missing.append(f"{name}: {reported(error)}")
            except FileNotFoundError:
                missing.append(f"{name}: the file is gone")
            else:
                found[name] = row
    return found, missing

"""What every act on a petition does: lock, right, stage, write, event."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import User
from audit.services import Action, record
from cases.models import Petition, StageEvent
from cases.models.petitions import Stage
from cases.permissions import check_may
from cases.stages import ACTS, InvalidTransition, check_act, check_transition
from clients.permissions import check_can_change


def begin(petition: Petition, act: str, by: User) -> Petition:
    """The petition, read again under a lock, once `by` may record `act` and its stage allows it.

    Raises PermissionDenied or InvalidTransition. Call it inside a transaction.
    """
    locked = _locked(petition)
    check_may(by, locked, ACTS[act])
    check_act(locked.stage, act)
    return locked


def _locked(petition: Petition) -> Petition:
    found: Petition = (
        Petition.objects.select_for_update(of=("self",))
        .select_related("client", "matter", "court", "prosecutor")
        .get(pk=petition.pk)
    )
    return found


def begin_correction(petition: Petition, by: User) -> Petition:
    """The petition under a lock, for correcting what is on file of it at any stage but "withdrawn"."""
    locked = _locked(petition)
    check_can_change(by, locked.client)
    if locked.stage == Stage.WITHDRAWN:
        raise InvalidTransition("This petition was withdrawn: what is on file of it stands.")
    return locked


def save_as(row: models.Model, by: User) -> None:
    """Validate and save with `by` in the history."""
    row._history_user = by  # type: ignore[attr-defined]
    row.full_clean()
    row.save()


def move(
    petition: Petition, to: Stage, *, on: date, by: User, note: str = "", kind: str = StageEvent.Kind.STEP
) -> None:
    """Put the petition at a stage, with its event. Staying where it is writes the event alone."""
    if petition.stage != to:
        check_transition(petition.stage, to)
        petition.stage = to
    save_as(petition, by)
    note_event(petition, to, on=on, by=by, note=note, kind=kind)


def note_event(
    petition: Petition,
    stage: str,
    *,
    on: date,
    by: User,
    note: str = "",
    kind: str = StageEvent.Kind.NOTED,
) -> StageEvent:
    """Write down that something happened at a stage."""
    event = StageEvent(client=petition.client, petition=petition, kind=kind, stage=stage, on=on, by=by)
    event.note = note or None
    save_as(event, by)
    record(Action.STAGE, by=by, target=petition, fields=[stage])
    return event


def day_words(day: date) -> str:
    """ "Oct 6, 2026": with its year, because a wrong year is the usual slip."""
    return f"{day:%b} {day.day}, {day.year}"


def check_not_ahead(day: date, today: date, what: str) -> None:
    """What has happened lies not ahead. Raises ValidationError on the field `what`."""
    if day > today:
        raise ValidationError(
            {
                what: f"{day_words(day)} lies ahead; today is {day_words(today)}. Enter the day on which it "
                "happened."
            }
        )


def check_after(
    day: date, earlier: date | None, what: str, words: str, *, subject: str = "the petition was"
) -> None:
    """A step does not lie before the one it follows. Raises ValidationError on the field `what`.

    `subject` and `words` make the sentence: "the petition was" and "filed".
    """
    if earlier is not None and day < earlier:
        raise ValidationError(
            {
                what: f"{day_words(day)} is before {subject} {words} ({day_words(earlier)}). Enter the day "
                "on the paper, or correct the earlier day first."
            }
        )


def reason_of(note: str) -> str:
    """The reason of a correction. Raises ValidationError on the field `note` where none is given."""
    if not note.strip():
        raise ValidationError({"note": "Say what was wrong, so that the history can be read."})
    return note.strip()


def changed(row: models.Model, by: User, fields: list[str], **more: Any) -> None:
    """The audit event of a change."""
    record(Action.CHANGED, by=by, target=row, fields=fields, **more)

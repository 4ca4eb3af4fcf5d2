"""Hearings are set, held, moved or taken off."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.services import Action, record
from cases.models import Agency, Hearing, Petition, StageEvent
from cases.models.petitions import Stage
from cases.services import dates
from cases.services.moves import (
    begin,
    begin_correction,
    changed,
    check_after,
    day_words,
    move,
    note_event,
    reason_of,
    save_as,
)
from cases.services.waiting import hearing_stands, waited_at
from cases.stages import TRANSITIONS, WAITING, InvalidTransition, check_act, outcome_of

FURTHEST = timedelta(days=3 * 366)  # no court sets a hearing later


@transaction.atomic
def set_hearing(
    *,
    petition: Petition,
    starts_at: datetime,
    by: User,
    court: Agency | None = None,
    department: str = "",
    judge: str = "",
    issue: str = "",
    client_appears: str = "counsel",
    interpreter_booked: bool = False,
    note: str = "",
) -> Hearing:
    """Put a hearing on the calendar. After a partial grant it is about the charges still open."""
    petition = begin(petition, "hearing", by)
    _check_can_be_heard(petition)
    check_after(timezone.localdate(starts_at), petition.filed_on, "starts_at", "filed")
    _check_near(starts_at)
    hearing = Hearing(
        client=petition.client,
        petition=petition,
        court=court or petition.court,
        starts_at=starts_at,
        department=department,
        judge=judge,
        issue=issue or None,
        client_appears=client_appears,
        interpreter_booked=interpreter_booked,
    )
    save_as(hearing, by)
    record(Action.CREATED, by=by, target=hearing, fields=["starts_at"])
    on = timezone.localdate(starts_at)
    if Stage.HEARING_SET in TRANSITIONS[petition.stage]:
        move(petition, Stage.HEARING_SET, on=min(on, timezone.localdate()), by=by, note=note)
    else:
        note_event(petition, Stage.HEARING_SET, on=min(on, timezone.localdate()), by=by, note=note)
    dates.finish_hearing_window(petition=petition, on=timezone.localdate(), by=by)
    return hearing


def _check_near(starts_at: datetime) -> None:
    """Raises ValidationError for a day so far ahead that its year must be a slip."""
    on = timezone.localdate(starts_at)
    if on > timezone.localdate() + FURTHEST:
        raise ValidationError({"starts_at": f"{day_words(on)} is over three years ahead. Look at the year."})


def _check_was_held(starts_at: datetime, today: date) -> None:
    """Raises ValidationError for a hearing that lies ahead."""
    on = timezone.localdate(starts_at)
    if on > today:
        raise ValidationError(
            {
                "outcome": f"This hearing is set for {day_words(on)} and today is {day_words(today)}. Record "
                "it as held once it was, or as moved with its new date."
            }
        )


@transaction.atomic
def correct_hearing(
    *,
    hearing: Hearing,
    by: User,
    today: date,
    note: str,
    starts_at: datetime,
    outcome: str,
    department: str = "",
    judge: str = "",
    issue: str = "",
    client_appears: str = "counsel",
    interpreter_booked: bool = False,
) -> Hearing:
    """A hearing was entered wrongly: change it, or take it off, with the reason in the history.

    A petition whose only hearing is taken off goes back to where it stood before; one whose hearing stands
    after all has a hearing set again. Raises PermissionDenied, InvalidTransition or ValidationError.
    """
    petition = begin_correction(hearing.petition, by)
    reason = reason_of(note)
    hearing = Hearing.objects.select_for_update(of=("self",)).select_related("court").get(pk=hearing.pk)
    check_after(timezone.localdate(starts_at), petition.filed_on, "starts_at", "filed")
    _check_near(starts_at)
    if outcome == Hearing.Outcome.HELD:
        _check_was_held(starts_at, today)
    _check_may_stand(hearing, outcome, petition)
    before, stood = hearing_words(hearing), hearing_stands(petition)
    again = outcome == Hearing.Outcome.AHEAD != hearing.outcome
    hearing.starts_at, hearing.outcome = starts_at, outcome
    hearing.department, hearing.judge, hearing.issue = department, judge, issue or None
    hearing.client_appears, hearing.interpreter_booked = client_appears, interpreter_booked
    save_as(hearing, by)
    changed(hearing, by, ["starts_at", "outcome"])
    words = f"{reason}\nHearing: {before}; now {hearing_words(hearing)}."
    stands, to = hearing_stands(petition), Stage(petition.stage)
    if stood and not stands and to in WAITING:
        if to == Stage.HEARING_SET:
            lines = petition.lines.values_list("result", flat=True)
            to = outcome_of(lines) or waited_at(petition)
        dates.reopen_hearing_window(petition=petition, by=by)
    elif again or (stands and not stood and to in WAITING):
        to = Stage.HEARING_SET
        dates.finish_hearing_window(petition=petition, on=today, by=by)
    move(petition, to, on=today, by=by, note=words, kind=StageEvent.Kind.CORRECTED)
    return hearing


def _check_may_stand(hearing: Hearing, outcome: str, petition: Petition) -> None:
    """Raises ValidationError or InvalidTransition for what a correction cannot say of a hearing.

    A hearing is moved by recording its new date, never by correcting; it is ahead again only where something
    is left to be heard and no other hearing took its place.
    """
    if outcome == hearing.outcome:
        return
    if outcome == Hearing.Outcome.CONTINUED:
        raise ValidationError(
            {"outcome": "Record what became of the hearing, with its new date, where it was moved."}
        )
    if outcome != Hearing.Outcome.AHEAD:
        return
    _check_can_be_heard(petition)
    others = petition.hearings.exclude(pk=hearing.pk)
    later = Q(outcome=Hearing.Outcome.HELD, created_at__gt=hearing.created_at)
    standing = others.filter(Q(outcome=Hearing.Outcome.AHEAD) | later).first()
    if standing is not None:
        raise ValidationError(
            {
                "outcome": f"Another hearing stands: {hearing_words(standing)}. Take that one off first if "
                "this one is ahead, or record that a second hearing was set."
            }
        )


def _check_can_be_heard(petition: Petition) -> None:
    """Raises InvalidTransition where the court has decided everything."""
    check_act(petition.stage, "hearing")
    if petition.stage == Stage.PARTLY_GRANTED and not petition.lines.filter(result="open").exists():
        raise InvalidTransition("Every charge is decided: nothing is left to be heard.")


def hearing_words(hearing: Hearing) -> str:
    """When and where a hearing is, and what became of it."""
    starts = timezone.localtime(hearing.starts_at)
    where = f", {hearing.department}" if hearing.department else ""
    hour = f"{starts:%I:%M %p}".lstrip("0")
    return f"{day_words(starts.date())}, {hour}{where} ({hearing.get_outcome_display().lower()})"


@transaction.atomic
def record_hearing(
    *,
    hearing: Hearing,
    outcome: str,
    by: User,
    today: date,
    new_starts_at: datetime | None = None,
    note: str = "",
) -> Hearing:
    """What became of a hearing. One that was moved gets its successor, with the same court and people.

    Raises ValidationError when it was recorded before, when a moved one names no new time, or for an outcome
    that is none.
    """
    petition = begin(hearing.petition, "heard", by)
    hearing = Hearing.objects.select_for_update(of=("self",)).select_related("court").get(pk=hearing.pk)
    if hearing.outcome != Hearing.Outcome.AHEAD:
        raise ValidationError({"hearing": "What became of this hearing is on file already."})
    if outcome not in Hearing.Outcome.values or outcome == Hearing.Outcome.AHEAD:
        raise ValidationError({"outcome": "Choose what became of it."})
    if outcome == Hearing.Outcome.CONTINUED and new_starts_at is None:
        raise ValidationError({"new_starts_at": "Enter the new date and time."})
    if outcome == Hearing.Outcome.HELD:
        _check_was_held(hearing.starts_at, today)
    if new_starts_at is not None:
        check_after(timezone.localdate(new_starts_at), petition.filed_on, "new_starts_at", "filed")
    hearing.outcome = outcome
    save_as(hearing, by)
    changed(hearing, by, [outcome])
    note_event(petition, petition.stage, on=timezone.localdate(), by=by, note=note)
    if outcome == Hearing.Outcome.CONTINUED and new_starts_at is not None:
        following = Hearing(
            client=petition.client,
            petition=petition,
            court=hearing.court,
            starts_at=new_starts_at,
            department=hearing.department,
            judge=hearing.judge,
            issue=hearing.issue,
            client_appears=hearing.client_appears,
            interpreter_booked=False,
        )
        save_as(following, by)
        record(Action.CREATED, by=by, target=following, fields=["starts_at"])
    return hearing

"""What the court decided was entered wrongly: the entry changes, the old one stays in the history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from cases.models import AgencyDuty, Petition, PetitionCharge, StageEvent
from cases.models.petitions import DECIDED, GRANTS, Stage
from cases.services import dates
from cases.services.moves import (
    begin,
    changed,
    check_after,
    check_not_ahead,
    day_words,
    move,
    reason_of,
    save_as,
)
from cases.services.orders import (
    ChargeResult,
    bound_agencies,
    check_comply_by,
    duty_date,
    first_order,
    list_agencies,
)
from cases.stages import WAITING, outcome_of

NOT_BOUND = "Tell it: the corrected order does not bind it"
"""What an agency must do that was told of an order by mistake."""


@transaction.atomic
def revise_decision(
    *,
    petition: Petition,
    results: Mapping[UUID, ChargeResult],
    on: date,
    by: User,
    today: date,
    note: str,
    comply_by: date | None = None,
) -> Petition:
    """Correct results, the day of the order and its words; agencies and dates follow from what stands then.

    What agencies did stays on file. With every charge open again the petition goes back to where it waited.
    The event keeps the old, the new and the reason. Raises PermissionDenied, InvalidTransition or
    ValidationError.
    """
    petition = begin(petition, "revise", by)
    reason = reason_of(note)
    lines = list(petition.lines.select_for_update(of=("self",)).select_related("charge__arrest"))
    last_order, printed = petition.decided_on, printed_day(petition)
    for day in (on, *(result.on for result in results.values() if result.on)):
        check_not_ahead(day, today, "on")
        check_after(day, petition.filed_on, "on", "filed")
    check_comply_by(comply_by, on)
    said = [
        words
        for line in lines
        if line.result != PetitionCharge.Result.WITHDRAWN
        and (words := _revise(line, results.get(line.pk), last_order, on, by))
    ]
    if comply_by != printed:
        said.append(f"Day for the agencies: {_day(printed)}, now {_day(comply_by)}.")
    if not said:
        raise ValidationError("Nothing differs from what is on file. Change a result, the day or the words.")
    to = outcome_of(line.result for line in lines) or _waited_at(petition)
    days = [line.result_on for line in lines if line.result_on and line.result in ("granted", "denied")]
    petition.decided_on = max(days) if to in DECIDED else None
    move(petition, to, on=today, by=by, note="\n".join([reason, *said]), kind=StageEvent.Kind.CORRECTED)
    _agencies_again(petition, by, comply_by)
    _dates_again(petition, by)
    return petition


def printed_day(petition: Petition) -> date | None:
    """The day for the agencies that the order prints, as it was entered; None where the law's time counts."""
    for duty in petition.duties.select_related("deadline"):
        row = duty.deadline
        if row is not None and row.replaced_at is None and row.working.get("by_hand"):
            found: date = row.due_on
            return found
    return None


def _day(day: date | None) -> str:
    return day_words(day) if day else "none"


def _state(line: PetitionCharge) -> str:
    words = f", “{line.order_words}”" if line.order_words else ""
    day = f" {day_words(line.result_on)}" if line.result_on else ""
    return f"{line.get_result_display().lower()}{day}{words}"


def _revise(
    line: PetitionCharge, result: ChargeResult | None, last_order: date | None, on: date, by: User
) -> str:
    """Change one line; gives the old and the new in words, "" where nothing differs."""
    was = (line.result, line.result_on, line.order_words)
    before = _state(line)
    value = result.result if result is not None else line.result
    if value == PetitionCharge.Result.OPEN:
        line.result, line.result_on, line.order_words = value, None, None
    else:
        earlier = value == line.result and line.result_on not in (None, last_order)
        day = (result.on if result is not None else None) or (line.result_on if earlier else on)
        words = line.order_words if result is None else result.words.strip() or None
        line.result, line.result_on, line.order_words = value, day, words
    if was == (line.result, line.result_on, line.order_words):
        return ""
    save_as(line, by)
    changed(line, by, ["result", "result_on", "order_words"])
    return f"Charge {line.charge.number}: {before}; now {_state(line)}."


def _waited_at(petition: Petition) -> Stage:
    """Where the petition stood before it was decided."""
    rows = petition.events.filter(stage__in=WAITING, kind=StageEvent.Kind.STEP).order_by("-created_at")
    last = rows.first()
    return Stage(last.stage) if last is not None else Stage.SERVED


def _agencies_again(petition: Petition, by: User, comply_by: date | None) -> None:
    """Duties and their dates as after a first decision; what was sent, received and confirmed stays."""
    bound = bound_agencies(petition) if petition.stage in GRANTS else {}
    _check_order_before(petition, set(bound))
    for duty in petition.duties.select_for_update(of=("self",)).select_related("agency", "deadline"):
        if duty.agency_id in bound:
            _agency, words, arrested_on = bound[duty.agency_id]
            duty.duty = words
            _date_again(duty, petition, arrested_on, comply_by, by)
        else:
            _release(duty, by)
    if petition.stage in GRANTS:
        list_agencies(petition=petition, by=by, comply_by=comply_by)


def _check_order_before(petition: Petition, bound: set[UUID | int]) -> None:
    """Raises ValidationError where an agency would have acted before the corrected order was made."""
    ordered = first_order(petition)
    for duty in petition.duties.select_related("agency"):
        days = [day for day in (duty.sent_on, duty.received_on, duty.confirmed_on) if day]
        if ordered and days and duty.agency_id in bound and min(days) < ordered:
            raise ValidationError(
                {
                    "on": f"{duty.agency}: something is recorded for {day_words(min(days))}, before an order "
                    f"of {day_words(ordered)}. Correct the agency’s day first, or enter the order’s own."
                }
            )


def _date_again(
    duty: AgencyDuty, petition: Petition, arrested_on: date | None, comply_by: date | None, by: User
) -> None:
    old = duty.deadline
    printed = old is not None and old.replaced_at is None and bool(old.working.get("by_hand"))
    if old is not None and (printed or comply_by is not None):
        if printed and old.due_on == comply_by:
            return
        dates.replace([old], by=by)
    duty.deadline = duty_date(duty, petition, arrested_on=arrested_on, comply_by=comply_by, by=by)
    save_as(duty, by)
    if duty.confirmed_on and duty.deadline is not None and duty.deadline.done_on is None:
        dates.meet(duty.deadline, duty.confirmed_on, by)


def _release(duty: AgencyDuty, by: User) -> None:
    """An agency that the corrected order does not bind: its row goes, unless it was told already."""
    old = duty.deadline
    if duty.sent_on or duty.received_on or duty.confirmed_on or duty.proof_id:
        duty.deadline, duty.duty = None, NOT_BOUND
        save_as(duty, by)
        changed(duty, by, ["duty", "deadline"])
    else:
        changed(duty, by, ["removed"])
        duty._history_user = by
        duty.delete()
    if old is not None and old.replaced_at is None:
        dates.replace([old], by=by)


def _dates_again(petition: Petition, by: User) -> None:
    if petition.stage in DECIDED:
        dates.drop_waiting(petition=petition, by=by)
    else:
        said = petition.events.filter(stage__in=[Stage.OPPOSED, Stage.UNOPPOSED]).order_by("-created_at")
        last = said.first()
        opposed = last is not None and last.stage == Stage.OPPOSED
        dates.wait_again(petition=petition, opposed=opposed, by=by)
    if petition.stage == Stage.DENIED:
        dates.compute_appeal(petition=petition, by=by)
    else:
        dates.drop_appeal(petition=petition, by=by)

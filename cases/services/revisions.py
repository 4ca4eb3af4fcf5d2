"""What the court decided was entered wrongly: the entry changes, the old one stays in the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from cases.models import AgencyDuty, Petition, PetitionCharge, StageEvent
from cases.models.petitions import DECIDED, GRANTS, Stage
from cases.services import dates
from cases.services.bound import Bound, bound_agencies
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
    check_comply_by,
    duty_date,
    first_order,
    list_agencies,
)
from cases.services.waiting import waited_at
from cases.stages import outcome_of

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
    earlier: Mapping[date, date | None] | None = None,
) -> Petition:
    """Correct results, the day of the order and its words; agencies and dates follow from what stands then.

    `on` and `comply_by` are of the last order; `earlier` holds the day that an earlier order prints for the
    agencies, by the day of that order on file, and what it does not name stays. What agencies did stays on
    file. With every charge open again the petition goes back to where it waited. The event keeps the old,
    the new and the reason. Raises PermissionDenied, InvalidTransition or ValidationError.
    """
    petition = begin(petition, "revise", by)
    reason = reason_of(note)
    lines = list(petition.lines.select_for_update(of=("self",)).select_related("charge__arrest"))
    last_order, old_days = petition.decided_on or on, printed_days(petition)
    was_on = {line.pk: line.result_on for line in lines}
    for day in (on, *(result.on for result in results.values() if result.on)):
        check_not_ahead(day, today, "on")
        check_after(day, petition.filed_on, "on", "filed")
    if (comply_by, on) != (old_days.get(last_order), last_order):
        check_comply_by(comply_by, on)
    said = [
        words
        for line in lines
        if line.result != PetitionCharge.Result.WITHDRAWN
        and (words := _revise(line, results.get(line.pk), last_order, on, by))
    ]
    days = {**old_days, **(earlier or {}), last_order: comply_by}
    said += _say_days(days, old_days, last_order)
    if not said:
        raise ValidationError("Nothing differs from what is on file. Change a result, the day or the words.")
    to = outcome_of(line.result for line in lines) or waited_at(petition)
    decided = [line.result_on for line in lines if line.result_on and line.result in ("granted", "denied")]
    petition.decided_on = max(decided) if to in DECIDED else None
    move(petition, to, on=today, by=by, note="\n".join([reason, *said]), kind=StageEvent.Kind.CORRECTED)
    printed = _printed_after(lines, was_on, days, old_days) | {on: comply_by}
    _agencies_again(petition, by, printed)
    if comply_by and comply_by != old_days.get(last_order):
        _check_binds(petition, on)
    _dates_again(petition, by)
    return petition


def printed_days(petition: Petition) -> dict[date, date | None]:
    """The day for the agencies that each order prints, as entered, by the day of the order that bound them.

    None where the law's time counts; an order that bound nobody first is not in it.
    """
    found: dict[date, date | None] = {}
    bound = bound_agencies(petition, add=False)
    for duty in petition.duties.select_related("deadline"):
        if duty.agency_id in bound:
            order = bound[duty.agency_id].ordered_on
            found[order] = found.get(order) or _printed(duty)
    return found


def _say_days(
    days: Mapping[date, date | None], old: Mapping[date, date | None], last_order: date
) -> list[str]:
    """What differs in the days that the orders print, in words."""
    said = []
    for order, day in days.items():
        before = old.get(order)
        if day != before:
            which = "the agencies" if order == last_order else f"the agencies, order of {_day(order)}"
            said.append(f"Day for {which}: {_day(before)}, now {_day(day)}.")
    return said


def _printed_after(
    lines: Iterable[PetitionCharge],
    was_on: Mapping[UUID, date | None],
    days: Mapping[date, date | None],
    old: Mapping[date, date | None],
) -> dict[date, date | None]:
    """The days that the orders print, by the day of the order as corrected.

    Raises ValidationError, at the order's own field, for one that lies before its order.
    """
    found: dict[date, date | None] = {}
    for line in lines:
        order = was_on[line.pk]
        if order is None or line.result_on is None:
            continue
        day = days.get(order)
        if day is not None and (day, line.result_on) != (old.get(order), order):
            name = f"comply_by_{order.isoformat()}"
            check_after(day, line.result_on, name, "made", subject="the order was")
        found[line.result_on] = found.get(line.result_on) or day
    return found


def _check_binds(petition: Petition, on: date) -> None:
    """Raises ValidationError where the day that the last order prints would be kept for nobody."""
    bound = bound_agencies(petition) if petition.stage in GRANTS else {}
    if on not in {row.ordered_on for row in bound.values()}:
        raise ValidationError(
            {
                "comply_by": f"No agency is first bound by the order of {day_words(on)}, so this day would "
                "be kept for none. Leave it empty; a day for agencies already told is entered under Dates."
            }
        )


def _printed(duty: AgencyDuty) -> date | None:
    """The day that an order printed for this agency; None where the law's time counts."""
    row = duty.deadline
    if row is None or row.replaced_at is not None or not row.working.get("by_hand"):
        return None
    day: date = row.due_on
    return day


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


def _agencies_again(petition: Petition, by: User, printed: Mapping[date, date | None]) -> None:
    """Duties and their dates as after a first decision; what was sent, received and confirmed stays."""
    bound = bound_agencies(petition) if petition.stage in GRANTS else {}
    _check_order_before(petition, set(bound))
    for duty in petition.duties.select_for_update(of=("self",)).select_related("agency", "deadline"):
        if duty.agency_id in bound:
            found = bound[duty.agency_id]
            duty.duty = found.duty
            _date_again(duty, petition, found, printed.get(found.ordered_on), by)
        else:
            _release(duty, by)
    if petition.stage in GRANTS:
        list_agencies(petition=petition, by=by, printed=printed)


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


def _date_again(duty: AgencyDuty, petition: Petition, bound: Bound, comply_by: date | None, by: User) -> None:
    old, printed = duty.deadline, _printed(duty)
    if old is not None and (printed or comply_by) and old.replaced_at is None:
        if printed == comply_by:
            return
        dates.replace([old], by=by)
    duty.deadline = duty_date(duty, petition, bound=bound, comply_by=comply_by, by=by)
    save_as(duty, by)
    if duty.deadline is None or duty.deadline.done_on is not None:
        return
    if duty.confirmed_on:
        dates.meet(duty.deadline, duty.confirmed_on, by)
    elif old is not None and old.done_on:
        dates.carry_done(old, duty.deadline)
        save_as(duty.deadline, by)


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
        dates.wait_again(petition=petition, by=by)
    if petition.stage == Stage.DENIED:
        dates.compute_appeal(petition=petition, by=by)
    else:
        dates.drop_appeal(petition=petition, by=by)

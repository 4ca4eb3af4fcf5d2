"""The court's decision, charge by charge, and what every agency must do after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit.services import Action, record
from cases.models import AgencyDuty, Deadline, Petition, PetitionCharge
from cases.models.petitions import GRANTS, Stage
from cases.services import dates
from cases.services.bound import Bound, bound_agencies
from cases.services.moves import begin, changed, check_after, check_not_ahead, move, note_event, save_as
from cases.stages import outcome_of
from clients.permissions import check_can_change
from documents.models import Document


@dataclass(frozen=True, slots=True)
class ChargeResult:
    """What the court did with one charge, in the order's words; `on` only where its order is another one."""

    result: str
    words: str = ""
    on: date | None = None


@transaction.atomic
def record_decision(
    *,
    petition: Petition,
    results: Mapping[UUID, ChargeResult],
    on: date,
    by: User,
    today: date,
    comply_by: date | None = None,
    note: str = "",
) -> Petition:
    """Write the results down; granted, partly granted or denied follows from them, never the other way round.

    `results` goes by the id of the line. A charge left open stays open. Nothing granted and something
    open leaves the petition where it stands. `comply_by` is a day that the order prints for the agencies.
    """
    petition = begin(petition, "decide", by)
    check_not_ahead(on, today, "on")
    check_after(on, petition.filed_on, "on", "filed")
    check_comply_by(comply_by, on)
    lines = list(petition.lines.select_for_update(of=("self",)).select_related("charge__arrest"))
    decided = [line for line in lines if _decide(line, results.get(line.pk), on, by)]
    if not decided:
        raise ValidationError("Enter the result of at least one charge.")
    outcome = outcome_of(line.result for line in lines)
    if outcome is None:
        note_event(petition, petition.stage, on=on, by=by, note=note)
        return petition
    petition.decided_on = on
    move(petition, outcome, on=on, by=by, note=note)
    dates.drop_waiting(petition=petition, by=by)
    if outcome in GRANTS:
        list_agencies(petition=petition, by=by, printed={on: comply_by})
    if outcome == Stage.DENIED:
        dates.compute_appeal(petition=petition, by=by)
    return petition


def check_comply_by(comply_by: date | None, on: date) -> None:
    """The order prints no day for the agencies that lies before itself."""
    if comply_by is not None:
        check_after(comply_by, on, "comply_by", "made", subject="the order was")


def _decide(line: PetitionCharge, result: ChargeResult | None, on: date, by: User) -> bool:
    if result is None or result.result == PetitionCharge.Result.OPEN:
        return False
    if line.result != PetitionCharge.Result.OPEN:
        return False
    line.result, line.result_on, line.order_words = result.result, on, result.words.strip() or None
    save_as(line, by)
    changed(line, by, [line.result])
    return True


def list_agencies(
    *, petition: Petition, by: User, printed: Mapping[date, date | None] | None = None
) -> list[AgencyDuty]:
    """Every agency that an order binds, each with its due date; those already listed are left alone.

    `printed` holds the day for the agencies that an order prints, by the day of the order.
    """
    known = set(petition.duties.values_list("agency_id", flat=True))
    added = []
    for bound in bound_agencies(petition).values():
        if bound.agency.pk in known:
            continue
        item = AgencyDuty(client=petition.client, petition=petition, agency=bound.agency, duty=bound.duty)
        comply_by = printed.get(bound.ordered_on) if printed else None
        item.deadline = duty_date(item, petition, bound=bound, comply_by=comply_by, by=by)
        save_as(item, by)
        record(Action.CREATED, by=by, target=item)
        added.append(item)
    return added


def duty_date(
    duty: AgencyDuty, petition: Petition, *, bound: Bound, comply_by: date | None, by: User
) -> Deadline | None:
    """By when an agency complies: the day that its order prints, else the law's time."""
    if comply_by is None:
        return dates.compute_duty(duty=duty, petition=petition, bound=bound, by=by)
    return dates.add_date(
        matter=petition.matter,
        petition=petition,
        what="Agency complies",
        about=duty.agency.name,
        due_on=comply_by,
        side=Deadline.Side.AGENCY,
        source="printed in the order",
        owner=petition.matter.lead,
        by=by,
    )


def first_order(petition: Petition) -> date | None:
    """The day of the first order that granted something: what an agency did cannot lie before it.

    A later order for a charge left open moves the petition's own day of decision.
    """
    granted = petition.lines.filter(result=PetitionCharge.Result.GRANTED)
    first: date | None = granted.order_by("result_on").values_list("result_on", flat=True).first()
    return first


@transaction.atomic
def record_duty(
    *,
    duty: AgencyDuty,
    by: User,
    today: date,
    sent_on: date | None = None,
    received_on: date | None = None,
    confirmed_on: date | None = None,
    proof: Document | None = None,
) -> AgencyDuty:
    """How far an agency is: order sent, received, sealing confirmed, proof. Confirmed, its date is met."""
    duty = (
        AgencyDuty.objects.select_for_update(of=("self",))
        .select_related("client", "agency", "deadline")
        .get(pk=duty.pk)
    )
    check_can_change(by, duty.client)
    for name, day in (("sent_on", sent_on), ("received_on", received_on), ("confirmed_on", confirmed_on)):
        if day is not None:
            check_not_ahead(day, today, name)
    ordered = first_order(duty.petition)
    for name, day in (("sent_on", sent_on), ("received_on", received_on), ("confirmed_on", confirmed_on)):
        if day is not None:
            check_after(day, ordered, name, "made", subject="the order was")
    for name, day, earlier, words in (
        ("received_on", received_on, sent_on, "sent"),
        ("confirmed_on", confirmed_on, sent_on, "sent"),
        ("confirmed_on", confirmed_on, received_on, "received"),
    ):
        if day is not None:
            check_after(day, earlier, name, words, subject="the order was")
    if proof is not None and proof.client_id != duty.client_id:
        raise ValidationError({"proof": "This document belongs to another file."})
    duty.sent_on, duty.received_on, duty.confirmed_on = sent_on, received_on, confirmed_on
    duty.proof = proof or duty.proof
    save_as(duty, by)
    changed(duty, by, ["sent_on", "received_on", "confirmed_on"])
    deadline = duty.deadline
    if deadline is None or deadline.replaced_at is not None:
        return duty
    if confirmed_on and deadline.done_on is None:
        dates.mark_done(deadline=deadline, on=confirmed_on, by=by, today=today)
    elif not confirmed_on and deadline.done_on is not None:
        dates.reopen(deadline, by)
    return duty

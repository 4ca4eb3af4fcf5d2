"""The court's decision, charge by charge, and what every agency must do after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit.services import Action, record
from cases.law import DutyRow, statute_paper
from cases.models import Agency, AgencyDuty, Deadline, Petition, PetitionCharge
from cases.models.petitions import GRANTS, Stage
from cases.services import dates
from cases.services.agencies import agency_in_papers, agency_named
from cases.services.moves import begin, changed, check_after, check_not_ahead, move, note_event, save_as
from cases.stages import outcome_of
from clients.permissions import check_can_change
from documents.models import Document
from records.models import Charge


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
        list_agencies(petition=petition, by=by, comply_by=comply_by)
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


def list_agencies(*, petition: Petition, by: User, comply_by: date | None = None) -> list[AgencyDuty]:
    """Every agency that the order binds, each with its due date; those already listed are left alone."""
    known = set(petition.duties.values_list("agency_id", flat=True))
    added = []
    for agency, words, arrested_on in bound_agencies(petition).values():
        if agency.pk in known:
            continue
        item = AgencyDuty(client=petition.client, petition=petition, agency=agency, duty=words)
        item.deadline = duty_date(item, petition, arrested_on=arrested_on, comply_by=comply_by, by=by)
        save_as(item, by)
        record(Action.CREATED, by=by, target=item)
        added.append(item)
    return added


def duty_date(
    duty: AgencyDuty, petition: Petition, *, arrested_on: date | None, comply_by: date | None, by: User
) -> Deadline | None:
    """By when an agency complies: the day that the order prints, else the law's time."""
    if comply_by is None:
        return dates.compute_duty(duty=duty, petition=petition, arrested_on=arrested_on, by=by)
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


def bound_agencies(petition: Petition) -> dict[UUID | int, tuple[Agency, str, date | None]]:
    """Whom the granted charges bind: agency, duty and the last arrest that its clock knows, by agency."""
    granted = [
        line.charge
        for line in petition.lines.filter(result=PetitionCharge.Result.GRANTED).select_related(
            "charge__arrest"
        )
    ]
    found: dict[UUID | int, tuple[Agency, str, date | None]] = {}
    for row in statute_paper(petition.statute).duties:
        for agency, arrested_on in _bound(row, petition, granted):
            found.setdefault(agency.pk, (agency, row.duty, arrested_on))
    return found


def _bound(row: DutyRow, petition: Petition, charges: Iterable[Charge]) -> list[tuple[Agency, date | None]]:
    """The agencies of one row, each with the last arrest that its clock knows."""
    charges = list(charges)
    latest = _latest(charges)
    if row.when != "always" and not _record_has(row.when, charges):
        return []
    if row.who == "court":
        return [(petition.court, latest)]
    if row.who == "prosecutor":
        return [(petition.prosecutor, latest)]
    if row.who == "arresting":
        return _arresting(petition, charges)
    if row.who == "named" and row.agency is not None:
        kind, name = row.agency
        return [(agency_named(kind=kind, name=name), latest)]
    if row.who in ("booking", "probation") and petition.court.county:
        kind = Agency.Kind.POLICE if row.who == "booking" else Agency.Kind.PROBATION
        title = "Sheriff" if row.who == "booking" else "Probation Department"
        county = petition.court.county
        return [(agency_named(kind=kind, name=f"{county} County {title}", county=county), latest)]
    return []


def _arresting(petition: Petition, charges: list[Charge]) -> list[tuple[Agency, date | None]]:
    """The police of the arrests; one already told under another spelling stays the same agency."""
    told = {
        agency_in_papers(duty.agency.name): duty.agency for duty in petition.duties.select_related("agency")
    }
    by_name: dict[str, list[Charge]] = {}
    for charge in charges:
        if charge.arrest.agency:
            by_name.setdefault(agency_in_papers(charge.arrest.agency), []).append(charge)
    return [
        (
            told.get(name)
            or agency_named(
                kind=Agency.Kind.POLICE,
                name=name,
                county=rows[0].arrest.county,
                jurisdiction=rows[0].arrest.jurisdiction,
            ),
            _latest(rows),
        )
        for name, rows in by_name.items()
    ]


def _latest(charges: list[Charge]) -> date | None:
    days = [charge.arrest.arrested_on for charge in charges]
    return None if None in days or not days else max(day for day in days if day is not None)


def _record_has(what: str, charges: list[Charge]) -> bool:
    """Whether the record brings in probation, a prison or the DMV; an unknown sentence brings in none."""
    if what == "vehicle":
        return any(charge.code == "VC" for charge in charges)
    if what == "prison" and any(charge.prison_served for charge in charges):
        return True
    return any((item.sentence or {}).get(what) for charge in charges for item in charge.dispositions.all())


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

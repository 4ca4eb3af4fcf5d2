"""A petition is planned, signed, filed, taken back a step or withdrawn."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from audit.services import Action, record
from cases.law import statute_paper
from cases.models import Agency, Deadline, Hearing, Matter, Petition, PetitionCharge, StageEvent
from cases.models.petitions import Stage
from cases.screening import charges_of, screen_for
from cases.services import dates
from cases.services.keeping import keep_copy
from cases.services.moves import (
    begin,
    changed,
    check_after,
    check_not_ahead,
    move,
    note_event,
    reason_of,
    save_as,
)
from cases.services.paper_stops import stops
from cases.services.papers import SIGNED_PAPERS
from cases.services.versions import drafts, keep_signed, take_off
from cases.stages import CORRECTIONS
from clients.models import CareTeamMember, Client, TeamRole
from clients.permissions import check_can_change
from records.models import Charge


def charge_county(charge: Charge) -> str:
    """Where a charge was brought: its court's county, else the arrest's; "" when neither is known."""
    return (charge.county or charge.arrest.county).strip().title()


@transaction.atomic
def plan_petition(
    *,
    client: Client,
    statute: str,
    court: Agency,
    prosecutor: Agency,
    charges: Collection[Charge],
    by: User,
    today: date,
    name_mode: str = "initials",
    drafted_on: date | None = None,
) -> Petition:
    """Put charges of one court and one prosecutor into a new petition, at the stage draft.

    The matter is opened with it when the client has none; counsel of record leads it. `drafted_on` is for
    papers that are older than their place here; no later step may lie before it. Raises
    PermissionDenied, or ValidationError for charges of another court, of another client, that the
    statute does not reach, or that stand in another petition.
    """
    client = Client.objects.select_for_update().get(pk=client.pk)
    check_can_change(by, client)
    drafted_on = drafted_on or today
    check_not_ahead(drafted_on, today, "drafted_on")
    chosen = _chosen(client, charges)
    _check_court(statute, court, prosecutor, chosen)
    _check_reached(client, statute, chosen, today)
    matter = _matter(client, by, today)
    last = Petition.objects.filter(client=client).aggregate(Max("number"))["number__max"] or 0
    petition = Petition(
        client=client,
        matter=matter,
        number=last + 1,
        statute=statute,
        court=court,
        prosecutor=prosecutor,
        name_mode=name_mode,
    )
    save_as(petition, by)
    for charge in chosen:
        save_as(PetitionCharge(client=client, petition=petition, charge=charge), by)
    record(Action.CREATED, by=by, target=petition, fields=["charges"])
    note_event(petition, Stage.DRAFT, on=drafted_on, by=by, kind=StageEvent.Kind.STEP)
    return petition


def _chosen(client: Client, charges: Collection[Charge]) -> list[Charge]:
    ids = {charge.pk for charge in charges}
    found = [charge for charge in charges_of(client) if charge.pk in ids]
    if not found or len(found) != len(ids):
        raise ValidationError({"charges": "Choose at least one charge of this client."})
    return found


def _check_court(statute: str, court: Agency, prosecutor: Agency, charges: list[Charge]) -> None:
    federal = statute_paper(statute).level == "federal"
    if court.kind != Agency.Kind.COURT or (court.jurisdiction == "US") != federal:
        raise ValidationError(
            {"court": "Choose a federal court for this law." if federal else "Choose a court of the state."}
        )
    if prosecutor.kind != Agency.Kind.PROSECUTOR or (prosecutor.jurisdiction == "US") != federal:
        raise ValidationError({"prosecutor": "Choose the office that prosecutes in this court."})
    if prosecutor.county and court.county and prosecutor.county != court.county:
        raise ValidationError(
            {
                "prosecutor": f"This office prosecutes in {prosecutor.county}; the court sits in "
                f"{court.county}."
            }
        )
    if federal:
        courts = {charge.court.strip().lower() for charge in charges if charge.court}
        if len(courts) > 1:
            raise ValidationError(
                {"charges": "These charges are of different courts. Plan one motion for each court."}
            )
        return
    elsewhere = [charge for charge in charges if charge_county(charge) not in ("", court.county)]
    if elsewhere:
        listed = ", ".join(f"{charge.number} ({charge_county(charge)})" for charge in elsewhere)
        raise ValidationError(
            {
                "charges": f"Not of {court.county} County: {listed}. One petition takes charges of one court "
                "and prosecutor; plan another."
            }
        )


def _check_reached(client: Client, statute: str, charges: list[Charge], today: date) -> None:
    for screened in screen_for(charges=charges, statute_id=statute, today=today).values():
        if screened.finding.answer == "does_not_reach":
            raise ValidationError(
                {"charges": f"{screened.charge.number} is not reached: {screened.reason}. Leave it out."}
            )
    ids = [charge.pk for charge in charges]
    busy = PetitionCharge.objects.filter(client=client, charge__in=ids, petition__statute=statute).exclude(
        petition__stage=Stage.WITHDRAWN
    )
    taken = busy.exclude(result__in=["denied", "withdrawn"]).select_related("charge__arrest", "petition")
    if line := taken.first():
        raise ValidationError(
            {
                "charges": f"{line.charge.number} stands in petition {line.petition.number} already. "
                "Leave it out."
            }
        )


def _matter(client: Client, by: User, today: date) -> Matter:
    found = Matter.objects.filter(client=client, kind=Matter.Kind.VACATUR, closed_on__isnull=True).first()
    if found is not None:
        return found
    counsel = (
        CareTeamMember.objects.filter(client=client, role=TeamRole.COUNSEL, left_on__isnull=True)
        .select_related("user")
        .order_by("joined_on")
        .first()
    )
    matter = Matter(
        client=client, kind=Matter.Kind.VACATUR, lead=counsel.user if counsel else by, opened_on=today
    )
    save_as(matter, by)
    record(Action.CREATED, by=by, target=matter)
    return matter


@transaction.atomic
def sign(
    *, petition: Petition, on: date, by: User, today: date, note: str = "", copy: UploadedFile | None = None
) -> Petition:
    """Counsel signs. Refused while a stop stands: raises ValidationError with each of them.

    The newest versions are what was signed; a `copy` is kept with the act or neither is (field `copy`).
    """
    petition = begin(petition, "sign", by)
    check_not_ahead(on, today, "on")
    check_after(on, petition.drafted_on, "on", "drafted")
    standing = stops(petition=petition, today=today)
    if standing:
        raise ValidationError([stop.words for stop in standing])
    petition.signed_on = on
    ready = drafts(petition)
    keep_signed(petition, {kind: ready[kind][0] for kind in sorted(SIGNED_PAPERS) if ready.get(kind)})
    if copy is not None:
        keep_copy(petition, "signed", copy, by, name="copy")
    move(petition, Stage.SIGNED, on=on, by=by, note=note)
    return petition


@transaction.atomic
def file(
    *,
    petition: Petition,
    on: date,
    court_number: str,
    by: User,
    today: date,
    note: str = "",
    copy: UploadedFile | None = None,
) -> Petition:
    """The court took the petition in. In a federal court the answer runs from here.

    A `copy` with the court's stamp is kept with the act or neither is (field `copy`).
    """
    petition = begin(petition, "file", by)
    check_not_ahead(on, today, "on")
    check_after(on, petition.signed_on, "on", "signed")
    petition.filed_on, petition.court_number = on, court_number.strip() or None
    if copy is not None:
        keep_copy(petition, "filed", copy, by, name="copy")
    move(petition, Stage.FILED, on=on, by=by, note=note)
    if statute_paper(petition.statute).answer_from == "filing":
        dates.compute_answer(petition=petition, by=by)
    return petition


@transaction.atomic
def correct(*, petition: Petition, by: User, today: date, note: str) -> Petition:
    """Take the last step back: what it wrote is cleared, its dates are withdrawn, the note says why.

    The signed or stamped copy leaves the petition and stays under Documents. What was recorded as sent goes
    with the filing: nothing is served before it; its history stays.
    """
    petition = begin(petition, "correct", by)
    note = reason_of(note)
    left, back = Stage(petition.stage), CORRECTIONS[petition.stage]
    cleared = {
        Stage.SIGNED: ["signed_on"],
        Stage.FILED: ["filed_on", "court_number"],
        Stage.SERVED: ["served_on"],
        Stage.OPPOSED: ["answered_on"],
        Stage.UNOPPOSED: ["answered_on"],
    }[left]
    for name in cleared:
        setattr(petition, name, None)
    if left in (Stage.SIGNED, Stage.FILED):
        take_off(petition, "signed" if left == Stage.SIGNED else "filed")
    move(petition, back, on=today, by=by, note=note, kind=StageEvent.Kind.CORRECTED)
    _undo_dates(petition, left, by)
    return petition


def _undo_dates(petition: Petition, left: Stage, by: User) -> None:
    """A step that did not happen leaves no date behind; an answer that did not come opens its date again."""
    if left == Stage.SERVED:
        for row in petition.services.filter(recipient=petition.prosecutor):
            row.received_on = None
            save_as(row, by)
            changed(row, by, ["received_on"])
    if left == Stage.FILED:
        for row in petition.services.all():
            changed(row, by, ["removed"])
            row._history_user = by
            row.delete()
    if left in (Stage.FILED, Stage.SERVED):
        paper = statute_paper(petition.statute)
        if (paper.answer_from == "service") == (left == Stage.SERVED):
            dates.withdraw_all(petition=petition, by=by)
    if left in (Stage.OPPOSED, Stage.UNOPPOSED):
        stale = Deadline.objects.filter(petition=petition, replaced_at__isnull=True)
        dates.replace(stale.exclude(rule__endswith=statute_paper(petition.statute).answer), by=by)
        answer = stale.filter(rule__endswith=statute_paper(petition.statute).answer).first()
        if answer is not None:
            dates.reopen(answer, by)


@transaction.atomic
def withdraw(*, petition: Petition, on: date, by: User, today: date, note: str = "") -> Petition:
    """End the petition for good; its open charges are free for another one, its dates fall away."""
    petition = begin(petition, "withdraw", by)
    check_not_ahead(on, today, "on")
    check_after(
        on, petition.filed_on or petition.drafted_on, "on", "filed" if petition.filed_on else "drafted"
    )
    for line in petition.lines.filter(result=PetitionCharge.Result.OPEN):
        line.result, line.result_on = PetitionCharge.Result.WITHDRAWN, on
        save_as(line, by)
        changed(line, by, [line.result])
    for hearing in petition.hearings.filter(outcome=Hearing.Outcome.AHEAD):
        hearing.outcome = Hearing.Outcome.VACATED
        save_as(hearing, by)
        changed(hearing, by, [hearing.outcome])
    move(petition, Stage.WITHDRAWN, on=on, by=by, note=note)
    dates.withdraw_all(petition=petition, by=by)
    return petition

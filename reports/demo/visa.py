"""T visas of made-up files in every state of the machine, with receipts, notices, family and work permits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cases.models import Matter
from documents.models import Document
from reports.demo import people, texts
from reports.demo.batch import Action
from reports.demo.folder import Folder
from reports.demo.petitions import add_deadline, open_matter
from reports.demo.world import day_of_birth
from visas.ends import end_dates
from visas.models import FamilyMember, Notice, Receipt, TVisa, VisaEvent, WorkPermit
from visas.rules import status_end
from visas.rules.base import words
from visas.services.notices import computed_date
from visas.stages import machine
from visas.working import classify

Step = tuple[str, str, int]
"""An event of the machine, the state it leads to, and the days since the step before."""

_TO_FILED: tuple[Step, ...] = (("accept_case", "preparing", 12), ("send_package", "filed", 70))
_TO_RECEIPT: tuple[Step, ...] = (*_TO_FILED, ("receipt_notice", "receipted", 14))
_TO_PRINTS: tuple[Step, ...] = (*_TO_RECEIPT, ("biometrics", "biometrics_done", 60))
_TO_BFD: tuple[Step, ...] = (*_TO_PRINTS, ("bfd_grant", "bfd_positive", 150))
_TO_GRANT: tuple[Step, ...] = (*_TO_PRINTS, ("approval", "approved", 430))
_TO_DENIAL: tuple[Step, ...] = (*_TO_PRINTS, ("denial", "denied", 300))

ROUTES: dict[str, tuple[Step, ...]] = {
    "screening": (),
    "preparing": _TO_FILED[:1],
    "filed": _TO_FILED,
    "receipted": _TO_RECEIPT,
    "biometrics_done": _TO_PRINTS,
    "rfe_open": (*_TO_PRINTS, ("rfe", "rfe_open", 120)),
    "noid_open": (*_TO_PRINTS, ("noid", "noid_open", 200)),
    "bfd_positive": _TO_BFD,
    "waiting_list": (*_TO_BFD, ("cap_reached", "waiting_list", 40)),
    "approved": _TO_GRANT,
    "extension_pending": (*_TO_GRANT, ("i539_received", "extension_pending", 1380)),
    "status_expired": (*_TO_GRANT, ("status_end_passed", "status_expired", 1461)),
    "denied": _TO_DENIAL,
    "appeal_or_motion_pending": (*_TO_DENIAL, ("i290b_received", "appeal_or_motion_pending", 28)),
    "denied_final": (*_TO_DENIAL, ("time_passed", "denied_final", 40)),
    "noir_open": (*_TO_GRANT, ("noir", "noir_open", 500)),
    "revoked_final": (*_TO_GRANT, ("noir", "noir_open", 500), ("revoked", "revoked_final", 60)),
    "adjustment": (*_TO_GRANT, ("i485_receipted", "adjustment", 1110)),
    "lpr": (*_TO_GRANT, ("i485_receipted", "adjustment", 1110), ("i485_approved", "lpr", 320)),
    "withdrawn": (*_TO_RECEIPT, ("withdraw", "withdrawn", 45)),
    "closed": (*_TO_RECEIPT, ("withdraw", "withdrawn", 45), ("close_file", "closed", 20)),
}
"""A way through the machine `t1_matter` to each of its states."""

NOTICES = {"rfe": "RFE", "noid": "NOID", "noir": "NOIR", "denial": "DENIAL_APPEAL"}
ENDS_NOTICE = frozenset({"time_passed", "revoked"})
"""Events after which a notice waits for no answer any more, although none came."""

_TO_OWN_RECEIPT: tuple[Step, ...] = (("send_supplement_a", "filed", 0), ("receipt_notice", "receipted", 14))
FAMILY_ROUTES: dict[str, tuple[Step, ...]] = {
    "planned": (),
    "closed": (),
    "filed": _TO_OWN_RECEIPT[:1],
    "receipted": _TO_OWN_RECEIPT,
    "bfd_positive": (*_TO_OWN_RECEIPT, ("bfd_grant", "bfd_positive", 200)),
    "rfe_open": (*_TO_OWN_RECEIPT, ("rfe", "rfe_open", 140)),
    "approved_in_us": (*_TO_OWN_RECEIPT, ("approval", "approved_in_us", 500)),
    "adjustment": (
        *_TO_OWN_RECEIPT,
        ("approval", "approved_in_us", 500),
        ("i485_receipted", "adjustment", 1130),
    ),
}
"""A way through the machine `t_derivative`, days counted from the sending of Supplement A."""

DERIVATIVE_STAGE = {
    "screening": "planned",
    "preparing": "planned",
    "filed": "filed",
    "receipted": "receipted",
    "biometrics_done": "receipted",
    "rfe_open": "receipted",
    "noid_open": "receipted",
    "bfd_positive": "bfd_positive",
    "waiting_list": "bfd_positive",
    "approved": "approved_in_us",
    "extension_pending": "approved_in_us",
    "noir_open": "approved_in_us",
    "adjustment": "adjustment",
    "lpr": "adjustment",
}


@dataclass(frozen=True, slots=True)
class Passed:
    """A step that was made, and when."""

    event: str
    stage: str
    on: date


def route_to(state: str, last: date) -> list[Passed]:
    """The steps to a state, the last of them on `last`."""
    steps, day = [], last
    for event, stage, gap in reversed(ROUTES[state]):
        steps.append(Passed(event, stage, day))
        day -= timedelta(days=gap)
    return steps[::-1]


def started(state: str, days: int, today: date) -> date:
    """The day on which a matter that entered `state` so many days ago was opened."""
    return today - timedelta(days=days + sum(gap for _event, _stage, gap in ROUTES[state]))


def file_visa(folder: Folder, state: str, days: int, *, family: int = 0, closed: date | None = None) -> TVisa:
    """A T visa that entered `state` so many days ago, with everything on the way."""
    today = folder.world.today
    steps = route_to(state, today - timedelta(days=days))
    lead = folder.advocate if folder.index % 3 == 0 else folder.lead
    begun = min(started(state, days, today), folder.world.ago(1))
    matter: Matter = open_matter(folder, Matter.Kind.T_VISA, begun, lead, closed)
    visa = TVisa(client=folder.client, matter=matter, stage=state)
    on = {step.event: step.on for step in steps}
    visa.sent_on = on.get("send_package")
    visa.received_on = visa.sent_on + timedelta(days=4) if visa.sent_on and "receipt_notice" in on else None
    visa.bona_fide_on = on.get("bfd_grant")
    visa.approved_on = on.get("approval")
    if visa.approved_on:
        visa.status_ends_on = status_end(printed=None, approved=visa.approved_on).ends
    visa.waiting_from = visa.received_on
    keep_visa(folder, visa, begun, steps)
    _receipts(folder, visa, on)
    _notices(folder, visa, steps)
    _permits(folder, visa)
    for _ in range(family):
        _relative(folder, visa)
    keep_ends(folder, visa)
    if visa.approved_on:
        text = folder.fill(
            "USCIS approves the application. Nothing in it speaks of {place} but page {number}."
        )
        folder.papers["approval"] = folder.document(
            Document.Kind.NOTICE, "Approval notice", text, on=visa.approved_on, by=folder.advocate
        )
    return visa


def keep_visa(folder: Folder, visa: TVisa, begun: date, steps: list[Passed]) -> None:
    """The row with a version for every stage, and the events."""
    by = visa.matter.lead
    wrote = {
        "send_package": "sent_on",
        "receipt_notice": "received_on",
        "bfd_grant": "bona_fide_on",
        "approval": "approved_on",
    }
    columns: dict[str, Any] = dict.fromkeys([*wrote.values(), "status_ends_on", "waiting_from"])
    columns["stage"] = machine("t1_matter").initial
    versions = [(begun, dict(columns))]
    for step in steps:
        columns["stage"] = step.stage
        if step.event in wrote:
            columns[wrote[step.event]] = getattr(visa, wrote[step.event])
        if step.event == "receipt_notice":
            columns["waiting_from"] = visa.waiting_from
        if step.event == "approval":
            columns["status_ends_on"] = visa.status_ends_on
        versions.append((step.on, dict(columns)))
    moments = sorted(folder.moment(day) for day, _columns in versions)
    stamped = [(when, by, values) for when, (_day, values) in zip(moments, versions, strict=True)]
    folder.batch.add(visa, at=stamped[-1][0], by=by, earlier=stamped[:-1])
    folder.batch.event(Action.CREATED, at=stamped[0][0], by=by, client=folder.client.pk, target=visa)
    for step in steps:
        keep_event(folder, visa, step)


def keep_event(folder: Folder, visa: TVisa, step: Passed, person: FamilyMember | None = None) -> None:
    """A step of the client's machine or of a relative's, with the days that the machine asks for."""
    note = folder.fill(folder.chance.choice(texts.VISA_NOTES)) if folder.chance.random() < 0.3 else None
    by = visa.matter.lead
    row = VisaEvent(
        client=folder.client,
        visa=visa,
        person=person,
        event=step.event,
        stage=step.stage,
        on=step.on,
        dates=_days_of(visa, step, person),
        by=by,
        note=note,
    )
    when = folder.moment(step.on)
    folder.batch.add(row, at=when, by=by)
    target = person or visa
    folder.batch.event(
        Action.STAGE, at=when, by=by, client=folder.client.pk, target=target, fields=[step.stage]
    )


def _days_of(visa: TVisa, step: Passed, person: FamilyMember | None) -> dict[str, str]:
    known: dict[str, date | None] = {}
    if step.event == "receipt_notice":
        known["received_date"] = step.on - timedelta(days=10) if person else visa.received_on
    elif step.event == "approval":
        known["status_end_date"] = visa.status_ends_on
    elif step.event == "bfd_grant":
        known["deferred_action_until"] = step.on + timedelta(days=4 * 365)
    elif step.event in NOTICES:
        form = "I-914A" if person else "I-914"
        draft = Notice(kind=NOTICES[step.event], form=form, served_on=step.on, served_by="mail")
        known["due_date"] = computed_date(draft).due
    chosen = machine("t_derivative" if person else "t1_matter")
    moves = [move for move in chosen.transitions if (move.event, move.to) == (step.event, step.stage)]
    keys = [key for key in moves[0].dates if key != "receipt_number"]
    return {key: (known.get(key) or step.on).isoformat() for key in keys}


def receipt(folder: Folder, visa: TVisa, form: str, on: date, person: FamilyMember | None = None) -> Receipt:
    """A receipt with the next number of this file."""
    folder.receipts += 1
    number = people.receipt_number(folder.index, folder.receipts)
    row = Receipt(client=folder.client, visa=visa, person=person, form=form, number=number, received_on=on)
    return folder.batch.add(row, at=folder.moment(on + timedelta(days=14)), by=folder.advocate)


def _receipts(folder: Folder, visa: TVisa, on: dict[str, date]) -> None:
    if visa.received_on:
        for form in ("I-914", "I-192") if folder.chance.random() < 0.6 else ("I-914",):
            receipt(folder, visa, form, visa.received_on)
    if visa.bona_fide_on:
        receipt(folder, visa, "I-765", visa.bona_fide_on)
    for event, form in (
        ("i539_received", "I-539"),
        ("i485_receipted", "I-485"),
        ("i290b_received", "I-290B"),
    ):
        if event in on:
            receipt(folder, visa, form, on[event])


def _notices(folder: Folder, visa: TVisa, steps: list[Passed]) -> None:
    """Every notice on the way, answered unless it is the state."""
    for place, step in enumerate(steps):
        kind = NOTICES.get(step.event)
        if kind is None:
            continue
        following = steps[place + 1] if place + 1 < len(steps) else None
        over = following is not None and following.event in ENDS_NOTICE
        notice(
            folder,
            visa,
            kind,
            "I-914",
            step.on,
            answered=following.on if following is not None and not over else None,
            overtaken=following.on if following is not None and over else None,
        )


def notice(
    folder: Folder,
    visa: TVisa,
    kind: str,
    form: str,
    mailed: date,
    *,
    person: FamilyMember | None = None,
    answered: date | None = None,
    overtaken: date | None = None,
    asks: str = "",
    owner: Any = None,
) -> Notice:
    """A notice with its computed date. `answered`: USCIS had the answer; `overtaken`: the time ran out."""
    row = Notice(
        client=folder.client,
        visa=visa,
        person=person,
        kind=kind,
        form=form,
        served_on=mailed,
        asks_for=asks or folder.fill(folder.chance.choice(texts.RFE_ASKS)),
        sent_on=answered - timedelta(days=2) if answered else None,
        answered_on=answered,
    )
    whose = f", {person.get_relationship_display().lower()}" if person else ""
    deadline = add_deadline(
        folder,
        visa.matter,
        computed_date(row),
        trigger=mailed,
        owner=owner or visa.matter.lead,
        written=mailed + timedelta(days=4),
        about=f"{form}{whose}, notice of {words(mailed)}",
        done=answered,
        replaced=overtaken,
    )
    if deadline is None:
        raise ValueError(f"No date for a {kind} of {mailed}.")
    row.deadline = deadline
    when = folder.moment(mailed + timedelta(days=4))
    text = f"{row.asks_for}\nMailed {mailed:%B} {mailed.day}, {mailed.year}."
    folder.papers["notice"] = folder.document(
        Document.Kind.NOTICE, f"{row.get_kind_display()}, {form}", text, on=when.date(), by=folder.advocate
    )
    return folder.batch.add(row, at=when, by=folder.advocate)


def permit(
    folder: Folder, visa: TVisa, category: str, first: date, last: date, person: FamilyMember | None = None
) -> WorkPermit:
    """A work permit."""
    row = WorkPermit(
        client=folder.client, visa=visa, person=person, category=category, valid_from=first, valid_to=last
    )
    return folder.batch.add(row, at=folder.moment(first), by=folder.advocate)


def _permits(folder: Folder, visa: TVisa) -> None:
    today = folder.world.today
    if visa.bona_fide_on and visa.bona_fide_on + timedelta(days=45) < today:
        first = visa.bona_fide_on + timedelta(days=45)
        permit(folder, visa, "(c)(40)", first, visa.bona_fide_on + timedelta(days=4 * 365))
    if visa.approved_on and visa.status_ends_on:
        permit(folder, visa, "(a)(16)", visa.approved_on, visa.status_ends_on)


def keep_ends(folder: Folder, visa: TVisa) -> None:
    """The last days of cards and status, as the services keep them; call it once all of them are there."""
    taken = folder.batch.taken
    found = end_dates(
        visa,
        [row for row in taken(WorkPermit) if row.visa_id == visa.pk],
        [row for row in taken(Receipt) if row.visa_id == visa.pk],
        [row for row in taken(FamilyMember) if row.visa_id == visa.pk],
    )
    for one in found:
        add_deadline(
            folder,
            visa.matter,
            one.computed,
            trigger=one.from_on,
            owner=visa.matter.lead,
            written=visa.approved_on or visa.bona_fide_on or visa.matter.opened_on,
            about=one.about,
            done=one.met_on,
        )


def _relative(folder: Folder, visa: TVisa) -> None:
    """A husband or wife first, then children."""
    chance = folder.chance
    spouse = chance.random() < 0.4
    if spouse:
        other = people.make_person(chance, youngest=25, oldest=50)
        tie, born, name = "spouse", other.born, other.legal
    else:
        other = people.make_person(chance)
        received = visa.received_on or folder.world.today
        age = chance.randint(7, 19)
        born = day_of_birth(
            min(received.replace(year=received.year - age, day=min(received.day, 28)), date(2019, 12, 28))
        )
        tie, name = "child", f"{other.name} {folder.person.surname}"
    add_relative(folder, visa, tie, name, born, DERIVATIVE_STAGE.get(visa.stage, "closed"))


def add_relative(
    folder: Folder,
    visa: TVisa,
    tie: str,
    name: str,
    born: date | None,
    stage: str,
    *,
    sent: date | None = None,
    mailed: date | None = None,
    **values: Any,
) -> FamilyMember:
    """A relative with the events, receipt and card that fit the stage.

    `sent`: when Supplement A left, with the client's own package where it is left out. `mailed`: when the
    notice was that a stage waits for.
    """
    row = FamilyMember(
        client=folder.client,
        visa=visa,
        relationship=tie,
        name=name,
        date_of_birth=born,
        stage=stage,
        **values,
    )
    found = classify(row, visa, folder.world.today)
    row.derivative_class = (found.code or "") if found else ""
    begun = sent or visa.sent_on or visa.matter.opened_on
    folder.batch.add(row, at=folder.moment(begun), by=folder.advocate)
    for event, to, days in FAMILY_ROUTES[stage]:
        on = mailed if mailed and event in NOTICES else begun + timedelta(days=days)
        if event == "approval" and visa.approved_on:
            on = max(visa.approved_on, begun)
        keep_event(folder, visa, Passed(event, to, min(on, folder.world.ago(1))), row)
        if event == "receipt_notice":
            receipt(folder, visa, "I-914A", min(on, folder.world.ago(1)) - timedelta(days=10), row)
    if stage in ("approved_in_us", "adjustment") and visa.approved_on and visa.status_ends_on:
        first = visa.approved_on + timedelta(days=60)
        permit(folder, visa, "(c)(25)", first, visa.status_ends_on, row)
    return row

"""Petitions of made-up files at every stage, with dates that the date engine computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from accounts.models import User
from cases.law import DutyRow, statute_paper
from cases.models import (
    Agency,
    AgencyDuty,
    Deadline,
    Hearing,
    Matter,
    Petition,
    PetitionCharge,
    Service,
    StageEvent,
)
from cases.models.petitions import GRANTS, Stage
from cases.services.agencies import agency_in_papers
from cases.working import working_by_hand, working_of
from deadlines.rules import order_duty, petition_deadline
from deadlines.types import ComputedDate
from documents.models import Document
from records.models import Charge
from reports.demo import texts
from reports.demo.batch import Action
from reports.demo.folder import Folder
from reports.demo.plots import FEDERAL, PetitionPlot
from reports.demo.record import FEDERAL_COURT
from reports.demo.world import at, court_day
from reports.people import needs_interpreter

FEDERAL_PROSECUTOR = "United States Attorney, Northern District of California"
ORDER_WORDS = "invalid due to legal defect at the time of the arrest or conviction"
SIDES = {"ours": Deadline.Side.OURS, "theirs": Deadline.Side.THEIRS, "court": Deadline.Side.COURT}
JUDGES = ("Hon. A. Quillwort", "Hon. B. Saxifrage", "Hon. C. Moorhen", "Hon. D. Lapwing")
SERVERS = ("Q. Plantain", "R. Cinquefoil", "T. Dabchick")


@dataclass(slots=True)
class Course:
    """The days of a petition, and what the court did with each charge; None has not happened."""

    stage: str
    drafted: date
    signed: date | None = None
    filed: date | None = None
    served: date | None = None
    answered: date | None = None
    opposed: bool = True
    hearing: date | None = None
    hearing_held: bool = False
    decided: date | None = None
    withdrawn: date | None = None
    results: list[str] = field(default_factory=list)


def course_of(plot: PetitionPlot, today: date) -> Course:
    """The days that lead to where a petition stands, counted backwards from what its plot names."""
    federal = plot.statute == FEDERAL
    day, later = today - timedelta(days=plot.days), today + timedelta(days=plot.days)
    match plot.stage:
        case "draft":
            return Course("draft", day)
        case "signed":
            return Course("signed", day - timedelta(days=12), day)
        case "filed":
            return _filed("filed", court_day(day))
        case "served":
            served = court_day(later - timedelta(days=45))
            return _served("served", served)
        case "opposed" | "unopposed":
            answered = court_day(day)
            course = _served(plot.stage, court_day(answered - timedelta(days=25 if federal else 40)))
            course.answered, course.opposed = answered, plot.stage == "opposed"
            return course
        case "hearing_set":
            hearing = court_day(later)
            course = _served("hearing_set", court_day(today - timedelta(days=62)))
            course.answered, course.hearing = court_day(today - timedelta(days=24)), hearing
            course.opposed = plot.days % 2 == 0
            return course
        case "withdrawn":
            course = _filed("withdrawn", court_day(day - timedelta(days=30)))
            course.withdrawn = day
            return course
    decided = court_day(day)
    course = _served(plot.stage, court_day(decided - timedelta(days=88)))
    course.answered, course.opposed = court_day(decided - timedelta(days=50)), plot.stage != "granted"
    course.hearing, course.hearing_held, course.decided = decided, True, decided
    course.results = {
        "granted": ["granted"] * plot.charges,
        "denied": ["denied"] * plot.charges,
        "partly_granted": ["granted"] * (plot.charges - 1) + ["denied" if plot.days % 2 else "open"],
    }[plot.stage]
    return course


def _filed(stage: str, filed: date) -> Course:
    return Course(stage, filed - timedelta(days=17), filed - timedelta(days=7), filed)


def _served(stage: str, served: date) -> Course:
    course = _filed(stage, court_day(served - timedelta(days=7)))
    course.served = served
    return course


# --- Matters --------------------------------------------------------------------------------------


def open_matter(folder: Folder, kind: str, on: date, lead: User, closed: date | None = None) -> Matter:
    """A matter, closed with the file."""
    row = Matter(client=folder.client, kind=kind, lead=lead, opened_on=on, closed_on=closed)
    when = folder.moment(on)
    earlier = [(when, lead, {"closed_on": None})] if closed else []
    folder.batch.event(Action.CREATED, at=when, by=lead, client=folder.client.pk, target=row)
    return folder.batch.add(row, at=folder.moment(closed) if closed else when, by=lead, earlier=earlier)


# --- One petition -----------------------------------------------------------------------------------


def file_petition(
    folder: Folder,
    matter: Matter,
    number: int,
    plot: PetitionPlot,
    charges: Sequence[Charge],
    course: Course | None = None,
    **values: Any,
) -> Petition:
    """A petition with its charges, services, hearings, dates and duties.

    `course` goes before what the plot would give.
    """
    course = course or course_of(plot, folder.world.today)
    charges = list(charges)[: max(plot.charges, 1)]
    results = course.results or ["withdrawn" if course.withdrawn else "open"] * len(charges)
    stage = _stage(course, results[: len(charges)])
    court, prosecutor = _places(folder, plot)
    petition = Petition(
        client=folder.client,
        matter=matter,
        number=number,
        statute=plot.statute,
        court=court,
        prosecutor=prosecutor,
        stage=stage,
        signed_on=course.signed,
        filed_on=course.filed,
        served_on=course.served,
        answered_on=course.answered,
        decided_on=course.decided,
        name_mode=values.pop("name_mode", "initials"),
        **_sealed(folder, plot, course, values),
    )
    _add_petition(folder, petition, course)
    for charge, result in zip(charges, results, strict=False):
        _add_line(folder, petition, charge, result, course)
    _events(folder, petition, course)
    if course.filed:
        _dates(folder, petition, course)
    if course.served:
        _services(folder, petition, course)
    if course.hearing:
        _hearings(folder, petition, course, values)
    _papers(folder, petition, course)
    if stage in GRANTS:
        granted = [charge for charge, result in zip(charges, results, strict=False) if result == "granted"]
        _duties(folder, petition, course, granted, plot.confirmed)
    return petition


def _stage(course: Course, results: Iterable[str]) -> str:
    """The course's stage; a partial grant of which only the granted part is left is a grant."""
    counted = set(results)
    if course.stage == "partly_granted" and counted == {"granted"}:
        return Stage.GRANTED
    return course.stage


def _sealed(folder: Folder, plot: PetitionPlot, course: Course, values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if course.filed:
        year = f"{course.filed:%y}"
        number = f"{year}-SC-{folder.chance.randrange(10_000, 99_999)}"
        if plot.statute == FEDERAL:
            number = f"3:{year}-cr-{folder.chance.randrange(1000, 9999):05d}-JL"
        found["court_number"] = values.pop("court_number", number)
    if course.signed or folder.chance.random() < 0.5:
        first = folder.chance.randint(2012, 2015)
        said = {
            "period": folder.fill(folder.chance.choice(texts.PERIODS), first=first, last=first + 4),
            "means": folder.fill(folder.chance.choice(texts.MEANS)),
        }
        found["facts"] = {"said": said, "checks": {}}
    return found


def _places(folder: Folder, plot: PetitionPlot) -> tuple[Agency, Agency]:
    world = folder.world
    if plot.statute == FEDERAL:
        return (
            world.agency("court", FEDERAL_COURT, jurisdiction="US"),
            world.agency("prosecutor", FEDERAL_PROSECUTOR, jurisdiction="US"),
        )
    return (
        world.agency("court", f"Superior Court of California, County of {plot.county}", plot.county),
        world.agency("prosecutor", f"{plot.county} County District Attorney", plot.county),
    )


def _add_petition(folder: Folder, petition: Petition, course: Course) -> None:
    """The row with a version for every stage it went through."""
    by = folder.lead
    days = dict.fromkeys(("signed_on", "filed_on", "served_on", "answered_on", "decided_on"))
    versions: list[tuple[date, dict[str, Any]]] = [(course.drafted, {"stage": Stage.DRAFT, **days})]
    for day, stage, name in _moves(course):
        columns = {**versions[-1][1], "stage": stage}
        if name:
            columns[name] = day
        versions.append((day, columns))
    moments = sorted(folder.moment(day) for day, _columns in versions)
    stamped = [(when, by, columns) for when, (_day, columns) in zip(moments, versions, strict=True)]
    folder.batch.add(petition, at=stamped[-1][0], by=by, earlier=stamped[:-1])
    folder.batch.event(Action.CREATED, at=stamped[0][0], by=by, client=folder.client.pk, target=petition)


def _moves(course: Course) -> list[tuple[date, str, str]]:
    """Every step of the table that led here: day, stage, column that it writes."""
    answer = Stage.OPPOSED if course.opposed else Stage.UNOPPOSED
    steps = [
        (course.signed, Stage.SIGNED, "signed_on"),
        (course.filed, Stage.FILED, "filed_on"),
        (course.served, Stage.SERVED, "served_on"),
        (course.answered, answer, "answered_on"),
    ]
    found = [(day, str(stage), name) for day, stage, name in steps if day is not None]
    if course.hearing is not None:
        set_on = (course.answered or course.hearing) + timedelta(days=5)
        found.append((set_on, str(Stage.HEARING_SET), ""))
    if course.decided is not None:
        found.append((course.decided, course.stage, "decided_on"))
    if course.withdrawn is not None:
        found.append((course.withdrawn, str(Stage.WITHDRAWN), ""))
    return found


def _add_line(folder: Folder, petition: Petition, charge: Charge, result: str, course: Course) -> None:
    row = PetitionCharge(client=folder.client, petition=petition, charge=charge, result=result)
    drafted = folder.moment(course.drafted)
    if result == "open":
        folder.batch.add(row, at=drafted, by=folder.lead)
        return
    row.result_on = course.decided or course.withdrawn
    if result == "granted":
        row.order_words = ORDER_WORDS
    was = {"result": "open", "result_on": None, "order_words_sealed": None}
    when = max(folder.moment(row.result_on or course.drafted), drafted)
    folder.batch.add(row, at=when, by=folder.lead, earlier=[(drafted, folder.lead, was)])


def _events(folder: Folder, petition: Petition, course: Course) -> None:
    steps = [(course.drafted, str(Stage.DRAFT), ""), *_moves(course)]
    for day, stage, _name in steps:
        day = min(day, folder.world.ago(1))
        note = folder.fill(folder.chance.choice(texts.STAGE_NOTES)) if folder.chance.random() < 0.4 else None
        kept = stage if stage not in GRANTS or stage == petition.stage else petition.stage
        row = StageEvent(
            client=folder.client, petition=petition, stage=kept, on=day, by=folder.lead, note=note
        )
        when = folder.moment(day)
        folder.batch.add(row, at=when, by=folder.lead)
        folder.batch.event(
            Action.STAGE, at=when, by=folder.lead, client=folder.client.pk, target=petition, fields=[kept]
        )


# --- Dates --------------------------------------------------------------------------------------------


def add_deadline(
    folder: Folder,
    matter: Matter,
    computed: ComputedDate,
    *,
    trigger: date | None,
    owner: User,
    written: date,
    what: str = "",
    about: str = "",
    petition: Petition | None = None,
    side: str = "",
    done: date | None = None,
    replaced: date | None = None,
) -> Deadline | None:
    """A computed date as `cases.services.dates.set_deadline` writes it; None where the law gives none."""
    if computed.due is None:
        return None
    row = Deadline(
        client=folder.client,
        matter=matter,
        petition=petition,
        what=what or computed.label,
        about=about,
        rule=computed.citation_id or "",
        side=side or SIDES[computed.owner],
        trigger_on=trigger,
        raw_on=computed.raw,
        safe_on=computed.safe,
        due_on=computed.due,
        working=working_of(computed),
        confirmed=computed.confirmed,
        owner=owner,
    )
    return _keep_deadline(folder, row, written, done, replaced)


def add_date_by_hand(
    folder: Folder,
    matter: Matter,
    what: str,
    due: date,
    source: str,
    *,
    written: date,
    petition: Petition | None = None,
    side: str = "ours",
) -> Deadline:
    """A date that a paper of the court names: kept as printed, never computed."""
    row = Deadline(
        client=folder.client,
        matter=matter,
        petition=petition,
        what=what,
        side=side,
        due_on=due,
        working=working_by_hand(due, source),
        owner=matter.lead,
    )
    return _keep_deadline(folder, row, written, None, None)


def _keep_deadline(
    folder: Folder, row: Deadline, written: date, done: date | None, replaced: date | None
) -> Deadline:
    when = folder.moment(written)
    if done is None and replaced is None:
        return folder.batch.add(row, at=when, by=row.owner)
    earlier = [(when, row.owner, {"done_on": None, "done_by_id": None, "replaced_at": None})]
    later = max(folder.moment(done or replaced or written), when)
    if done is not None:
        row.done_on, row.done_by = done, row.owner
    if replaced is not None:
        row.replaced_at = later
    return folder.batch.add(row, at=later, by=row.owner, earlier=earlier)


def _dates(folder: Folder, petition: Petition, course: Course) -> None:
    """The prosecutor's answer and, in a federal court, the hearing window."""
    paper = statute_paper(petition.statute)
    trigger = course.served if paper.answer_from == "service" else course.filed
    if trigger is None:
        return
    done = course.answered or course.decided
    _petition_date(
        folder,
        petition,
        paper.answer,
        trigger,
        done=done,
        replaced=course.withdrawn,
        what="Prosecutor’s answer" if paper.level == "state" else "",
    )
    if not petition.is_federal or course.answered is None:
        return
    name = "mandatory_hearing_if_opposed" if course.opposed else "discretionary_hearing_if_unopposed"
    start = course.answered if course.opposed else course.filed
    done = min(course.answered + timedelta(days=5), folder.world.ago(1)) if course.hearing else None
    _petition_date(folder, petition, name, start, done=done)


def _petition_date(
    folder: Folder,
    petition: Petition,
    name: str,
    trigger: date | None,
    *,
    done: date | None = None,
    replaced: date | None = None,
    what: str = "",
) -> Deadline | None:
    computed = petition_deadline(
        petition.statute, name, trigger_date=trigger, court_calendar=_calendar(petition)
    )
    return add_deadline(
        folder,
        petition.matter,
        computed,
        trigger=trigger,
        owner=petition.matter.lead,
        written=trigger or folder.opened,
        what=what,
        about=f"Petition {petition.number}, {petition.place}",
        petition=petition,
        done=done,
        replaced=replaced,
    )


def _calendar(petition: Petition) -> str:
    return petition.court.calendar or ("us-federal" if petition.is_federal else "us-ca")


# --- Service and hearings -----------------------------------------------------------------------------


def _services(folder: Folder, petition: Petition, course: Course) -> None:
    served = course.served
    if served is None:
        return
    rows = [(petition.prosecutor, "personal", served, True)]
    if folder.chance.random() < 0.4 and petition.court.county:
        sheriff = folder.world.agency(
            "police", f"{petition.court.county} County Sheriff", petition.court.county
        )
        rows.append((sheriff, "mail", served + timedelta(days=2), False))
    for recipient, method, received, required in rows:
        row = Service(
            client=folder.client,
            petition=petition,
            recipient=recipient,
            method=method,
            sent_on=served - timedelta(days=1),
            received_on=min(received, folder.world.ago(0)),
            server=folder.chance.choice(SERVERS),
            required=required,
        )
        folder.batch.add(row, at=folder.moment(served), by=folder.team.get("paralegal", folder.lead))


def _hearings(folder: Folder, petition: Petition, course: Course, values: dict[str, Any]) -> None:
    if course.hearing is None:
        return
    chance = folder.chance
    row = Hearing(
        client=folder.client,
        petition=petition,
        court=petition.court,
        starts_at=at(course.hearing, *values.get("hearing_at", chance.choice(((8, 30), (9, 0), (13, 30))))),
        department=values.get("department", f"Dept. {chance.randint(2, 48)}"),
        judge=chance.choice(JUDGES),
        issue=values.get("issue") or folder.fill("Whether the work at {place} was forced"),
        client_appears=chance.choice(("in_person", "remote", "counsel")),
        interpreter_booked=needs_interpreter(folder.client.interpreter or "") and chance.random() < 0.5,
        outcome=Hearing.Outcome.HELD if course.hearing_held else Hearing.Outcome.AHEAD,
    )
    set_on = folder.moment((course.answered or course.drafted) + timedelta(days=5))
    if course.hearing_held:
        earlier = [(set_on, folder.lead, {"outcome": "ahead"})]
        folder.batch.add(row, at=max(folder.moment(course.hearing), set_on), by=folder.lead, earlier=earlier)
    else:
        folder.batch.add(row, at=set_on, by=folder.lead)


# --- Papers and duties --------------------------------------------------------------------------------


def _papers(folder: Folder, petition: Petition, course: Course) -> None:
    place = petition.place
    if course.signed:
        text = folder.fill(
            (
                "Petition {number_} of the client named in the sealed file, {place_}.\nThe client "
                "says: the work was at "
                "{place}, and the {thing} was kept."
            ),
            number_=petition.number,
            place_=place,
        )
        paper = folder.document(
            Document.Kind.PETITION, f"Petition {petition.number}", text, on=course.signed, by=folder.lead
        )
        folder.papers[f"petition-{petition.number}"] = paper
    if course.decided:
        text = folder.fill(
            "The court has read the declaration about {place}, {time}, and decides as follows."
        )
        folder.papers[f"order-{petition.number}"] = folder.document(
            Document.Kind.ORDER, f"Order, petition {petition.number}", text, on=course.decided, by=folder.lead
        )


def _duties(
    folder: Folder, petition: Petition, course: Course, granted: list[Charge], confirmed: int
) -> None:
    """What each agency must do after the order: sent two days later, received, and some confirmed."""
    paper, decided = statute_paper(petition.statute), course.decided
    if decided is None:
        return
    found: dict[int, tuple[Agency, str, date | None]] = {}
    for row in paper.duties:
        for agency, arrested in _bound(folder, row, petition, granted):
            found.setdefault(agency.pk, (agency, row.duty, arrested))
    yesterday = folder.world.ago(1)
    for place, (agency, duty, arrested) in enumerate(found.values()):
        sent: date | None = min(decided + timedelta(days=3), yesterday)
        received: date | None = min(decided + timedelta(days=3 + 2 * place), yesterday)
        done = min(decided + timedelta(days=14 + 13 * place), yesterday) if place < confirmed else None
        if done is None and place == len(found) - 2:
            received = None  # one whose receipt is missing
        if done is None and place == len(found) - 1 and folder.chance.random() < 0.5:
            sent = received = None
        deadline = None
        if paper.duty_index is not None:
            computed = order_duty(
                petition.statute,
                paper.duty_index,
                events={"arrest_date": arrested, "order_entered": decided},
                court_calendar=_calendar(petition),
            )
            deadline = add_deadline(
                folder,
                petition.matter,
                computed,
                trigger=decided,
                owner=petition.matter.lead,
                written=decided,
                what="Agency seals its records",
                about=agency.name,
                petition=petition,
                side=Deadline.Side.AGENCY,
                done=done,
            )
        item = AgencyDuty(
            client=folder.client,
            petition=petition,
            agency=agency,
            duty=duty,
            deadline=deadline,
            sent_on=sent,
            received_on=received,
            confirmed_on=done,
        )
        by = folder.team.get("paralegal", folder.lead)
        if done is not None and place == 0:
            text = folder.fill(
                "We have sealed and destroyed what we held about the arrest; box {number}, {plant} annex."
            )
            item.proof = folder.document(
                Document.Kind.AGENCY_PROOF, f"Confirmation, {agency.name}", text, on=done, by=by
            )
        folder.batch.add(item, at=folder.moment(done or received or sent or decided), by=by)


def _bound(
    folder: Folder, row: DutyRow, petition: Petition, granted: list[Charge]
) -> list[tuple[Agency, date | None]]:
    """The agencies of one row of the law, as `cases.services.orders` finds them."""
    world, county = folder.world, petition.court.county
    days = [charge.arrest.arrested_on for charge in granted]
    latest = max((day for day in days if day is not None), default=None)
    if row.when == "vehicle" and not any(charge.code == "VC" for charge in granted):
        return []
    if row.when == "prison":
        return []
    if row.when == "probation" and not any(charge.kind == Charge.Kind.CONVICTION for charge in granted):
        return []
    if row.who == "court":
        return [(petition.court, latest)]
    if row.who == "prosecutor":
        return [(petition.prosecutor, latest)]
    if row.who == "arresting":
        found = {charge.arrest.agency: charge.arrest for charge in granted}
        return [
            (world.agency("police", agency_in_papers(name), arrest.county, arrest.jurisdiction), latest)
            for name, arrest in found.items()
        ]
    if row.who == "named" and row.agency is not None:
        return [(world.agency(*row.agency), latest)]
    if row.who in ("booking", "probation") and county:
        title = "Sheriff" if row.who == "booking" else "Probation Department"
        kind = "police" if row.who == "booking" else "probation"
        return [(world.agency(kind, f"{county} County {title}", county), latest)]
    return []

"""The overview of one client's file: where everything stands, what comes next, what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from cases.models import AgencyDuty, Deadline, Hearing, Petition, StageEvent
from cases.models.petitions import DECIDED, GRANTS, Stage
from clients.frame import opened
from clients.models import Alias, CareTeamMember, Client, Commitment, ConflictCheck, Identifier, TeamRole
from deadlines.types import day_words
from documents.models import Document
from records.models import Charge, RapSheet
from records.services.screening import screen_charges
from reports.home import hearing_tags
from reports.links import link
from reports.people import needs_interpreter
from reports.queries import (
    ENDED_STAGES,
    hand_overs,
    standing_of,
    visa_stage_words,
    waits_of,
    with_work_to,
)
from reports.words import Pronouns, counted, moment, short_day
from visas.models import FamilyMember, TVisa, VisaEvent, WorkPermit
from visas.rules import Card, basis_on

MOST_STEPS = 12
MOST_EVENTS = 14
MOST_DOCUMENTS = 5
SHOWS = (
    ("", "All"),
    ("court", "Court"),
    ("immigration", "Immigration"),
    ("promises", "Promises"),
    ("documents", "Documents"),
)


@dataclass(frozen=True, slots=True)
class File:
    """Everything the page reads of one client, each table once."""

    client: Client
    today: date
    deadlines: list[Deadline]
    promises: list[Commitment]
    hearings: list[Hearing]
    petitions: list[Petition]
    charges: list[Charge]
    sheets: list[RapSheet]
    visa: TVisa | None
    permits: list[WorkPermit]
    family: list[FamilyMember]
    duties: list[AgencyDuty]


def read(client: Client, today: date) -> File:
    """Rows of one client. A fixed number of queries; opens nothing."""
    visa = TVisa.objects.filter(client=client).first()
    deadlines = with_work_to(Deadline.objects.filter(client=client).open())
    return File(
        client=client,
        today=today,
        deadlines=list(
            deadlines.select_related("owner", "petition", "matter").order_by("worked_to", "due_on")
        ),
        promises=list(Commitment.objects.filter(client=client).select_related("owner").order_by("due_at")),
        hearings=list(
            Hearing.objects.filter(client=client).select_related("court", "petition__matter__lead")
        ),
        petitions=list(Petition.objects.filter(client=client).select_related("court")),
        charges=list(
            Charge.objects.filter(client=client)
            .select_related("arrest")
            .prefetch_related("evidence", "petition_lines")
        ),
        sheets=list(
            RapSheet.objects.filter(client=client)
            .defer("text_sealed", "reading_sealed", "settled_sealed")
            .select_related("imported_by")
        ),
        visa=visa,
        permits=list(WorkPermit.objects.filter(client=client, person__isnull=True)),
        family=list(FamilyMember.objects.filter(client=client)),
        duties=list(AgencyDuty.objects.filter(client=client)),
    )


# --- The path -------------------------------------------------------------------------------------


def path(file: File) -> list[dict[str, Any]]:
    """The stops of the step indicator, each with where it stands and the next step in it."""
    stops = [_intake(file), _record(file), _screening(file), _petitions(file)]
    if file.visa is not None:
        stops += [_visa(file, file.visa), _permit(file)]
        if file.family:
            stops.append(_family(file))
    return stops


def _stop(
    name: str, kind: str, state: str, url: str, ahead: str = "", note: str = "", soon: bool = False
) -> dict[str, Any]:
    stop = {"name": name, "kind": kind, "state": state, "url": url, "next": ahead, "next_note": note}
    return stop | ({"next_kind": "soon"} if soon else {})


def _intake(file: File) -> dict[str, Any]:
    client = file.client
    url = link("intake", client.pk)
    if client.state != Client.State.INTAKE:
        return _stop(
            "Intake",
            "done",
            f"Opened {client.opened_on:%b} {client.opened_on.day}, {client.opened_on.year}",
            url,
        )
    check = ConflictCheck.objects.filter(client=client).order_by("-run_at").first()
    ahead = "Run the conflict check"
    if check is not None:
        ahead = "Decide the conflict check" if check.decision == "open" else "Take on, or not"
    return _stop("Intake", "now", "Under way", url, ahead)


def _record(file: File) -> dict[str, Any]:
    url = link("client-record", file.client.pk)
    in_review = [sheet for sheet in file.sheets if sheet.state == RapSheet.State.REVIEW]
    if in_review:
        unread = sum(sheet.lines_not_read for sheet in in_review)
        state = f"In review, {counted(unread, 'line')} not read" if unread else "RAP sheet in review"
        return _stop("Record", "now", state, url, "Accept the sheet")
    if not file.charges:
        return _stop("Record", "", "No record on file", url, "Ask for the RAP sheet")
    arrests = len({charge.arrest_id for charge in file.charges})
    return _stop(
        "Record", "done", f"{counted(arrests, 'arrest')}, {counted(len(file.charges), 'charge')}", url
    )


def _screening(file: File) -> dict[str, Any]:
    url = link("client-record", file.client.pk)
    if not file.charges:
        return _stop("Screening", "", "Not begun", url)
    to_review = sum(charge.nexus == Charge.Nexus.NOT_REVIEWED for charge in file.charges)
    decided = f"{len(file.charges) - to_review} of {len(file.charges)} decided"
    if to_review:
        return _stop("Screening", "now", decided, url, f"Decide the tie, {counted(to_review, 'charge')}")
    tied = [charge for charge in file.charges if charge.nexus == Charge.Nexus.YES]
    findings = screen_charges(tied, file.today)
    reached = [charge for charge in tied if any(one.answer == "reaches" for one in findings[charge.pk])]
    left = [charge for charge in reached if not charge.petition_lines.all()]
    state = f"{len(tied)} tied, {len(reached)} reached"
    if left:
        return _stop("Screening", "now", state, url, f"Draft a petition, {counted(len(left), 'charge')}")
    return _stop("Screening", "done", state, url)


def _petitions(file: File) -> dict[str, Any]:
    url = link("client-petitions", file.client.pk)
    if not file.petitions:
        return _stop("Petitions", "", "None yet", url)
    stages = Counter(petition.get_stage_display().lower() for petition in file.petitions)
    state = f"{len(file.petitions)}: " + ", ".join(
        words if n == 1 == len(file.petitions) else f"{n} {words}" for words, n in stages.items()
    )
    ahead = next((row for row in file.deadlines if row.petition_id), None)
    open_duties = sum(duty.confirmed_on is None for duty in file.duties)
    over = all(petition.stage in DECIDED | {Stage.WITHDRAWN} for petition in file.petitions)
    kind = "done" if over and not open_duties else "now"
    return _stop("Petitions", kind, state, url, *_ahead(ahead, file))


def _ahead(row: Deadline | None, file: File) -> tuple[str, str, bool]:
    """The next date as the words of a stop: what, who and when, whether it is soon."""
    if row is None:
        return "", "", False
    return (
        row.what,
        f"{row.owner.get_short_name()} · {short_day(row.work_to)}",
        (row.work_to - file.today).days <= 6,
    )


def _visa(file: File, visa: TVisa) -> dict[str, Any]:
    ahead = next((row for row in file.deadlines if row.matter_id == visa.matter_id), None)
    kind = (
        "done"
        if visa.stage in {"approved", "adjustment", "lpr"}
        else "hold"
        if visa.stage in ENDED_STAGES
        else "now"
    )
    what, note, soon = _ahead(ahead, file)
    if not what and visa.status_ends_on:
        what, note = (
            "Status ends",
            f"{visa.status_ends_on:%b} {visa.status_ends_on.day}, {visa.status_ends_on.year}",
        )
    return _stop("T visa", kind, visa_stage_words(visa.stage), link("tvisa", visa.pk), what, note, soon)


def _permit(file: File) -> dict[str, Any]:
    url = link("tvisa", file.visa.pk) if file.visa else ""
    basis = basis_on(_cards(file), file.today)
    if basis.category is None and basis.until is None:
        return _stop("Work permit", "", "None valid today", url)
    until = f"to {short_day(basis.until)}, {basis.until.year}" if basis.until else "no end printed"
    return _stop("Work permit", "done", f"{basis.category or 'A card'}, {until}", url)


def _cards(file: File) -> list[Card]:
    return [Card(permit.valid_from, permit.valid_to, permit.category) for permit in file.permits]


def _family(file: File) -> dict[str, Any]:
    granted = sum(member.is_granted for member in file.family)
    state = f"{counted(len(file.family), 'relative')}: {granted} granted"
    url = link("tvisa", file.visa.pk) if file.visa else ""
    return _stop("Family", "done" if granted == len(file.family) else "now", state, url)


# --- Next steps -----------------------------------------------------------------------------------


def next_steps(file: File) -> list[dict[str, Any]]:
    """Open dates, promises owed and hearings ahead, soonest first. Opens the promises that are shown."""
    rows: list[tuple[datetime, str, Any]] = [(_noon(row.work_to), "date", row) for row in file.deadlines]
    rows += [(row.due_at, "promise", row) for row in file.promises if row.state == Commitment.State.OWED]
    rows += [(row.starts_at, "hearing", row) for row in _ahead_hearings(file)]
    rows.sort(key=lambda item: item[0])
    makers: dict[str, Callable[[Any, File], dict[str, Any]]] = {
        "date": _date_step,
        "promise": _promise_step,
        "hearing": _hearing_step,
    }
    return [makers[kind](row, file) for _at, kind, row in rows[:MOST_STEPS]]


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _ahead_hearings(file: File) -> list[Hearing]:
    now = timezone.now()
    return [row for row in file.hearings if row.outcome == Hearing.Outcome.AHEAD and row.starts_at >= now]


def _date_step(row: Deadline, file: File) -> dict[str, Any]:
    standing = standing_of(row, file.today)
    matter, url = "T visa", link("client-tvisa", file.client.pk)
    if row.petition_id and row.petition:
        matter, url = f"Petition {row.petition.number}", link("petition", row.petition_id)
    elif row.matter.kind == "vacatur":
        matter, url = "Record", link("client-record", file.client.pk)
    return {
        "due": row.due(file.today),
        "note": f"safe {short_day(row.work_to)}" if row.work_to != row.due_on else "",
        "step": row.what,
        "about": opened(row, "about"),
        "matter": matter,
        "url": url,
        "owner": row.owner.name,
        "who": "" if row.side == Deadline.Side.OURS else row.get_side_display(),
        "standing": standing,
        "state": standing["kind"] if standing["kind"] in {"late", "soon"} else "",
    }


def _promise_step(row: Commitment, file: File) -> dict[str, Any]:
    late = row.due_at < timezone.now()
    soon = not late and (timezone.localdate(row.due_at) - file.today).days <= 6
    return {
        "at": row.due_at,
        "note": "promise",
        "step": opened(row, "what"),
        "matter": "Promise",
        "url": link("client-promises", file.client.pk),
        "owner": row.owner.name,
        "standing": {"label": "Late", "kind": "late"}
        if late
        else {"label": "Promised", "kind": "soon" if soon else ""},
        "state": "late" if late else "soon" if soon else "",
    }


def _hearing_step(row: Hearing, file: File) -> dict[str, Any]:
    return {
        "at": row.starts_at,
        "note": "hearing",
        "step": f"Hearing, {', '.join(part for part in (row.court.name, row.department) if part)}",
        "matter": f"Petition {row.petition.number}",
        "url": link("petition", row.petition_id),
        "owner": row.petition.matter.lead.name,
        "standing": hearing_tags(row, _interpreter(file.client))[0],
        "state": "",
    }


def _interpreter(client: Client) -> str:
    if not _is_known(client, "interpreter") or not needs_interpreter(opened(client, "interpreter")):
        return ""
    return opened(client, "language") or "language not asked"


# --- Timeline -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry. `room` is the filter it falls under; `timed` whether the hour is known."""

    at: datetime
    title: str
    room: str
    by: str = ""
    text: str = ""
    kind: str = ""
    url: str = ""
    link: str = ""
    timed: bool = False


def timeline(file: File, *, show: str, everything: bool) -> dict[str, Any]:
    """What happened, newest first, after what lies ahead. Notes stay sealed: the entry says that it was."""
    rows = [*_court(file), *_immigration(file), *_promised(file), *_papers(file), *_file(file)]
    rows = [row for row in rows if not show or row.room == show]
    rows.sort(key=lambda row: row.at, reverse=True)
    shown = rows if everything else rows[:MOST_EVENTS]
    return {"items": [_drawn(row, file.today) for row in shown], "earlier": len(rows) - len(shown)}


def _drawn(row: Happened, today: date) -> dict[str, str]:
    when = moment(row.at, today) if row.timed else day_words(timezone.localdate(row.at), today)
    return {
        "title": row.title,
        "meta": f"{when} · {row.by}" if row.by else when,
        "text": row.text,
        "kind": row.kind,
        "url": row.url,
        "link": row.link,
    }


def _court(file: File) -> list[Happened]:
    now = timezone.now()
    numbers = {petition.pk: petition.number for petition in file.petitions}
    rows = [
        Happened(
            row.starts_at,
            f"Hearing on petition {row.petition.number}",
            "court",
            text=_hearing_text(row, now),
            kind="ahead" if row.starts_at >= now and row.outcome == Hearing.Outcome.AHEAD else "",
            timed=True,
        )
        for row in file.hearings
        if row.outcome != Hearing.Outcome.VACATED
    ]
    events = StageEvent.objects.filter(client=file.client).select_related("by").order_by("-on")
    for event in events:
        good = event.stage in GRANTS | {Stage.FILED}
        title = f"Petition {numbers.get(event.petition_id, '')}: {event.get_stage_display().lower()}"
        rows.append(
            Happened(
                _noon(event.on), title, "court", event.by.name, kind="done" if good else "",
                url=link("petition", event.petition_id), link="Open",
            )
        )  # fmt: skip
    return rows


def _hearing_text(row: Hearing, now: datetime) -> str:
    where = ", ".join(part for part in (row.court.name, row.department) if part)
    if row.starts_at >= now:
        return f"{where}. {'Interpreter booked.' if row.interpreter_booked else ''}".strip()
    return f"{where}. {row.get_outcome_display()}."


def _immigration(file: File) -> list[Happened]:
    if file.visa is None:
        return []
    url = link("tvisa", file.visa.pk)
    events = VisaEvent.objects.filter(client=file.client).select_related("by").order_by("-on")
    rows = [
        Happened(
            _noon(event.on),
            f"T visa: {visa_stage_words(event.stage)}",
            "immigration",
            event.by.name,
            kind="done" if event.stage in {"bfd_positive", "approved", "lpr"} else "",
            url=url,
            link="Open",
        )
        for event in events
    ]
    rows += [
        Happened(_noon(permit.valid_from), f"Work permit {permit.category}", "immigration", kind="done",
                 text=f"Valid to {permit.valid_to:%b} {permit.valid_to.day}, {permit.valid_to.year}.")
        for permit in file.permits
    ]  # fmt: skip
    return rows


def _promised(file: File) -> list[Happened]:
    return [
        Happened(
            row.settled_at,
            f"Promise: {row.get_state_display().lower()}",
            "promises",
            row.owner.name,
            timed=True,
            kind="done" if row.state == Commitment.State.KEPT else "",
            url=link("client-promises", file.client.pk),
            link="All promises",
        )
        for row in file.promises
        if row.settled_at is not None
    ]


def _papers(file: File) -> list[Happened]:
    rows = [
        Happened(sheet.created_at, "RAP sheet imported", "documents", sheet.imported_by.name,
                 text=f"{counted(sheet.lines_read, 'line')} read, {sheet.lines_not_read} not read.",
                 url=link("rapsheet-review", sheet.pk), link="Review it")
        for sheet in file.sheets
    ]  # fmt: skip
    documents = Document.objects.filter(client=file.client).exclude(kind=Document.Kind.RAP_SHEET)
    for document in documents.select_related("created_by"):
        change = "added" if document.version == 1 else f"changed, version {document.version}"
        title = f"{document.get_kind_display()} {change}"
        rows.append(Happened(document.created_at, title, "documents", document.created_by.name))
    return rows


def _file(file: File) -> list[Happened]:
    client = file.client
    rows = [Happened(_noon(client.opened_on), "File opened", "file")]
    if client.closed_on:
        rows.append(Happened(_noon(client.closed_on), "File closed", "file"))
    rows += [
        Happened(one.at, "New point of contact", "file", url=link("client-team", client.pk), link="Care team")
        for one in hand_overs(Client.objects.filter(pk=client.pk))
        if one.before is not None
    ]
    return rows


# --- The rail -------------------------------------------------------------------------------------


def clock(file: File) -> dict[str, Any] | None:
    """Days without permission to work, running or ended; None where no first day is known."""
    visa = file.visa
    if visa is None:
        return None
    wait = waits_of([visa], file.today).get(visa.pk)
    if wait is None:
        return None
    running = wait.running and visa.stage not in ENDED_STAGES
    start = visa.waiting_from or visa.received_on
    first = f"{start:%b} {start.day}, {start.year}" if start else ""
    words = "days and counting" if running else "days in all"
    return {
        "days": wait.days,
        "words": words if wait.days != 1 else words.replace("days", "day"),
        "kind": "soon" if running else "",
        "ended": not running,
        "start": short_day(start) if start else "",
        "note": f"Since {first}. No valid card today." if running else f"From {first}. The wait has ended.",
    }


def team(client: Client) -> list[dict[str, str]]:
    """Who works for the client now, the point of contact first."""
    places = CareTeamMember.objects.filter(client=client, left_on__isnull=True).select_related("user")
    order = list(TeamRole.values)
    facts = [
        {
            "label": place.get_role_display(),
            "value": place.user.name,
            "note": f"since {short_day(place.joined_on)}",
        }
        for place in sorted(places, key=lambda place: (order.index(place.role), place.joined_on))
    ]
    contact = client.point_of_contact
    first = {"label": "Contact", "value": contact.name if contact else "Nobody yet", "note": ""}
    return [first, *facts]


def documents(client: Client) -> list[dict[str, str]]:
    """The newest documents, with their titles opened."""
    rows = Document.objects.filter(client=client, replaced_by__isnull=True)[:MOST_DOCUMENTS]
    return [
        {
            "title": opened(row, "title"),
            "url": link("document-open", row.pk),
            "when": short_day(row.created_at),
            "meta": row.get_kind_display(),
        }
        for row in rows
    ]


def details(client: Client) -> list[dict[str, Any]]:
    """Identity, masked; what is not on file says so and offers nothing to show."""
    kinds = set(Identifier.objects.filter(client=client).values_list("kind", flat=True))
    aliases = Alias.objects.filter(client=client).count()
    return [
        _masked("Legal name", "legal_name", "Show name", "••••••", _is_known(client, "legal_name"), client),
        _masked(
            "Born",
            "date_of_birth",
            "Show date",
            "••/••/••••",
            _is_known(client, "date_of_birth"),
            client,
        ),
        _masked("SSN", "ssn", "Show SSN", "•••-••-••••", "ssn" in kinds, client),
        _masked("A-number", "a_number", "Show A-number", "A••••••••", "a_number" in kinds, client),
        _masked("Other names", "aliases", "Show names", counted(aliases, "name"), bool(aliases), client),
    ]


def _is_known(client: Client, name: str) -> bool:
    """Whether a sealed column holds anything, without opening it."""
    return getattr(client, f"{name}_sealed") is not None


def _masked(label: str, key: str, button: str, dots: str, known: bool, client: Client) -> dict[str, Any]:
    if not known:
        return {"label": label, "value": _why_empty(client, key)}
    return {"label": label, "mask": {"key": key, "label": button, "dots": dots}}


def _why_empty(client: Client, key: str) -> str:
    """ "Declined", "Does not know", "Not asked"."""
    from clients.models.client import Answer

    answer = client.answers.get(key, Answer.NOT_ASKED)
    return str(Answer(answer).label) if answer in Answer.values else "Not on file"


def path_title(pronouns: Pronouns) -> str:
    """ "Her path", "Their path"."""
    return f"{pronouns.possessive.capitalize()} path"

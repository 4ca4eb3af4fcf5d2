"""What each role needs to see first on a Monday: pure reading, one function a block."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Role, User
from cases.models import AgencyDuty, Deadline, Hearing, Matter, Petition, Service
from cases.models.petitions import GRANTS, Stage
from clients.frame import opened
from clients.models import Client, Commitment, ConflictCheck
from records.models import Arrest, Charge, RapSheet
from reports.links import link
from reports.people import People
from reports.queries import (
    BODIES,
    ENDED_STAGES,
    clients_of,
    dates_of,
    deadline_row,
    hand_overs,
    is_waiting,
    promises_to,
    standing_of,
    unowned,
    visa_stage_words,
    waits_of,
    with_work_to,
)
from reports.weeks import Week, start_of
from reports.words import counted, short_day, statute_short
from visas.models import RELATIVE_GRANTED, TVisa

AHEAD = timedelta(days=21)  # "later" on the page: the three weeks after the week shown
MOST_ROWS = 60
MOST_IN_RAIL = 8
MOST_TICKETS = 6
HAND_OVER_DAYS = 30
HEARING = "Hearing"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who looks, at which week, and at whose work: their own, or everything they may see."""

    user: User
    week: Week
    team: bool = False
    everything: bool = False

    @property
    def today(self) -> date:
        return self.week.today


# --- Dates ----------------------------------------------------------------------------------------


def dates_shown(asked: Asked) -> dict[str, Any]:
    """Rows of the deadlines card, how many are late, this week and later, and how many there are."""
    rows = with_work_to(Deadline.objects.visible_to(asked.user).filter(replaced_at__isnull=True))
    if not asked.team:
        rows = rows.filter(owner=asked.user)
    week, today = asked.week, asked.today
    open_rows = rows.filter(done_on__isnull=True)
    if asked.everything:
        shown = open_rows
    elif week.is_past:
        shown = rows.filter(worked_to__range=(week.monday, week.sunday))
    else:
        last = week.sunday + AHEAD
        shown = open_rows.filter(worked_to__lte=last)
        if not week.is_this:
            shown = shown.filter(worked_to__gte=week.monday)
    found = list(shown.select_related("owner", *BODIES).order_by("worked_to", "due_on", "pk")[:MOST_ROWS])
    groups: Counter[str] = Counter()
    for row in found:
        if row.done_on is None and row.due_on < today:
            groups["late"] += 1
        elif row.work_to <= week.sunday:
            groups["week"] += 1
        else:
            groups["later"] += 1
    return {
        "rows": [deadline_row(row, user=asked.user, today=today) for row in found],
        "late": groups["late"],
        "week": groups["week"],
        "later": groups["later"],
        "total": open_rows.count(),
    }


# --- Promises and hearings ------------------------------------------------------------------------


def promises_owed(asked: Asked) -> list[Commitment]:
    """Promises still owed: the late ones, and those due by the end of the week shown."""
    rows = promises_to(asked.user)
    if not asked.team:
        rows = rows.filter(owner=asked.user)
    if asked.week.is_past or not asked.week.is_this:
        rows = rows.filter(due_at__gte=start_of(asked.week.monday))
    rows = rows.filter(due_at__lt=start_of(asked.week.after))
    return list(rows.select_related("owner").order_by("due_at", "pk")[:MOST_ROWS])


def promise_items(promises: list[Commitment], people: People, asked: Asked) -> list[dict[str, Any]]:
    """The rows of the card: when, what (opened), whose, and how to reach the client's language."""
    now = timezone.now()
    items = []
    for promise in promises:
        owner = "You" if promise.owner_id == asked.user.pk else promise.owner.name
        interpreter = people.interpreter(promise.client_id)
        items.append(
            {
                "at": promise.due_at,
                "late": promise.due_at < now,
                "today": timezone.localdate(promise.due_at) == asked.today,
                "what": opened(promise, "what"),
                "client": people.card(promise.client_id),
                "meta": f"{owner}. Interpreter: {interpreter}." if interpreter else f"{owner}.",
                "url": link("client-promises", promise.client_id),
                "settle_url": link("promise-settle", promise.pk)
                if asked.user.role != Role.SUPERVISOR
                else "",
            }
        )
    return items


def hearings_ahead(asked: Asked) -> list[Hearing]:
    """Hearings from the week shown on, soonest first."""
    rows = Hearing.objects.visible_to(asked.user)
    if not asked.team:
        mine = Q(petition__matter__lead=asked.user) | Q(client__point_of_contact=asked.user)
        rows = (
            rows.filter(mine)
            if asked.user.role == Role.ATTORNEY
            else rows.filter(client__in=clients_of(asked.user))
        )
    start = asked.today if asked.week.is_this else asked.week.monday
    rows = rows.filter(starts_at__gte=start_of(start))
    if asked.week.is_past:
        rows = rows.filter(starts_at__lt=start_of(asked.week.after))
    else:
        rows = rows.filter(outcome=Hearing.Outcome.AHEAD, starts_at__lt=start_of(asked.week.sunday + AHEAD))
    return list(rows.select_related("court").order_by("starts_at", "pk")[:MOST_IN_RAIL])


def hearing_items(hearings: list[Hearing], people: People) -> list[dict[str, Any]]:
    """The rows of the card: when, whose, where, and whether an interpreter is booked."""
    items = []
    for hearing in hearings:
        where = ", ".join(part for part in (hearing.court.name, hearing.department) if part)
        items.append(
            {
                "at": hearing.starts_at,
                "client": people.card(hearing.client_id),
                "where": where,
                "url": link("petition", hearing.petition_id),
                "tags": hearing_tags(hearing, people.interpreter(hearing.client_id)),
            }
        )
    return items


def hearing_tags(hearing: Hearing, interpreter: str) -> list[dict[str, str]]:
    """Whether the interpreter is booked, and how the client appears."""
    tags = []
    if hearing.interpreter_booked:
        tags.append({"label": "Interpreter booked", "kind": "done", "icon": ""})
    elif interpreter:
        tags.append({"label": f"Interpreter to book: {interpreter}", "kind": "soon", "icon": "ear"})
    tags.append({"label": hearing.get_client_appears_display(), "kind": "", "icon": "user"})
    return tags


# --- Waiting for a decision -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that stands still until somebody decides."""

    client_id: UUID
    text: str
    url: str
    since: datetime | None = None


def decisions(asked: Asked) -> list[Decision]:
    """Charges not reviewed and lines not read, drafts to sign, conflict checks to decide."""
    files = clients_of(asked.user) if not asked.team else Client.objects.visible_to(asked.user)
    files = files.open_files()
    found = [*_charges_to_review(files), *_drafts_to_sign(asked), *_checks_to_decide(files)]
    return sorted(found, key=lambda one: one.since or timezone.now())[: MOST_IN_RAIL * 2]


def _charges_to_review(files: QuerySet[Client]) -> list[Decision]:
    charges = {
        client: (n, since)
        for client, n, since in Charge.objects.filter(client__in=files)
        .not_reviewed()
        .values("client_id")
        .annotate(n=Count("pk"), since=Min("created_at"))
        .order_by("client_id")
        .values_list("client_id", "n", "since")
    }
    sheets: dict[UUID, RapSheet] = {}
    unread: Counter[UUID] = Counter()
    in_review = RapSheet.objects.filter(client__in=files, state=RapSheet.State.REVIEW)
    for sheet in in_review.defer("text_sealed", "reading_sealed", "settled_sealed").order_by("created_at"):
        sheets.setdefault(sheet.client_id, sheet)
        unread[sheet.client_id] += sheet.lines_not_read
    found = []
    for client_id in sorted({*charges, *sheets}):
        n, since = charges.get(client_id, (0, None))
        sheet_to_do = sheets.get(client_id)
        words = [f"{counted(n, 'charge')} not reviewed"] if n else []
        if unread[client_id]:
            words.append(f"{counted(unread[client_id], 'line')} not read")
        text = ", ".join(words) or "RAP sheet to accept"
        url = link("client-record", client_id)
        if sheet_to_do is not None:
            url, since = link("rapsheet-review", sheet_to_do.pk), sheet_to_do.created_at
        found.append(Decision(client_id, text, url, since))
    return found


def _drafts_to_sign(asked: Asked) -> list[Decision]:
    drafts = Petition.objects.visible_to(asked.user).filter(stage=Stage.DRAFT).select_related("court")
    if not asked.team:
        drafts = drafts.filter(matter__lead=asked.user)
    return [
        Decision(
            petition.client_id,
            f"Draft petition to sign, {petition.court.county or petition.court.name}",
            link("petition", petition.pk),
            petition.created_at,
        )
        for petition in drafts.order_by("created_at")[: MOST_IN_RAIL * 2]
    ]


def _checks_to_decide(files: QuerySet[Client]) -> list[Decision]:
    newer = ConflictCheck.objects.filter(client=OuterRef("client"), run_at__gt=OuterRef("run_at"))
    checks = ConflictCheck.objects.filter(
        client__in=files, decision=ConflictCheck.Decision.OPEN, hit_count__gt=0
    ).exclude(Exists(newer))
    return [
        Decision(
            check.client_id,
            f"Conflict check to decide: {counted(check.hit_count, 'hit')}",
            link("intake", check.client_id),
            check.run_at,
        )
        for check in checks.order_by("run_at")[: MOST_IN_RAIL * 2]
    ]


# --- Petitions by stage ---------------------------------------------------------------------------

COLUMNS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("screening", "Screening", frozenset()),
    ("draft", "Drafting", frozenset({Stage.DRAFT})),
    ("signed", "Signed, to file", frozenset({Stage.SIGNED})),
    ("answer", "Waiting for answer", frozenset({Stage.FILED, Stage.SERVED})),
    ("hearing", "Answered, hearing", frozenset({Stage.OPPOSED, Stage.UNOPPOSED, Stage.HEARING_SET})),
    ("agencies", "Order sent to agencies", GRANTS),
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A matter on the board before its client's name is opened."""

    column: str
    client_id: UUID
    what: str
    next: str
    next_on: date | None
    kind: str
    url: str


def board_tickets(asked: Asked) -> list[Ticket]:
    """Every open petition, every grant an agency has not confirmed, and matters without a petition yet."""
    petitions = Petition.objects.visible_to(asked.user).exclude(stage__in=[Stage.DENIED, Stage.WITHDRAWN])
    matters = Matter.objects.visible_to(asked.user).filter(kind=Matter.Kind.VACATUR, closed_on__isnull=True)
    if not asked.team:
        petitions, matters = petitions.filter(matter__lead=asked.user), matters.filter(lead=asked.user)
    petitions = petitions.select_related("court").annotate(
        charge_count=Count("lines", distinct=True),
        duties_open=Count("duties", filter=Q(duties__confirmed_on__isnull=True), distinct=True),
        duties_all=Count("duties", distinct=True),
    )
    rows = list(petitions.exclude(Q(stage__in=GRANTS) & Q(duties_open=0) & Q(duties_all__gt=0)))
    nexts = _next_dates(rows)
    tickets = [_ticket(petition, nexts.get(petition.pk), asked.today) for petition in rows]
    without = matters.exclude(Exists(Petition.objects.filter(matter=OuterRef("pk"))))
    tickets += _screening_tickets(list(without))
    return sorted(tickets, key=lambda ticket: (ticket.next_on is None, ticket.next_on or date.max))


def _screening_tickets(matters: list[Matter]) -> list[Ticket]:
    totals = {
        client: (n, open_)
        for client, n, open_ in Charge.objects.filter(client__in=[m.client_id for m in matters])
        .values("client_id")
        .annotate(n=Count("pk"), open_=Count("pk", filter=Q(nexus=Charge.Nexus.NOT_REVIEWED)))
        .order_by("client_id")
        .values_list("client_id", "n", "open_")
    }
    tickets = []
    for matter in matters:
        n, to_review = totals.get(matter.client_id, (0, 0))
        ahead = (
            "No record on file yet"
            if not n
            else f"{to_review} not reviewed"
            if to_review
            else "Choose charges"
        )
        tickets.append(
            Ticket(
                "screening",
                matter.client_id,
                counted(n, "charge"),
                ahead,
                None,
                "",
                link("client-record", matter.client_id),
            )
        )
    return tickets


def _next_dates(petitions: Sequence[Petition]) -> dict[UUID, tuple[date, str]]:
    """The soonest open date or hearing of each petition, with its words. Two queries."""
    found: dict[UUID, tuple[date, str]] = {}
    ids = [petition.pk for petition in petitions]
    for deadline in Deadline.objects.filter(petition__in=ids).open().order_by("due_on"):
        found.setdefault(deadline.petition_id, (deadline.due_on, deadline.what))
    ahead = Hearing.objects.filter(petition__in=ids, outcome=Hearing.Outcome.AHEAD).order_by("starts_at")
    for hearing in ahead:
        day = timezone.localdate(hearing.starts_at)
        if hearing.petition_id not in found or day < found[hearing.petition_id][0]:
            found[hearing.petition_id] = (day, HEARING)
    return found


def _ticket(petition: Any, ahead: tuple[date, str] | None, today: date) -> Ticket:
    column = next(key for key, _label, stages in COLUMNS if petition.stage in stages)
    place = petition.court.county or petition.court.name
    if column == "agencies":
        confirmed = petition.duties_all - petition.duties_open
        what = f"{place}, {confirmed} of {petition.duties_all} confirmed"
    else:
        what = f"{place}, {statute_short(petition.statute)}, {counted(petition.charge_count, 'charge')}"
    words, kind = "No date set", ""
    if ahead is not None:
        day, said = ahead
        late = (today - day).days
        when = short_day(day) if said == HEARING else f"due {short_day(day)}"
        words = f"{said}, {counted(late, 'day')} overdue" if late > 0 else f"{said}, {when}"
        kind = "late" if late > 0 else "soon" if late >= -6 else ""
    return Ticket(
        column,
        petition.client_id,
        what,
        words,
        ahead[0] if ahead else None,
        kind,
        link("petition", petition.pk),
    )


def board_shown(tickets: list[Ticket], *, table: bool) -> list[Ticket]:
    """Those that are drawn, whose names are opened: the first of each column, or a page of the table."""
    if table:
        return tickets[:MOST_ROWS]
    by_column: dict[str, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        by_column[ticket.column].append(ticket)
    return [ticket for key, _label, _stages in COLUMNS for ticket in by_column[key][:MOST_TICKETS]]


def board(tickets: list[Ticket], shown: list[Ticket], people: People) -> dict[str, Any]:
    """The board in the shape of its component, and the same as rows of a table."""
    counts = Counter(ticket.column for ticket in tickets)
    labels = {key: label for key, label, _stages in COLUMNS}
    drawn = [
        {
            "who": people.card(ticket.client_id)["name"],
            "file_number": people.card(ticket.client_id)["file_number"],
            "url": ticket.url,
            "what": ticket.what,
            "next": ticket.next,
            "kind": ticket.kind,
            "column": ticket.column,
            "stage": labels[ticket.column],
        }
        for ticket in shown
        if ticket.client_id in people
    ]
    columns = [
        {"label": label, "count": counts[key], "tickets": [t for t in drawn if t["column"] == key]}
        for key, label, _stages in COLUMNS
    ]
    return {"columns": columns, "rows": drawn, "total": len(tickets), "hidden": len(tickets) - len(drawn)}


# --- T visas and families -------------------------------------------------------------------------


OPEN_NOTICE = Q(
    notices__answered_on__isnull=True,
    notices__deadline__done_on__isnull=True,
    notices__deadline__replaced_at__isnull=True,
)


def visa_rows(asked: Asked) -> list[dict[str, Any]]:
    """T visas with stage, next date, days waited, open notices and family; soonest date first."""
    visas = TVisa.objects.visible_to(asked.user).exclude(stage__in=ENDED_STAGES)
    if not asked.team:
        visas = visas.filter(client__in=clients_of(asked.user))
    visas = visas.annotate(
        relatives=Count("family", distinct=True),
        relatives_done=Count("family", filter=Q(family__stage__in=RELATIVE_GRANTED), distinct=True),
        notices_open=Count("notices", filter=OPEN_NOTICE, distinct=True),
    )
    found = list(visas)
    waits = waits_of(found, asked.today)
    nexts: dict[UUID, Deadline] = {}
    dates = Deadline.objects.filter(matter__in=[visa.matter_id for visa in found]).open().order_by("due_on")
    for deadline in dates:
        nexts.setdefault(deadline.matter_id, deadline)
    rows: list[dict[str, Any]] = []
    for visa in found:
        ahead = nexts.get(visa.matter_id)
        waiting = is_waiting(visa, waits)
        standing = standing_of(ahead, asked.today)["kind"] if ahead else ""
        rows.append(
            {
                "client_id": visa.client_id,
                "url": link("tvisa", visa.pk),
                "stage": visa_stage_words(visa.stage),
                "next": ahead.what if ahead else "",
                "state": standing if standing in {"late", "soon"} else "",
                "next_on": ahead.work_to if ahead else None,
                "next_kind": ("due" if ahead.work_to == ahead.due_on else "safe") if ahead else "",
                "days": waits[visa.pk].days if waiting else None,
                "may_work": visa.pk in waits and not waits[visa.pk].running,
                "notices": visa.notices_open,
                "relatives": visa.relatives,
                "relatives_done": visa.relatives_done,
            }
        )
    rows.sort(key=lambda row: (row["next_on"] is None, row["next_on"] or date.max, -(row["days"] or 0)))
    return rows[:MOST_ROWS]


def intakes_open(asked: Asked) -> list[Client]:
    """Intakes nobody has finished, oldest first."""
    rows = Client.objects.visible_to(asked.user).filter(state=Client.State.INTAKE)
    if not asked.team:
        rows = rows.filter(Q(point_of_contact=asked.user) | Q(pk__in=clients_of(asked.user).values("pk")))
    return list(rows.order_by("opened_on", "pk")[: MOST_IN_RAIL * 2])


# --- The paralegal's day --------------------------------------------------------------------------


def service_work(asked: Asked) -> list[dict[str, Any]]:
    """Petitions filed and not served, service not yet received, and agencies that have not confirmed."""
    user = asked.user
    files = clients_of(user) if not asked.team else Client.objects.visible_to(user)
    rows: list[dict[str, Any]] = []
    to_serve = Petition.objects.filter(client__in=files, stage=Stage.FILED).exclude(
        Exists(Service.objects.filter(petition=OuterRef("pk")))
    )
    for petition in to_serve.select_related("prosecutor").order_by("filed_on")[:MOST_ROWS]:
        rows.append(
            {
                "client_id": petition.client_id,
                "what": f"Serve {petition.prosecutor.name}",
                "since": petition.filed_on,
                "state": "Filed, not served",
                "url": link("petition", petition.pk),
            }
        )
    sent = Service.objects.filter(client__in=files, received_on__isnull=True).select_related("recipient")
    for service in sent.order_by("sent_on")[:MOST_ROWS]:
        rows.append(
            {
                "client_id": service.client_id,
                "what": f"Confirm that {service.recipient.name} received it",
                "since": service.sent_on,
                "state": f"Sent {service.get_method_display().lower()}",
                "url": link("petition", service.petition_id),
            }
        )
    duties = AgencyDuty.objects.filter(client__in=files, confirmed_on__isnull=True).select_related("agency")
    for duty in duties.order_by(F("sent_on").asc(nulls_first=True), "pk")[:MOST_ROWS]:
        rows.append(
            {
                "client_id": duty.client_id,
                "what": f"{duty.agency.name}: {duty.duty}",
                "since": duty.sent_on,
                "state": "Order sent, not confirmed" if duty.sent_on else "Order not sent",
                "url": link("petition", duty.petition_id),
            }
        )
    return rows[:MOST_ROWS]


def records_wanted(asked: Asked) -> list[Client]:
    """Open files with a record to clear and no arrest on file: a sheet has to be asked for."""
    files = clients_of(asked.user) if not asked.team else Client.objects.visible_to(asked.user)
    matter = Matter.objects.filter(client=OuterRef("pk"), kind=Matter.Kind.VACATUR, closed_on__isnull=True)
    rows = files.filter(Exists(matter)).exclude(Exists(Arrest.objects.filter(client=OuterRef("pk"))))
    return list(rows.order_by("opened_on", "pk")[: MOST_IN_RAIL * 2])


# --- The supervisor's team ------------------------------------------------------------------------


def team_late(asked: Asked) -> dict[str, list[Any]]:
    """Dates and promises of everybody that have passed, the oldest first."""
    dates = dates_of(asked.user).filter(due_on__lt=asked.today).select_related("owner", *BODIES)
    promises = promises_to(asked.user).filter(due_at__lt=timezone.now())
    return {
        "dates": list(dates.order_by("due_on", "pk")[:MOST_ROWS]),
        "promises": list(promises.select_related("owner").order_by("due_at", "pk")[:MOST_ROWS]),
    }


def loose_ends(asked: Asked) -> list[dict[str, Any]]:
    """Files without a point of contact, dates that nobody on the team owns, and new hand-overs."""
    user, today = asked.user, asked.today
    rows: list[dict[str, Any]] = []
    files = Client.objects.visible_to(user).open_files()
    none = files.filter(Q(point_of_contact__isnull=True) | Q(point_of_contact__is_active=False))
    for client in none.order_by("opened_on")[:MOST_ROWS]:
        rows.append(
            {
                "client_id": client.pk,
                "what": "No point of contact",
                "tag": {"label": "Name one", "kind": "late"},
                "url": link("client-team", client.pk),
                "meta": "",
            }
        )
    for deadline in unowned(dates_of(user)).select_related("owner").order_by("due_on")[:MOST_ROWS]:
        why = "has left" if not deadline.owner.is_active else "is not on the team"
        rows.append(
            {
                "client_id": deadline.client_id,
                "what": deadline.what,
                "tag": {"label": "Nobody owns it", "kind": "late"},
                "url": link("client-dates", deadline.client_id),
                "meta": f"Due {short_day(deadline.due_on)}; {deadline.owner.name} {why}",
            }
        )
    since = start_of(today - timedelta(days=HAND_OVER_DAYS))
    recent = [one for one in hand_overs(files) if one.at >= since and one.before]
    names = {
        person.pk: person.name
        for person in User.objects.filter(pk__in=[x for one in recent for x in (one.before, one.after)])
    }
    for one in reversed(recent[-MOST_IN_RAIL:]):
        rows.append(
            {
                "client_id": one.client_id,
                "what": f"Handed over to {names.get(one.after or 0, 'nobody')}",
                "tag": {"label": "Hand-over", "kind": ""},
                "url": link("client-team", one.client_id),
                "meta": f"From {names.get(one.before or 0, 'nobody')}, {short_day(one.at)}",
            }
        )
    return rows

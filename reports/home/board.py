"""Petitions by stage, as a board and as a table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from cases.models import Deadline, Hearing, Matter, Petition
from cases.models.petitions import GRANTS, Stage
from records.models import Charge
from reports.home.asked import MOST_ROWS, Asked
from reports.links import link
from reports.people import People
from reports.queries import open_petitions
from reports.words import counted, short_day, statute_short

MOST_TICKETS = 6
HEARING = "Hearing"
SCREENING = "screening"

COLUMNS: tuple[tuple[str, str, frozenset[str]], ...] = (
    (SCREENING, "Being screened", frozenset()),
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
    petitions = open_petitions(asked.user)
    matters = Matter.objects.visible_to(asked.user).filter(kind=Matter.Kind.VACATUR, closed_on__isnull=True)
    if not asked.team:
        petitions, matters = petitions.filter(matter__lead=asked.user), matters.filter(lead=asked.user)
    petitions = petitions.select_related("court").annotate(
        charge_count=Count("lines", distinct=True),
        duties_open=Count("duties", filter=Q(duties__confirmed_on__isnull=True), distinct=True),
        duties_all=Count("duties", distinct=True),
    )
    rows = list(petitions)
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
                SCREENING,
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
    screened = counts[SCREENING]
    parts = [counted(len(tickets) - screened, "open petition")]
    if screened:
        parts.append(f"{counted(screened, 'file')} being screened")
    return {
        "columns": columns,
        "rows": drawn,
        "total": len(tickets),
        "hidden": len(tickets) - len(drawn),
        # A file without a petition is none: the report counts petitions alone.
        "note": ", ".join(parts),
    }

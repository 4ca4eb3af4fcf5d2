"""The caseload report: what is carried, late, won and waited for, over the files a reader may see."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from cases.models import Petition, PetitionCharge
from cases.models.petitions import GRANTS, Stage
from clients.models import CareTeamMember, Client, Commitment, TeamRole
from records.models import Arrest
from reports.figures import HIDDEN, Figure, Line, Shown, median_days, share, suppress, suppress_grid
from reports.links import link
from reports.periods import Period, this_year
from reports.queries import BODIES, body_words, dates_of, hand_overs, is_waiting, waits_of, with_work_to
from reports.weeks import start_of
from reports.words import statute_words
from visas.models import TVisa, VisaEvent

SOON_DAYS = 14
MOST_ROWS = 20
LOAD_MARK = 30
"""Open files at which the bar of a worker turns amber: the office's own mark, not a rule of law."""

WAIT_BUCKETS: tuple[tuple[str, int, int | None], ...] = (
    ("0–90", 0, 90),
    ("91–180", 91, 180),
    ("181–365", 181, 365),
    ("366–540", 366, 540),
    ("over 540", 541, None),
)
DENIALS = ("denied", "denied_final")

# Stages that a reader of a report does not need to tell apart; fewer groups also hide fewer counts.
PETITION_GROUPS: dict[str, frozenset[str]] = {
    "Drafting": frozenset({Stage.DRAFT, Stage.SIGNED}),
    "Waiting for answer": frozenset({Stage.FILED, Stage.SERVED}),
    "Answered": frozenset({Stage.OPPOSED, Stage.UNOPPOSED}),
    "Hearing set": frozenset({Stage.HEARING_SET}),
    "Agencies": GRANTS,
}
VISA_GROUPS: dict[str, frozenset[str]] = {
    "Preparing": frozenset({"screening", "preparing"}),
    "With USCIS": frozenset({"filed", "receipted", "biometrics_done"}),
    "Answer owed": frozenset({"rfe_open", "noid_open", "noir_open"}),
    "Bona fide": frozenset({"bfd_positive", "waiting_list"}),
    "T-1 granted": frozenset({"approved", "extension_pending", "status_expired"}),
    "Denied, on appeal": frozenset({"denied", "appeal_or_motion_pending"}),
    "Green card pending": frozenset({"adjustment"}),
    "Permanent resident": frozenset({"lpr"}),
    "Ended": frozenset({"closed", "withdrawn", "denied_final", "revoked_final"}),
}


@dataclass(frozen=True, slots=True)
class Table:
    """Figures in rows, as the page and the export show them; `definition` says what is counted."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    definition: str

    @property
    def labelled_rows(self) -> list[dict[str, Any]]:
        """The rows with the name of each cell's column beside it, for phones."""
        return [
            {
                "head": row[0],
                "cells": [
                    {"column": column, "words": words}
                    for column, words in zip(self.columns[1:], row[1:], strict=True)
                ],
            }
            for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Worker:
    """What one person carries. Counts are about our work, not about clients, and are not hidden."""

    name: str
    role: str
    files: int
    petitions: int
    visas: int
    late: int
    promises_kept: int
    promises_due: int


@dataclass(frozen=True, slots=True)
class LateRow:
    """A date with the file it belongs to, by number; `kind` says which of its two days `on` is."""

    on: date
    kind: str
    days: int
    what: str
    body: str
    file_number: str
    owner: str
    url: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole page. Built as `leaving`, all of it but `workers`, `late` and `soon` may leave the office."""

    period: Period
    leaving: bool
    files: int
    figures: tuple[Figure, ...]
    tables: dict[str, Table]
    bars: dict[str, list[dict[str, Any]]]
    workers: tuple[Worker, ...]
    late: tuple[LateRow, ...]
    late_total: int
    soon: tuple[LateRow, ...]
    soon_total: int


def build(*, user: User, period: Period, today: date, leaving: bool) -> Report:
    """The report of one reader. Opens no sealed value. Queries do not grow with the number of files.

    Only files that the reader may open are counted, so the page hides nothing from her; what is `leaving`
    the office hides small groups.
    """
    files = Client.objects.visible_to(user)
    served = files.filter(opened_on__lte=period.end).exclude(closed_on__lt=period.start)
    served = served.exclude(state=Client.State.DECLINED)
    figures: list[Figure] = []
    tables: dict[str, Table] = {}
    bars: dict[str, list[dict[str, Any]]] = {}

    figures.append(_open_files(served, period))
    figures.append(_with_record(served, period, hide=leaving))
    cleared, tables["outcomes"] = _outcomes(user, period, hide=leaving)
    figures.append(cleared)
    granted, tables["visas"] = _visas(user, period, hide=leaving)
    figures.append(granted)
    waiting, tables["waiting"], bars["waiting"] = _waiting(user, today, hide=leaving)
    figures.append(waiting)
    kept = _promises(user, period)
    figures.append(_promises_figure(kept))
    tables["hands"] = _hands(served, period, hide=leaving)
    tables["petitions"], bars["petitions"] = _petitions(user, hide=leaving)
    bars["visas"] = _bars(tables["visas"])
    late, late_total = _dates(user, today, late=True)
    soon, soon_total = _dates(user, today, late=False)
    workers = _workers(user, today, kept)
    return Report(
        period=period,
        leaving=leaving,
        files=served.count(),
        figures=tuple(figures),
        tables=tables,
        bars=bars,
        workers=workers,
        late=late,
        late_total=late_total,
        soon=soon,
        soon_total=soon_total,
    )


def in_short(user: User, today: date) -> list[Figure]:
    """Five figures for a supervisor's home page."""
    period = this_year(today)
    files = Client.objects.visible_to(user)
    served = files.filter(opened_on__lte=today).exclude(closed_on__lt=period.start)
    served = served.exclude(state=Client.State.DECLINED)
    deadlines = dates_of(user)
    late = deadlines.filter(due_on__lt=today).count()
    soon = with_work_to(deadlines).filter(due_on__gte=today, worked_to__lte=today + timedelta(days=SOON_DAYS))
    total = deadlines.count()
    waiting, _table, _bars_of = _waiting(user, today, hide=False)
    return [
        _open_files(served, period),
        Figure("Late now", f"{late:,}", f"of {total:,} open dates", "Open dates whose due day has passed."),
        Figure(
            f"Due in {SOON_DAYS} days",
            f"{soon.count():,}",
            f"of {total:,} open dates",
            f"Open dates not yet late whose safe day, or due day, falls by {SOON_DAYS} days from today.",
        ),
        waiting,
        _promises_figure(_promises(user, period)),
    ]


# --- Single figures -------------------------------------------------------------------------------


def _figure(label: str, line: Line, of: str, definition: str, *, first: int = 0) -> Figure:
    """A share of a line: its first cell of its total, both only as they may be shown."""
    part = line.cells[first]
    return Figure(label, share(part, line.total), f"{part.words} of {line.total.words} {of}", definition)


def _open_files(served: QuerySet[Client], period: Period) -> Figure:
    total = served.count()
    still = served.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=period.end)).count()
    # How many files an office has says nothing about anybody in them, as with the workers' counts.
    return Figure(
        "Open files",
        f"{still:,}",
        f"of {total:,} people served",
        f"Served: the file was open on a day of the period; files not taken on are left out. "
        f"Open: not closed by {period.end:%b} {period.end.day}. Only files you may see are counted.",
    )


def _with_record(served: QuerySet[Client], period: Period, *, hide: bool) -> Figure:
    open_files = served.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=period.end))
    total = open_files.count()
    with_record = open_files.filter(pk__in=Arrest.objects.values("client")).count()
    return _figure(
        "With a criminal record",
        suppress([with_record, total - with_record], hide=hide),
        "open files",
        "Any arrest on an imported or typed record. Files where no record was asked for yet are in N.",
    )


def _outcomes(user: User, period: Period, *, hide: bool) -> tuple[Figure, Table]:
    """Charges decided in the period, by statute: how many were granted, wholly or within a partial grant."""
    lines = (
        PetitionCharge.objects.visible_to(user)
        .filter(result__in=["granted", "denied"], result_on__range=(period.start, period.end))
        .values_list("petition__statute", "result", "petition__stage", "petition__filed_on", "result_on")
    )
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    days: dict[str, list[int]] = defaultdict(list)
    for statute, result, stage, filed_on, result_on in lines:
        column = 2 if result == "denied" else 1 if stage == Stage.PARTLY_GRANTED else 0
        counts[statute][column] += 1
        if filed_on:
            days[statute].append((result_on - filed_on).days)
    order = sorted(counts, key=lambda statute: (-sum(counts[statute]), statute))
    grid = suppress_grid([counts[statute] for statute in order] or [[0, 0, 0]], hide=hide)
    rows = []
    for statute, line in zip(order, grid.rows, strict=False):
        granted = _sum(line.cells[:2])
        rows.append(
            (
                statute_words(statute),
                line.total.words,
                *(cell.words for cell in line.cells),
                share(granted, line.total),
                HIDDEN if line.total.hidden else median_days(days[statute], hide=hide),
            )
        )
    totals = grid.totals
    won = _sum(totals.cells[:2])
    cleared = Figure(
        "Charges cleared",
        share(won, totals.total),
        f"{won.words} of {totals.total.words} decided",
        "Charges that a court decided in the period, by the day of the decision; granted within a partial "
        "grant counts as cleared. Withdrawn and open charges are in neither number.",
    )
    table = Table(
        "outcomes",
        "Outcomes by statute",
        ("Statute", "Decided", "Granted", "Granted in part", "Denied", "Rate", "Median days"),
        tuple(rows),
        "Charges decided in the period. Granted in part: within a petition that was partly granted. Rate: "
        "both of decided. Median days: from filing to the decision.",
    )
    return cleared, table


def _sum(cells: Sequence[Shown]) -> Shown:
    """Cells added up; hidden as soon as one of them is."""
    numbers = [cell.n for cell in cells if cell.n is not None]
    return Shown(None, HIDDEN) if len(numbers) < len(cells) else Shown(sum(numbers), f"{sum(numbers):,}")


def _visas(user: User, period: Period, *, hide: bool) -> tuple[Figure, Table]:
    visas = TVisa.objects.visible_to(user)
    granted = visas.filter(approved_on__range=(period.start, period.end)).count()
    denied = (
        VisaEvent.objects.visible_to(user)
        .filter(stage__in=DENIALS, on__range=(period.start, period.end))
        .exclude(visa__approved_on__range=(period.start, period.end))
        .aggregate(n=Count("visa", distinct=True))["n"]
    )
    stages = dict(visas.values("stage").annotate(n=Count("pk")).order_by("stage").values_list("stage", "n"))
    return (
        _figure(
            "T visas granted",
            suppress([granted, denied], hide=hide),
            "decided",
            "I-914s of principals decided in the period. Pending and withdrawn ones are left out.",
        ),
        _line_table(
            "visas",
            "T visas by stage",
            "Stage",
            "T visas",
            _grouped(stages, VISA_GROUPS),
            "Every T visa on file, by where it stands today. With USCIS: sent, receipted or fingerprinted. "
            "T-1 granted: also while an extension is pending, and after the status has ended.",
            hide=hide,
        ),
    )


def _waiting(user: User, today: date, *, hide: bool) -> tuple[Figure, Table, list[dict[str, Any]]]:
    visas = list(TVisa.objects.visible_to(user))
    waits = waits_of(visas, today)
    days = [waits[visa.pk].days for visa in visas if is_waiting(visa, waits)]
    line = suppress(
        [sum(low <= n and (high is None or n <= high) for n in days) for _label, low, high in WAIT_BUCKETS],
        hide=hide,
    )
    people = "nobody" if line.total.n == 0 else f"{line.total.words} people"
    if line.total.n == 1:
        people = "1 person"
    definition = (
        "People without a valid work permit today, counted from the day USCIS received the I-914 or from the "
        "day the file names, days with a permit left out. Our own count: the law gives none."
    )
    figure = Figure(
        "Waiting without work",
        HIDDEN if line.total.hidden else median_days(days, hide=hide),
        f"median, {people}",
        definition,
    )
    labels = [label for label, _low, _high in WAIT_BUCKETS]
    table = Table(
        "waiting",
        "Waiting without permission to work",
        ("Days", "People"),
        (
            *((label, cell.words) for label, cell in zip(labels, line.cells, strict=True)),
            ("All", line.total.words),
        ),
        definition,
    )
    kinds = ["", "", "", "soon", "soon"]
    bars = [
        {"label": label, "n": cell.n, "shown": cell.words, "kind": kind}
        for label, cell, kind in zip(labels, line.cells, kinds, strict=True)
    ]
    return figure, table, bars


def _line_table(
    key: str, title: str, head: str, unit: str, counts: dict[str, int], definition: str, *, hide: bool
) -> Table:
    line = suppress(list(counts.values()), hide=hide)
    rows = [(label, cell.words) for label, cell in zip(counts, line.cells, strict=True)]
    return Table(key, title, (head, unit), (*rows, ("All", line.total.words)), definition)


def _grouped(counts: Mapping[str, int], groups: Mapping[str, frozenset[str]]) -> dict[str, int]:
    """Counts by stage added up by group, in the order of the groups."""
    return {label: sum(counts.get(stage, 0) for stage in stages) for label, stages in groups.items()}


def _bars(table: Table) -> list[dict[str, Any]]:
    """The rows of a one-column table as bars, its total left out."""
    return [
        {"label": label, "n": int(words.replace(",", "")) if words[0].isdigit() else None, "shown": words}
        for label, words in table.rows[:-1]
    ]


def _petitions(user: User, *, hide: bool) -> tuple[Table, list[dict[str, Any]]]:
    found = Petition.objects.visible_to(user)
    found = found.filter(Q(stage__in=_pending()) | Q(stage__in=GRANTS, duties__confirmed_on__isnull=True))
    counts = Counter(found.distinct().values_list("pk", "stage").order_by())
    stages = Counter(stage for _pk, stage in counts)
    table = _line_table(
        "petitions",
        "Open petitions by stage",
        "Stage",
        "Petitions",
        _grouped(stages, PETITION_GROUPS),
        "Petitions neither decided nor withdrawn, and granted ones until every agency has confirmed. "
        "Drafting: drafted or signed, not filed. Waiting for answer: filed, served or not.",
        hide=hide,
    )
    return table, _bars(table)


def _pending() -> list[Stage]:
    ended = {*GRANTS, Stage.DENIED, Stage.WITHDRAWN}
    return [stage for stage in Stage if stage not in ended]


def _hands(served: QuerySet[Client], period: Period, *, hide: bool) -> Table:
    """How many points of contact each client has had since the file was opened, and the hand-overs."""
    changes = [one for one in hand_overs(served) if one.after is not None and one.before is not None]
    per_client = Counter(one.client_id for one in changes)
    total = served.count()
    more = Counter(min(n, 3) for n in per_client.values())
    start, end = start_of(period.start), start_of(period.end + timedelta(days=1))
    in_period = sum(start <= one.at < end for one in changes)
    line = suppress([total - sum(more.values()), more[1], more[2], more[3]], hide=hide)
    labels = ("One hand", "Two hands", "Three hands", "Four or more")
    rows = [(label, cell.words) for label, cell in zip(labels, line.cells, strict=True)]
    return Table(
        "hands",
        "Hands a client passed through",
        ("Points of contact", "People"),
        (*rows, ("All", line.total.words), ("Hand-overs in the period", f"{in_period:,}")),
        "People served in the period, by how many named points of contact they have had since the file was "
        "opened. Hand-overs count acts of ours and are not hidden.",
    )


# --- Our own work: not hidden ---------------------------------------------------------------------


def _promises(user: User, period: Period) -> dict[int, tuple[int, int]]:
    """By owner: promises kept on time, and promises due. A renegotiated one counts at its new time."""
    end = min(start_of(period.end + timedelta(days=1)), timezone.now())
    rows = (
        Commitment.objects.visible_to(user)
        .filter(due_at__gte=start_of(period.start), due_at__lt=end)
        .exclude(state=Commitment.State.RENEGOTIATED)
        .values("owner")
        .annotate(
            kept=Count("pk", filter=Q(state=Commitment.State.KEPT, settled_at__lte=F("due_at"))),
            due=Count("pk"),
        )
        .order_by("owner")
        .values_list("owner", "kept", "due")
    )
    return {owner: (kept, due) for owner, kept, due in rows}


def _promises_figure(kept: dict[int, tuple[int, int]]) -> Figure:
    n, due = sum(one[0] for one in kept.values()), sum(one[1] for one in kept.values())
    return Figure(
        "Promises kept on time",
        f"{round(100 * n / due)}%" if due else "–",
        f"{n:,} of {due:,} due",
        "Promises due in the period and by now. One still owed counts as not kept; a new time that the "
        "client agreed to counts from the new time. About our work, so small numbers are shown.",
    )


def _dates(user: User, today: date, *, late: bool) -> tuple[tuple[LateRow, ...], int]:
    rows = with_work_to(dates_of(user))
    if late:
        rows = rows.filter(due_on__lt=today)
    else:
        rows = rows.filter(due_on__gte=today, worked_to__lte=today + timedelta(days=SOON_DAYS))
    found = rows.select_related("owner", "client", *BODIES).order_by(
        *([] if late else ["worked_to"]), "due_on", "pk"
    )
    found = found.defer(*_sealed(Client, "client__"))
    return (
        tuple(
            LateRow(
                on=(on := row.due_on if late or row.work_to < today else row.work_to),
                kind="due" if on == row.due_on else "safe",
                days=abs((on - today).days),
                what=row.what,
                body=body_words(row),
                file_number=row.client.file_number,
                owner=row.owner.name,
                url=link("client-dates", row.client_id),
            )
            for row in found[:MOST_ROWS]
        ),
        rows.count(),
    )


def _sealed(model: Any, prefix: str = "") -> list[str]:
    """Names of the sealed columns, which a report has no use for."""
    return [f"{prefix}{f.name}" for f in model._meta.concrete_fields if f.attname.endswith("_sealed")]


def _workers(user: User, today: date, kept: dict[int, tuple[int, int]]) -> tuple[Worker, ...]:
    """Who carries what: a file with two workers counts for both."""
    files = Client.objects.visible_to(user).open_files()
    places = CareTeamMember.objects.filter(client__in=files, left_on__isnull=True)
    places = places.exclude(role=TeamRole.SUPERVISION).values_list("user_id", "client_id")
    carried: dict[int, set[UUID]] = defaultdict(set)
    for worker, client in places:
        carried[worker].add(client)
    petitions = _by_client(Petition.objects.pending().visible_to(user))
    visas = _by_client(TVisa.objects.pending().visible_to(user))
    late = Counter(dates_of(user).filter(due_on__lt=today).order_by().values_list("owner_id", flat=True))
    people = User.objects.filter(pk__in={*carried, *kept, *late}).order_by("name")
    return tuple(
        Worker(
            name=person.name,
            role=person.get_role_display().lower(),
            files=len(carried[person.pk]),
            petitions=sum(petitions[client] for client in carried[person.pk]),
            visas=sum(visas[client] for client in carried[person.pk]),
            late=late[person.pk],
            promises_kept=kept.get(person.pk, (0, 0))[0],
            promises_due=kept.get(person.pk, (0, 0))[1],
        )
        for person in people
    )


def _by_client(rows: QuerySet[Any]) -> Counter[UUID]:
    return Counter(rows.order_by().values_list("client_id", flat=True))

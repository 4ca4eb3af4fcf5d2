"""Counts of people and of what was done for them: small ones are hidden where they leave the office."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from cases.models import PetitionCharge
from cases.models.petitions import GRANTS, Stage
from clients.models import Client
from records.models import Arrest
from reports.caseload.shapes import Table
from reports.figures import HIDDEN, Figure, Line, Shown, median_days, share, suppress, suppress_grid
from reports.periods import Period
from reports.queries import hand_overs, is_waiting, open_petitions, waits_of
from reports.weeks import start_of
from reports.words import statute_words
from visas.models import TVisa, VisaEvent

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


def _figure(label: str, line: Line, of: str, definition: str, *, first: int = 0) -> Figure:
    """A share of a line: its first cell of its total, both only as they may be shown."""
    part = line.cells[first]
    return Figure(label, share(part, line.total), f"{part.words} of {line.total.words} {of}", definition)


def open_files(served: QuerySet[Client], period: Period) -> Figure:
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


def with_record(served: QuerySet[Client], period: Period, *, hide: bool) -> Figure:
    open_files = served.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=period.end))
    total = open_files.count()
    with_record = open_files.filter(pk__in=Arrest.objects.values("client")).count()
    return _figure(
        "With a criminal record",
        suppress([with_record, total - with_record], hide=hide),
        "open files",
        "Any arrest on an imported or typed record. Files where no record was asked for yet are in N.",
    )


def outcomes(user: User, period: Period, *, hide: bool) -> tuple[Figure, Table]:
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


def visas(user: User, period: Period, *, hide: bool) -> tuple[Figure, Table]:
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


def waiting(user: User, today: date, *, hide: bool) -> tuple[Figure, Table, list[dict[str, Any]]]:
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


def bars(table: Table) -> list[dict[str, Any]]:
    """The rows of a one-column table as bars, its total left out."""
    return [
        {"label": label, "n": int(words.replace(",", "")) if words[0].isdigit() else None, "shown": words}
        for label, words in table.rows[:-1]
    ]


def petitions(user: User, *, hide: bool) -> tuple[Table, list[dict[str, Any]]]:
    stages = Counter(open_petitions(user).order_by().values_list("stage", flat=True))
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
    return table, bars(table)


def hands(served: QuerySet[Client], period: Period, *, hide: bool) -> Table:
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

"""The report put together, whole or in short."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from accounts.models import User
from clients.models import Client
from reports.caseload import counts, work
from reports.caseload.shapes import SOON_DAYS, Report, Table
from reports.figures import Figure
from reports.periods import Period, this_year
from reports.queries import dates_of, with_work_to


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

    figures.append(counts.open_files(served, period))
    figures.append(counts.with_record(served, period, hide=leaving))
    cleared, tables["outcomes"] = counts.outcomes(user, period, hide=leaving)
    figures.append(cleared)
    granted, tables["visas"] = counts.visas(user, period, hide=leaving)
    figures.append(granted)
    waiting, tables["waiting"], bars["waiting"] = counts.waiting(user, today, hide=leaving)
    figures.append(waiting)
    kept = work.promises(user, period)
    figures.append(work.promises_figure(kept))
    tables["hands"] = counts.hands(served, period, hide=leaving)
    tables["petitions"], bars["petitions"] = counts.petitions(user, hide=leaving)
    bars["visas"] = counts.bars(tables["visas"])
    late, late_total = work.dates(user, today, late=True)
    soon, soon_total = work.dates(user, today, late=False)
    workers = work.workers(user, today, kept)
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
    waiting, _table, _bars_of = counts.waiting(user, today, hide=False)
    return [
        counts.open_files(served, period),
        Figure("Late now", f"{late:,}", f"of {total:,} open dates", "Open dates whose due day has passed."),
        Figure(
            f"Due in {SOON_DAYS} days",
            f"{soon.count():,}",
            f"of {total:,} open dates",
            f"Open dates not yet late whose safe day, or due day, falls by {SOON_DAYS} days from today.",
        ),
        waiting,
        work.promises_figure(work.promises(user, period)),
    ]

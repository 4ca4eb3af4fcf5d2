"""The deadlines of the week, and what comes after it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cases.models import Deadline
from reports.home.asked import AHEAD, MOST_ROWS, Asked
from reports.queries import BODIES, deadline_row, with_work_to


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
        "until": None if asked.everything or week.is_past else week.sunday + AHEAD,
    }

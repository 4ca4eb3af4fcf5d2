"""What is to be done next, over all matters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from cases.models import Deadline, Hearing
from clients.frame import opened
from clients.models import Client, Commitment
from reports.home import hearing_tags
from reports.links import link
from reports.overview.file import File, is_known, noon
from reports.people import needs_interpreter
from reports.queries import standing_of
from reports.words import short_day

MOST_STEPS = 12


def next_steps(file: File) -> list[dict[str, Any]]:
    """Open dates, promises owed and hearings ahead, soonest first. Opens the promises that are shown."""
    rows: list[tuple[datetime, str, Any]] = [(noon(row.work_to), "date", row) for row in file.deadlines]
    rows += [(row.due_at, "promise", row) for row in file.promises if row.state == Commitment.State.OWED]
    rows += [(row.starts_at, "hearing", row) for row in _ahead_hearings(file)]
    rows.sort(key=lambda item: item[0])
    makers: dict[str, Callable[[Any, File], dict[str, Any]]] = {
        "date": _date_step,
        "promise": _promise_step,
        "hearing": _hearing_step,
    }
    return [makers[kind](row, file) for _at, kind, row in rows[:MOST_STEPS]]


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
    if not is_known(client, "interpreter") or not needs_interpreter(opened(client, "interpreter")):
        return ""
    return opened(client, "language") or "language not asked"

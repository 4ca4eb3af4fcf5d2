"""One petition: where it stands, its charges, hearing, agencies, papers, dates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_words
from django.views.decorators.http import require_safe

from accounts.models import User
from audit.services import Action, record
from cases.law import statute_paper
from cases.models import AgencyDuty, Deadline, Hearing, Petition, PetitionCharge
from cases.models.petitions import DECIDED, ENDED, GRANTS, Stage
from cases.queries import left_out
from cases.services.dates import uncounted
from cases.services.paper_stops import stops
from cases.services.paper_words import KINDS
from cases.services.versions import Shelves, is_edited, shelves
from cases.stages import ACTS, acts_of
from cases.timeline import timeline
from cases.views.common import petition_or_404, user_of
from cases.views.papers import copy_rows, store_form
from clients.frame import file_context, opened
from clients.permissions import CHANGE

RESULT_TAGS = {"granted": "done", "denied": "late", "withdrawn": "open", "open": "open"}


@require_safe
def petition(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of a petition."""
    found, user, today = petition_or_404(request, pk), user_of(request), timezone.localdate()
    record(Action.SEEN, by=user, target=found)
    paper = statute_paper(found.statute)
    lines = list(
        found.lines.select_related("charge__arrest").order_by("charge__arrest__ordinal", "charge__ordinal")
    )
    hearings = list(found.hearings.select_related("court"))
    duties = list(found.duties.select_related("agency", "deadline", "proof"))
    dates = list(found.deadlines.filter(replaced_at__isnull=True).select_related("done_by", "owner"))
    ahead = next((hearing for hearing in hearings if hearing.outcome == Hearing.Outcome.AHEAD), None)
    ready = shelves(found)
    context = file_context(request, found.client, "petitions")
    context |= {
        "petition": found,
        "paper": paper,
        "today": today,
        "crumbs": [{"label": "Petitions", "url": reverse("client-petitions", args=[found.client_id])},
                   {"label": _which(found, user)}],
        "title": f"Petition {found.number}: {paper.about}, {found.place}",
        "sub": _sub(found, paper.short),
        "actions": _actions(found),
        "stops_path": _path(found, lines, hearings, duties, today),
        "lines": [_line(line, paper.asks, ahead, today) for line in lines],
        "left_out": left_out(petition=found, today=today),
        "hearing": ahead,
        "hearing_issue": opened(ahead, "issue") if ahead else "",
        "past_hearings": [hearing for hearing in hearings if hearing.outcome != Hearing.Outcome.AHEAD],
        "duties": [_duty(duty, today) for duty in duties],
        "duties_done": sum(duty.confirmed_on is not None for duty in duties),
        "duties_due": max((duty.deadline.due_on for duty in duties if duty.deadline), default=None),
        "documents": [*copy_rows(ready.copies), *_documents(ready)],
        "store": store_form(found, context["rights"]),
        "dates": _dates(dates, today),
        "services": [
            {"row": row, "server": opened(row, "server")}
            for row in found.services.select_related("recipient", "proof")
        ],
        "may_revise": found.stage in DECIDED and context["rights"][ACTS["revise"].right],
        "may_correct": found.stage != Stage.WITHDRAWN and context["rights"][CHANGE],
        "green_card": _green_card(found, lines, paper),
        "events": timeline(found, ready),
        "uncounted": uncounted(found),
        "before_signing": stops(petition=found, today=today) if found.stage == Stage.DRAFT else [],
    }  # fmt: skip
    return render(request, "cases/petition.html", context)


def _which(found: Petition, user: User) -> str:
    total = Petition.objects.visible_to(user).filter(client=found.client).count()
    return f"{found.number} of {total}"


def _sub(found: Petition, law: str) -> str:
    number = opened(found, "court_number")
    parts = [law, f"{found.court.name}, no. {number}" if number else found.court.name]
    if found.under_seal:
        parts.append("under seal" if not found.filed_on else "filed under seal")
    return " · ".join(parts)


def _actions(found: Petition) -> list[dict[str, str]]:
    papers = {"label": "Papers", "url": reverse("petition-papers", args=[found.pk]), "icon": "doc"}
    happened = {
        "label": "Record what happened",
        "url": reverse("petition-record", args=[found.pk]),
        "icon": "plus",
    }
    if found.stage == Stage.DRAFT:
        return [papers, happened]
    return [happened, papers] if acts_of(found) else [papers]


def _short(day: date | None, today: date) -> str:
    if day is None:
        return ""
    return date_words(day, "M j" if day.year == today.year else "M j, Y")


def _path(
    found: Petition,
    lines: list[PetitionCharge],
    hearings: list[Hearing],
    duties: list[AgencyDuty],
    today: date,
) -> list[dict[str, Any]]:
    """Nine stops; what is dated is done, the first that is not is where it stands."""
    decided = [line for line in lines if line.result in ("granted", "denied")]
    confirmed = sum(duty.confirmed_on is not None for duty in duties)
    said = found.events.filter(stage__in=[Stage.OPPOSED, Stage.UNOPPOSED]).order_by("-created_at").first()
    opposed = said is not None and said.stage == Stage.OPPOSED
    answered = f"{_short(found.answered_on, today)}: {'opposes' if opposed else 'not opposed'}"
    held = [hearing for hearing in hearings if hearing.outcome == Hearing.Outcome.HELD]
    ahead = [hearing for hearing in hearings if hearing.outcome == Hearing.Outcome.AHEAD]
    heard = "; ".join(
        [
            *(_short(timezone.localdate(hearing.starts_at), today) for hearing in held),
            *(f"set for {_short(timezone.localdate(hearing.starts_at), today)}" for hearing in ahead),
        ]
    )
    over = found.stage in ENDED
    all_decided = bool(lines) and all(line.result != "open" for line in lines)
    result = f"{len(decided)} of {len(lines)} charges" if found.stage in DECIDED else ""
    sealed = f"{confirmed} of {len(duties)} confirmed" if duties else ""
    stops: list[tuple[str, str, bool]] = [
        ("Drafted", _short(found.drafted_on or timezone.localdate(found.created_at), today), True),
        ("Signed", _short(found.signed_on, today), found.signed_on is not None),
        ("Filed", _short(found.filed_on, today), found.filed_on is not None),
        ("Served", _short(found.served_on, today), found.served_on is not None),
        ("Answered", answered if found.answered_on else "", found.answered_on is not None),
        ("Heard", heard, bool(held) and not ahead),
        ("Decided", result, found.stage in DECIDED and all_decided),
        ("Agencies", sealed, bool(duties) and confirmed == len(duties)),
        ("Proved", "By a fresh RAP sheet" if duties else "", False),
    ]
    drawn, now_given = [], False
    for name, words, done in stops:
        waits = not done and not now_given and not (over and name in ("Answered", "Heard"))
        current = waits and found.stage not in (Stage.WITHDRAWN, Stage.DENIED)
        if current:
            now_given = True
        drawn.append(
            {
                "name": name,
                "state": words,
                "kind": "done" if done else "now" if current else "",
                "current": current,
            }
        )
    if found.stage in (Stage.WITHDRAWN, Stage.DENIED):
        ended = found.events.filter(stage=found.stage).first()
        label, day = found.get_stage_display(), _short(ended.on if ended else None, today)
        drawn = [*[stop for stop in drawn if stop["kind"] == "done" and stop["name"] != "Decided"],
                 {"name": label, "state": day, "kind": "hold", "current": True}]  # fmt: skip
    return drawn


def _line(line: PetitionCharge, asks: Any, ahead: Hearing | None, today: date) -> dict[str, Any]:
    label = line.get_result_display()
    if line.result != "open":
        label = f"{label} {_short(line.result_on, today)}"
    elif ahead is not None:
        label = f"Open: hearing {_short(timezone.localdate(ahead.starts_at), today)}"
    return {
        "charge": line.charge,
        "case_number": opened(line.charge, "case_number"),
        "asked": asks.get(line.charge.kind, asks["other"]),
        "tag": label,
        "tag_kind": RESULT_TAGS[line.result],
        "words": opened(line, "order_words"),
        "row": {"granted": "aw-table__done", "denied": "aw-table__late"}.get(line.result, ""),
    }


def _duty(duty: AgencyDuty, today: date) -> dict[str, Any]:
    waiting = (today - duty.sent_on).days if duty.sent_on and not duty.received_on else 0
    late = bool(duty.deadline and not duty.confirmed_on and duty.deadline.due_on < today)
    return {
        "duty": duty,
        "sent": _short(duty.sent_on, today),
        "received": _short(duty.received_on, today),
        "waiting": waiting if waiting > 30 else 0,
        "due": duty.deadline.due(today) if duty.deadline else None,
        "confirmed": _short(duty.confirmed_on, today),
        "row": "aw-table__done"
        if duty.confirmed_on
        else "aw-table__late"
        if late
        else "aw-table__soon"
        if waiting > 30
        else "",
        "late": late,
    }


def _documents(ready: Shelves) -> list[dict[str, Any]]:
    rows = []
    for kind, versions in ready.papers.items():
        if versions:
            rows.append(
                {
                    "label": KINDS.get(kind, kind),
                    "newest": versions[0],
                    "older": versions[1:],
                    "edited": is_edited(versions[0]),
                }
            )
    return sorted(rows, key=lambda row: row["newest"].created_at, reverse=True)


def _dates(dates: list[Deadline], today: date) -> list[dict[str, Any]]:
    """The dates of the rail: open ones first; agencies that share a day are shown once."""
    shown: list[dict[str, Any]] = []
    seen: dict[tuple[str, date], dict[str, Any]] = {}
    for row in sorted(dates, key=lambda row: (row.done_on is not None, row.due_on)):
        if row.side == Deadline.Side.AGENCY:
            first = seen.get((row.rule, row.due_on))
            if first is not None:
                first["count"] += 1
                first["open"] += row.done_on is None
                continue
        item = {
            "row": row,
            "due": row.due(today),
            "count": 1,
            "open": int(row.done_on is None),
            "done": row.done_on,
        }
        item["agency"] = row.side == Deadline.Side.AGENCY
        seen[(row.rule, row.due_on)] = item
        shown.append(item)
    return shown


def _green_card(found: Petition, lines: list[PetitionCharge], paper: Any) -> dict[str, str]:
    """Whether the order names a ground that immigration law counts."""
    if found.stage not in GRANTS:
        return {
            "tag": "No order yet",
            "kind": "open",
            "words": f"The proposed order asks for “{paper.defect_words[-1]}”.",
            "note": paper.defect_note,
        }
    granted = [line for line in lines if line.result == "granted"]
    named = [line for line in granted if _names(opened(line, "order_words"), paper.defect_marks)]
    if len(named) == len(granted):
        return {"tag": "Order names a legal defect", "kind": "done", "words": paper.defect_note, "note": ""}
    missing = ", ".join(line.charge.number for line in granted if line not in named)
    return {
        "tag": "Look at the order’s words",
        "kind": "soon",
        "words": f"No ground of law is on file for {missing}. Immigration counsel reads the order before "
        "any form is answered.",
        "note": "",
    }


def _names(words: str, marks: Iterable[str]) -> bool:
    """Whether an order's words hold one of the marks of a ground that counts."""
    return any(mark in words.lower() for mark in marks)

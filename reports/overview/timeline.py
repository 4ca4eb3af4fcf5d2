"""What happened, in court, with USCIS, and in what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from cases.models import Hearing, StageEvent
from cases.models.petitions import GRANTS, Stage
from clients.models import Client, Commitment
from deadlines.types import day_words
from documents.models import Document
from records.models import RapSheet
from reports.links import link
from reports.overview.file import File, noon
from reports.queries import hand_overs, visa_stage_words
from reports.words import counted, moment
from visas.models import VisaEvent

MOST_EVENTS = 14
SHOWS = (
    ("", "All"),
    ("court", "Court"),
    ("immigration", "Immigration"),
    ("promises", "Promises"),
    ("documents", "Documents"),
)


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
                noon(event.on), title, "court", event.by.name, kind="done" if good else "",
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
            noon(event.on),
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
        Happened(noon(permit.valid_from), f"Work permit {permit.category}", "immigration", kind="done",
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
    rows = [_sheet(sheet) for sheet in file.sheets]
    documents = Document.objects.filter(client=file.client).exclude(kind=Document.Kind.RAP_SHEET)
    for document in documents.select_related("created_by"):
        change = "added" if document.version == 1 else f"changed, version {document.version}"
        title = f"{document.get_kind_display()} {change}"
        rows.append(Happened(document.created_at, title, "documents", document.created_by.name))
    return rows


def _sheet(sheet: RapSheet) -> Happened:
    title, by = "RAP sheet imported", sheet.imported_by.name
    if sheet.state == RapSheet.State.DISCARDED:
        return Happened(sheet.created_at, title, "documents", by, text="Discarded since.")
    read = f"{counted(sheet.lines_read, 'line')} read, {sheet.lines_not_read} not read."
    at = link("rapsheet-review", sheet.pk)
    return Happened(sheet.created_at, title, "documents", by, text=read, url=at, link="Review it")


def _file(file: File) -> list[Happened]:
    client = file.client
    rows = [Happened(noon(client.opened_on), "File opened", "file")]
    if client.closed_on:
        rows.append(Happened(noon(client.closed_on), "File closed", "file"))
    rows += [
        Happened(one.at, "New point of contact", "file", url=link("client-team", client.pk), link="Care team")
        for one in hand_overs(Client.objects.filter(pk=client.pk))
        if one.before is not None
    ]
    return rows

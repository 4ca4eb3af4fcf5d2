"""What happened to a petition, newest first: steps, papers, service, hearings, agencies, corrections.

Who and when come from the rows and their history; what a person typed stays in the sealed note of an event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from cases.models import Agency, AgencyDuty, Hearing, Petition, Service, StageEvent
from cases.models.petitions import Stage
from cases.services.hearings import hearing_words
from cases.services.keeping import COPIES
from cases.services.moves import day_words
from cases.services.paper_words import KINDS
from cases.services.versions import Shelves, is_edited, kept_entries, shelves
from clients.frame import opened
from documents.models import Document

WORDS = {Stage.DRAFT: "Begun", Stage.HEARING_SET: "Hearing set"}
DUTY_WORDS = {
    "sent_on": "Order sent to {}",
    "received_on": "Order received by {}",
    "confirmed_on": "{} confirmed sealing",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what happened, on which day, recorded when and by whom."""

    title: str
    on: date
    at: datetime
    by: User | None
    note: str = ""

    @property
    def late(self) -> bool:
        """Whether it was recorded on another day than it happened."""
        return timezone.localdate(self.at) != self.on


def timeline(petition: Petition, ready: Shelves | None = None) -> list[Entry]:
    """Everything on file about the petition, the latest day first; on one day the latest record."""
    entries = [
        *_steps(petition),
        *_papers(petition, ready or shelves(petition)),
        *_served(petition),
        *_heard(petition),
        *_told(petition),
    ]
    return sorted(entries, key=lambda entry: (entry.on, entry.at), reverse=True)


def _steps(petition: Petition) -> Iterator[Entry]:
    for row in StageEvent.objects.filter(petition=petition).select_related("by"):
        note = opened(row, "note")
        label = WORDS.get(Stage(row.stage), row.get_stage_display())
        if row.kind == StageEvent.Kind.CORRECTED:
            label = f"Corrected: stands at “{row.get_stage_display()}”"
        elif row.kind == StageEvent.Kind.NOTED:
            label = f"Note at “{row.get_stage_display()}”"
        # The hearing or the receipt has an entry of its own, with more in it.
        bare = row.kind == StageEvent.Kind.NOTED or row.stage == Stage.HEARING_SET
        if bare and not note and row.kind != StageEvent.Kind.CORRECTED:
            continue
        yield Entry(label, row.on, row.created_at, row.by, note)


def _papers(petition: Petition, ready: Shelves) -> Iterator[Entry]:
    stored: Iterable[tuple[str, str, list[Document]]] = [
        *((KINDS[kind], "", rows) for kind, rows in ready.papers.items()),
        *((KINDS[kind], " after the signature", rows) for kind, rows in ready.later.items()),
        *((COPIES[copy], "", rows) for copy, rows in ready.copies.items()),
        *((COPIES[copy], ", later taken back", rows) for copy, rows in ready.off.items()),
    ]
    for label, more, rows in stored:
        for row in rows:
            did = "stored" if is_edited(row) else "drafted"
            day = timezone.localdate(row.created_at)
            yield Entry(f"{label}, version {row.version}, {did}{more}", day, row.created_at, row.created_by)
    kept = [(kind, entry) for kind, entries in kept_entries(petition).items() for entry in entries]
    people = User.objects.in_bulk({entry["by"] for _kind, entry in kept}) if kept else {}
    for kind, entry in kept:
        day = date.fromisoformat(entry["on"])
        at = timezone.make_aware(datetime.combine(day, datetime.min.time()))
        yield Entry(f"{KINDS[kind]} kept as edited", day, at, people.get(entry["by"]), entry["reason"])


def _changes(rows: Any, names: Iterable[str]) -> Iterator[tuple[Any, Any, list[str]]]:
    """Each record of the history with the one before it of the same row, and what of `names` differs."""
    before: dict[Any, Any] = {}
    for row in rows.select_related("history_user").order_by("history_date", "history_id"):
        old = before.get(row.id)
        before[row.id] = row
        differs = [name for name in names if getattr(row, name) != getattr(old, name, None)]
        if row.history_type != "-" and differs:
            yield row, old, differs


def _served(petition: Petition) -> Iterator[Entry]:
    rows = Service.history.filter(petition_id=petition.pk)
    names = {row.pk: str(row) for row in Agency.objects.filter(pk__in=rows.values("recipient_id"))}
    for row in rows.filter(history_type="-").select_related("history_user"):
        title = f"Service on {names.get(row.recipient_id, 'a recipient')} taken back"
        yield Entry(title, timezone.localdate(row.history_date), row.history_date, row.history_user)
    for row, _old, differs in _changes(rows, ("sent_on", "received_on")):
        who = names.get(row.recipient_id, "a recipient")
        for name in differs:
            day = getattr(row, name)
            said = f"Sent to {who}" if name == "sent_on" else f"Received by {who}"
            if day is None:
                yield Entry(
                    f"Receipt by {who} taken back",
                    timezone.localdate(row.history_date),
                    row.history_date,
                    row.history_user,
                )
            else:
                yield Entry(said, day, row.history_date, row.history_user)


def _heard(petition: Petition) -> Iterator[Entry]:
    rows = Hearing.history.filter(petition_id=petition.pk)
    for row, old, differs in _changes(rows, ("starts_at", "outcome", "department")):
        day = timezone.localdate(row.history_date)
        title = f"Hearing set: {_short_hearing(row)}"
        if old is not None:
            corrected = differs != ["outcome"] or old.outcome != Hearing.Outcome.AHEAD
            label = dict(Hearing.Outcome.choices)[row.outcome].lower()
            title = f"Hearing corrected: {hearing_words(row.instance)}" if corrected else ""
            title = title or f"Hearing of {day_words(timezone.localdate(row.starts_at))}: {label}"
        yield Entry(title, day, row.history_date, row.history_user)


def _short_hearing(row: Any) -> str:
    return hearing_words(row.instance).rsplit(" (", 1)[0]


def _told(petition: Petition) -> Iterator[Entry]:
    names = {row.pk: str(row.agency) for row in petition.duties.select_related("agency")}
    rows = AgencyDuty.history.filter(petition_id=petition.pk)
    for row, _old, differs in _changes(rows, ("sent_on", "received_on", "confirmed_on")):
        who = names.get(row.id, "An agency")
        for name in differs:
            day = getattr(row, name)
            words = DUTY_WORDS[name].format(who)
            if day is None:
                words, day = f"{words}: taken back", timezone.localdate(row.history_date)
            yield Entry(words, day, row.history_date, row.history_user)

"""What the rows of a T visa say to the rules: facts for the machines, ages, cards, the wait. Only reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from vault.errors import VaultError
from visas.models import CORRECTED, FamilyMember, Notice, TVisa, VisaEvent, WorkPermit
from visas.rules import (
    Card,
    RuleInputError,
    age_out,
    aos_window,
    basis_on,
    days_without,
    derivative_class,
    renewal_window,
    status_end,
)
from visas.rules.adjustment import AosWindow
from visas.rules.base import count, words
from visas.rules.dates import age_on
from visas.rules.family import AgeOut, DerivativeClass
from visas.rules.status import StatusEnd
from visas.rules.work_permission import Basis, RenewalWindow, Wait
from visas.stages import machine

RESIDENT = "permanent residence"
"""Stands for a card once the green card is granted: nobody waits for a work permit any more."""


def machine_key(person: FamilyMember | None) -> str:
    """The machine of the client's own T visa, or of a family member's."""
    return "t1_matter" if person is None else "t_derivative"


def relative_words(person: FamilyMember) -> str:
    """ "child", or "child 2" where the client has several: tells relatives apart without a name."""
    word = str(person.get_relationship_display()).lower()
    same = list(
        FamilyMember.objects.filter(visa=person.visa_id, relationship=person.relationship)
        .order_by("created_at", "pk")
        .values_list("pk", flat=True)
    )
    return f"{word} {same.index(person.pk) + 1}" if len(same) > 1 else word


# --- Facts for the guards -------------------------------------------------------------------------


def facts_of(visa: TVisa, person: FamilyMember | None, today: date) -> dict[str, Any]:
    """What the guards of the machine may ask, by the machine's names; None where it is not known."""
    events = list(VisaEvent.objects.filter(visa=visa).order_by("on", "created_at"))
    notices = list(
        Notice.objects.filter(visa=visa, person=person).select_related("deadline").order_by("served_on")
    )
    rfes = [notice.served_on for notice in notices if notice.kind == Notice.Kind.RFE]
    owed = [notice.deadline.due_on for notice in notices if notice.is_open]
    end = end_of_status(visa)
    common = {"as_of": today, "rfe_date": max(rfes, default=None), "due_date": owed[-1] if owed else None}
    if person is None:
        return common | {
            "in_us": True,
            "received_date": visa.received_on,
            "t1_admission_date": visa.approved_on,
            "status_end_date": end.ends if end else None,
        }
    own = [event for event in events if event.person_id == person.pk]
    hers = [event for event in events if event.person_id is None]
    return common | {
        "in_us": person.in_united_states,
        "received_date": last_day(own, "receipt_notice", "received_date"),
        "bfd_date": last_day(own, "bfd_grant", "bfd_date"),
        "approval_date": last_day(own, "approval", "approval_date"),
        "status_end_date": last_day(own, "approval", "status_end_date")
        or last_day(own, "admission", "status_end_date"),
        "principal_bfd_date": visa.bona_fide_on,
        "principal_approval_date": visa.approved_on,
        "principal_status_end_date": end.ends if end else None,
        "principal_i485_received_date": last_day(hers, "i485_receipted", "received_date"),
        "principal_lpr_date": resident_since(visa, hers),
    }


def last_day(events: Iterable[VisaEvent], event: str, key: str) -> date | None:
    """The date of that key given with the last such event; `events` in order of time."""
    found = [event_row.day(key) for event_row in events if event_row.event == event]
    return found[-1] if found else None


def resident_since(visa: TVisa, events: Iterable[VisaEvent]) -> date | None:
    """The day of the green card, while the stage says that there is one."""
    if visa.stage != "lpr":
        return None
    rows = [row for row in events if row.person_id is None and row.stage == "lpr"]
    return (rows[-1].day("approval_date") or rows[-1].on) if rows else None


def end_of_status(visa: TVisa) -> StatusEnd | None:
    """The last day of T-1 status: printed on the notice, else computed; None before the grant."""
    if visa.approved_on is None:
        return None
    return status_end(printed=visa.status_ends_on, approved=visa.approved_on)


def window_of(visa: TVisa) -> AosWindow | None:
    """The green card window; None before the grant. Raises RuleInputError beyond the calendars on file."""
    if visa.approved_on is None:
        return None
    return aos_window(t1_admission_date=visa.approved_on, status_end_date=visa.status_ends_on)


# --- Family ---------------------------------------------------------------------------------------


def born(row: Any) -> date | None:
    """A sealed date of birth, None where it is not on file or does not open."""
    try:
        value: date | None = row.date_of_birth
    except VaultError:
        return None
    return value


def classify(row: FamilyMember, visa: TVisa, today: date) -> DerivativeClass | None:
    """The class of a relative; before the I-914 was received, as if it were received today.

    None while the client's date of birth is not on file. Raises RuleInputError for impossible facts.
    """
    principal = born(visa.client)
    if principal is None:
        return None
    return derivative_class(
        principal_dob=principal,
        i914_received_date=visa.received_on or today,
        i914_decision_date=visa.approved_on,
        relative=row.relationship,
        relative_dob=born(row),
        married=row.married,
        danger_of_retaliation=row.in_danger,
        as_of=today,
    )


@dataclass(frozen=True, slots=True)
class Relative:
    """A relative as the page shows them: class with its steps, ages, and what a birthday does."""

    row: FamilyMember
    name: str
    stage: str
    found: DerivativeClass | None
    problem: str
    provisional: bool
    age_then: int | None
    age_now: int | None
    aged: AgeOut | None
    over: bool
    days_left: str = ""

    @property
    def code(self) -> str:
        return (self.found.code or "None") if self.found else "Not known"


def relative_of(row: FamilyMember, visa: TVisa, name: str, today: date) -> Relative:
    """Class, ages and age-out of one relative; impossible facts become words, not an error."""
    found, aged, problem = None, None, ""
    birth, counted_on = born(row), visa.received_on or today
    try:
        found = classify(row, visa, today)
        if birth is not None and row.relationship in ("child", "sibling"):
            aged = age_out(
                relationship=row.relationship,
                dob=birth,
                married=row.married,
                i914_received_date=counted_on,
                i914_decision_date=visa.approved_on,
            )
    except RuleInputError as error:
        problem = str(error)
    if found is None and not problem:
        problem = "The class follows from the client’s age: the date of birth is not on file."
    left = ""
    if found and found.file_before:
        days = (found.file_before - today).days
        left = f"{count(days, 'day')} left" if days > 0 else f"passed {words(found.file_before)}"
    state = machine("t_derivative").state(row.stage)
    return Relative(
        row=row,
        name=name,
        stage=state.label,
        found=found,
        problem=problem,
        provisional=visa.received_on is None,
        age_then=age_on(birth, counted_on) if birth and birth <= counted_on else None,
        age_now=age_on(birth, today) if birth else None,
        aged=aged,
        over=machine("t_derivative").is_over(row.stage),
        days_left=left,
    )


# --- Permission to work ---------------------------------------------------------------------------


def cards_of(permits: Iterable[WorkPermit], person_id: Any = None) -> list[Card]:
    """The cards of the client (`person_id` None) or of one relative."""
    return [Card(row.valid_from, row.valid_to, row.category) for row in permits if row.person_id == person_id]


def wait_of(
    visa: TVisa, permits: Iterable[WorkPermit], events: Iterable[VisaEvent], today: date
) -> Wait | None:
    """The client's days without permission to work, up to and without `today`.

    From the day USCIS received the I-914 (or the day the office chose); the green card ends it, and so does
    the end of the matter. None while there is no first day.
    """
    start = visa.waiting_from or visa.received_on
    if start is None or start > today:
        return None
    own = [row for row in events if row.person_id is None]
    cards, until = cards_of(permits), today
    resident = resident_since(visa, own)
    if resident is not None:
        cards.append(Card(resident, None, RESIDENT))
    over = resident is None and machine("t1_matter").is_over(visa.stage)
    if over and own:
        until = max(start, min(today, max(own, key=lambda row: (row.on, row.created_at)).on))
    found = days_without(cards, start=start, as_of=until)
    if not over:
        return found
    said = f"{count(found.days, 'day')} without permission to work until the matter ended."
    return replace(found, running=False, streak=0, sentence=said)


def wait_of_relative(
    row: FamilyMember, permits: Iterable[WorkPermit], events: Iterable[VisaEvent], today: date
) -> Wait | None:
    """A relative's days, from the receipt of their own Supplement A; None without one, or abroad."""
    own = [event for event in events if event.person_id == row.pk]
    start = last_day(own, "receipt_notice", "received_date")
    over = machine("t_derivative").is_over(row.stage) or row.stage == "lpr"
    if start is None or start > today or not row.in_united_states or over:
        return None
    return days_without(cards_of(permits, row.pk), start=start, as_of=today)


@dataclass(frozen=True, slots=True)
class Permit:
    """A card with its renewal window, as the page shows it."""

    row: WorkPermit
    window: RenewalWindow | None
    state: str
    words: str
    kind: str
    days: int


def permit_of(row: WorkPermit, replaced: bool, today: date) -> Permit:
    """Whether a card lasts, may be renewed or has run out. `replaced`: a later card takes its place."""
    days = (row.valid_to - today).days
    try:
        window = renewal_window(Card(row.valid_from, row.valid_to, row.category))
    except RuleInputError:
        # Continued Presence is renewed by the agency, and far years lie outside the holidays on file.
        window = None
    state = window.state(today) if window else ("ended" if days < 0 else "too_early")
    if replaced:
        return Permit(row, window, "replaced", "Followed by another card", "", days)
    said, kind = {
        "too_early": (f"Renew from {words(window.opens)}" if window else "Lasts", "done"),
        "open": ("Renew now", "soon"),
        "past_safe_day": ("Renew today: the safe day has passed", "late"),
        "ended": ("Ended", "late"),
    }[state]
    return Permit(row, window, state, said, kind, days)


def permits_shown(permits: Iterable[WorkPermit], today: date) -> list[Permit]:
    """Cards, those that last longest first; one is replaced when the same person has a later one."""
    rows = sorted(permits, key=lambda row: (row.valid_to, row.valid_from), reverse=True)
    seen: set[Any] = set()
    shown = []
    for row in rows:
        shown.append(permit_of(row, row.person_id in seen, today))
        seen.add(row.person_id)
    return shown


def basis_of(permits: Iterable[WorkPermit], today: date) -> Basis:
    """Why the client may work today, or that they may not."""
    return basis_on(cards_of(permits), today)


# --- The way so far -------------------------------------------------------------------------------


def visited(visa: TVisa, events: Iterable[VisaEvent]) -> list[str]:
    """The client's stages in order of time, from the last correction on: what was before it was a mistake."""
    stages: list[str] = ["bfd_positive"] if visa.bona_fide_on else []
    for row in sorted(events, key=lambda row: (row.on, row.created_at)):
        if row.person_id is not None:
            continue
        if row.event == CORRECTED:
            stages = ["bfd_positive"] if visa.bona_fide_on else []
        stages.append(row.stage)
    return stages


def days_of_stops(visa: TVisa, events: Iterable[VisaEvent]) -> Mapping[str, date]:
    """The day each stop of the path was reached, where it is known."""
    chosen = machine("t1_matter")
    found: dict[str, date] = {}
    for row in sorted(events, key=lambda row: (row.on, row.created_at)):
        stop = chosen.state(row.stage).stop if row.stage in chosen.states else None
        if row.person_id is None and stop and row.event not in (CORRECTED, "response_received"):
            found.setdefault(stop, row.on)
    known = {"filed": visa.sent_on, "bona_fide": visa.bona_fide_on, "granted": visa.approved_on}
    return found | {stop: day for stop, day in known.items() if day is not None}

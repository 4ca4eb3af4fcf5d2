"""What the page of a T visa shows: the rows, put in the shapes of the components. Pure reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse

from clients.frame import opened
from deadlines.types import ComputedDate, day_words
from visas.models import CORRECTED, FamilyMember, Notice, Receipt, TVisa, VisaEvent, WorkPermit
from visas.rules import RuleInputError, bona_fide_track, period
from visas.rules.base import Result, count, words
from visas.services.notices import computed_date
from visas.services.stages import ANSWER_EVENTS, NOTICE_EVENTS
from visas.stages import Offer, StopState, Verdict, machine
from visas.working import (
    Permit,
    Relative,
    basis_of,
    days_of_stops,
    end_of_status,
    facts_of,
    machine_key,
    permits_shown,
    relative_of,
    visited,
    wait_of,
    wait_of_relative,
    window_of,
)

MARKS = {
    "verified": "",
    "verified_secondary": "Read in a summary, not the code",
    "convention": "Our own counting choice, where the law is silent",
    "recalled": "Recalled: confirm before use",
    "not_found": "Looked for and not found",
}
PATH_KINDS = {StopState.DONE: "done", StopState.PASSED_OVER: "done", StopState.NOW: "now"}
WAITS_FOR_ANSWER = {"rfe_open", "noid_open", "noir_open", "denied"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do next: what, why or by when, how urgent, and where."""

    title: str
    text: str
    kind: str = ""
    tag: str = ""
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A large figure in a card, with the lines under it and the rule's working."""

    key: str
    title: str
    figure: str
    unit: str
    kind: str = ""
    lines: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    citation: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """A notice with its computed date, or as it was settled."""

    row: Notice
    title: str
    date: ComputedDate
    mark: str
    tag: str
    kind: str
    raw_note: str
    asks: list[str]
    state: str


@dataclass(slots=True)
class Loaded:
    """Everything of one T visa, read once."""

    visa: TVisa
    today: date
    events: Sequence[VisaEvent]
    permits: Sequence[WorkPermit]
    receipts: Sequence[Receipt]
    notices: Sequence[Notice]
    members: Sequence[FamilyMember]
    names: dict[Any, str] = field(default_factory=dict)


def load(visa: TVisa, today: date) -> Loaded:
    """The rows behind the page; the caller has looked `visa` up among those its reader may see."""
    members = list(visa.family.all())
    return Loaded(
        visa=visa,
        today=today,
        events=list(visa.events.select_related("by").order_by("on", "created_at")),
        permits=list(visa.permits.all()),
        receipts=list(visa.receipts.all()),
        notices=list(visa.notices.select_related("deadline__owner").order_by("deadline__due_on")),
        members=members,
        names={row.pk: opened(row, "name") for row in members},
    )


def mark_of(result: Result | ComputedDate) -> str:
    """How surely the rule behind a result is known, in words; "" when read in an official text."""
    return MARKS.get(result.flag or "", "")


def cite_of(result: Result) -> str:
    """Where a result stands in the law, each place once."""
    return "; ".join(dict.fromkeys(result.citation.split("; "))) if result.citation else ""


def page_of(rows: Loaded, *, show: str = "") -> dict[str, Any]:
    """The context of the page. `show` opens what was asked for: "receipts" or "births"."""
    visa, today = rows.visa, rows.today
    notices = [_notice(rows, row) for row in rows.notices]
    permits = permits_shown(rows.permits, today)
    family = [relative_of(row, visa, rows.names[row.pk], today) for row in rows.members]
    window, window_problem = _window(visa)
    return {
        "visa": visa,
        "today": today,
        "stage": machine("t1_matter").state(visa.stage).label,
        "stops": _stops(rows),
        "over": machine("t1_matter").is_over(visa.stage),
        "steps": next_steps(rows, notices, permits, family),
        "notices_open": [row for row in notices if row.state == "open"],
        "notices_past": [row for row in notices if row.state != "open"],
        "clocks": [_wait_clock(rows), _permit_clock(rows, permits), _status_clock(visa, today)],
        "window": window,
        "window_problem": window_problem,
        "window_tag": _window_tag(window, today),
        "window_mark": mark_of(window) if window else "",
        "window_cite": cite_of(window) if window else "",
        "chart": _chart(rows, window) if window else None,
        "family": [_relative(rows, row) for row in family],
        "permits": [(permit, _whose(rows, permit.row.person_id)) for permit in permits],
        "receipts": [_receipt(rows, row, show == "receipts") for row in rows.receipts],
        "track": _track(rows),
        "history": _history(rows),
        "show": show,
        "show_births": show == "births",
    }


# --- The path -------------------------------------------------------------------------------------


def _stops(rows: Loaded) -> list[dict[str, Any]]:
    visa, today = rows.visa, rows.today
    chosen = machine("t1_matter")
    window, _problem = _window(visa)
    days = days_of_stops(visa, rows.events)
    waiting = visa.stage in WAITS_FOR_ANSWER
    stops = []
    for stop in chosen.path(
        visa.stage,
        visited=[key for key in visited(visa, rows.events) if key in chosen.states],
        opens=window.opens if window else None,
        as_of=today,
    ):
        kind = PATH_KINDS.get(stop.state, "")
        reached = stop.state is StopState.DONE
        day = stop.day or (days.get(stop.key) if reached else None)
        said = words(day) if day else ""
        if stop.state is StopState.PASSED_OVER:
            said = "Passed over"
        elif stop.state is StopState.NOW:
            kind = "soon" if waiting else kind
            said = chosen.state(visa.stage).label if waiting else "Next"
        elif stop.state is StopState.NOT_REACHED:
            said = "Not reached"
        now = stop.state is StopState.NOW
        stops.append({"name": stop.label, "state": said, "kind": kind, "current": now})
    return stops


# --- What to do next ------------------------------------------------------------------------------

ADVICE = {
    "screening": ("Decide whether to take the case", "Screening ends with taking or declining it."),
    "preparing": ("Finish and send the I-914", "With the signed statement, and Supplement A for the family."),
    "receipted": ("Get ready for fingerprints", "USCIS sends an appointment. Record the day they are taken."),
    "biometrics_done": (
        "Wait for USCIS",
        "A bona fide notice, a request for evidence or a decision comes next.",
    ),
    "bfd_positive": ("Ask for the (c)(40) work permit", "Unless a card is there: deferred action allows it."),
    "waiting_list": ("Wait for a visa number", "The yearly limit was reached. Deferred action goes on."),
    "extension_pending": (
        "Wait for the extension",
        "The receipt shows that status goes on: keep it at hand.",
    ),
    "status_expired": ("Ask an attorney about a late extension", "T-1 status has ended; give the reason."),
    "appeal_or_motion_pending": ("Wait for the appeal or motion", "Record the decision when it comes."),
    "adjustment": (
        "Wait for the green card",
        "No trips without advance parole: presence counts to the decision.",
    ),
    "lpr": ("Close what is left", "Relatives may follow. Then the file can rest."),
    "withdrawn": ("Close the file", "The client withdrew."),
}


def next_steps(
    rows: Loaded, notices: Sequence[NoticeShown], permits: Sequence[Permit], family: Sequence[Relative]
) -> list[Step]:
    """What is to be done now, the most pressing first. Only what the file itself says."""
    visa, today = rows.visa, rows.today
    found: list[Step] = []
    for shown in notices:
        if shown.state != "open":
            continue
        url = reverse("notice-answer", args=[shown.row.pk])
        due = f"USCIS has to have it by {day_words(shown.row.deadline.due_on, today)}."
        if shown.row.sent_on:
            text = f"Sent {words(shown.row.sent_on)}. {due}"
            found.append(
                Step(f"Check that USCIS has it: {shown.title}", text, "soon", "Sent", url, "Record it")
            )
        else:
            safe = day_words(shown.row.deadline.work_to, today)
            text = f"Work to {safe}. {due} {shown.row.deadline.owner} answers for it."
            found.append(Step(f"Answer: {shown.title}", text, shown.kind, shown.tag, url, "Record it sent"))
    found += _family_steps(rows, family)
    found += [
        Step(
            f"Renew the work permit {permit.row.category}",
            f"{_whose(rows, permit.row.person_id)}. {_card_words(permit, today)}",
            permit.kind,
            permit.words,
        )
        for permit in permits
        if permit.kind in ("soon", "late")
        and not machine("t1_matter").is_over(visa.stage)
        and visa.stage != "lpr"
    ]
    found += _stage_steps(rows, family)
    return found


def _card_words(permit: Permit, today: date) -> str:
    verb = "ended" if permit.days < 0 else "ends"
    return f"The card {verb} {day_words(permit.row.valid_to, today)}."


def _family_steps(rows: Loaded, family: Sequence[Relative]) -> list[Step]:
    steps = []
    for person in family:
        if person.found and person.found.file_before and person.row.stage == "planned":
            ahead = person.found.file_before > rows.today
            safe = person.aged.last_safe_receipt if person.aged and person.aged.last_safe_receipt else None
            by = (
                f"USCIS should have Supplement A by {day_words(safe, rows.today)}. " if safe and ahead else ""
            )
            steps.append(
                Step(
                    f"An attorney decides about {person.name}’s birthday",
                    f"{by}21 comes after the approval, where the law is silent.",
                    "soon" if ahead else "late",
                    person.days_left,
                )
            )
    return steps


def _stage_steps(rows: Loaded, family: Sequence[Relative]) -> list[Step]:
    visa, today = rows.visa, rows.today
    if visa.stage == "filed" and visa.sent_on:
        chaser = period(what="receipt_chaser", start_date=visa.sent_on)
        late = chaser.end_date <= today
        text = f"No receipt notice 60 days after sending: ask USCIS from {day_words(chaser.end_date, today)}."
        return [Step("Wait for the receipt notice", text, "soon" if late else "", "Ask now" if late else "")]
    if visa.stage == "approved":
        return _approved_steps(visa, today, family)
    if visa.stage in ADVICE:
        title, text = ADVICE[visa.stage]
        return [Step(title, text)]
    return []


def _approved_steps(visa: TVisa, today: date, family: Sequence[Relative]) -> list[Step]:
    window, _problem = _window(visa)
    if window is None:
        return []
    state = window.state(today)
    safe = day_words(window.last_safe_receipt, today)
    if window.never_opens:
        return [
            Step("Ask an attorney about an extension", "Status ends before three years are complete.", "late")
        ]
    if state == "too_early":
        text = (
            f"The window opens {day_words(window.opens, today)}. USCIS rejects or denies what comes before."
        )
        return [Step("Keep proof of three years of presence", text)]
    waiting = [row.name for row in family if row.row.stage == "planned" and row.found and row.found.code]
    if state == "open" and waiting:
        text = (
            f"No Supplement A yet for {', '.join(waiting)}. It can be filed only while the client is a T-1; "
            f"after the green card it is too late. USCIS has to have the I-485 by {safe}, to be safe."
        )
        return [Step("Hold the I-485 for the family", text, "soon", "Window open")]
    if state == "open":
        return [Step("File the I-485", f"USCIS has to have it by {safe}, to be safe.", "soon", "Window open")]
    if state == "past_safe_day":
        return [
            Step(
                "File the I-485 today", f"Status ends {day_words(window.closes, today)}.", "late", "Last days"
            )
        ]
    return [Step("Ask an attorney today", f"Status ended {words(window.closes)}.", "late", "Window closed")]


# --- Notices --------------------------------------------------------------------------------------


def _notice(rows: Loaded, row: Notice) -> NoticeShown:
    found, deadline, today = computed_date(row), row.deadline, rows.today
    whose = f"{rows.names[row.person_id]}’s " if row.person_id else ""
    if row.answered_on:
        state, tag, kind = "answered", f"USCIS had it {words(row.answered_on)}", "done"
    elif deadline.replaced_at is not None:
        state, tag, kind = "overtaken", "Overtaken by a decision", ""
    elif deadline.done_on is not None:
        state, tag, kind = "done", f"Marked done {words(deadline.done_on)}", "done"
    else:
        state = "open"
        tag, kind = _urgency(deadline.due_on, deadline.work_to, today)
    raw = next((line.note.removeprefix("raw: ") for line in found.lines if line.note.startswith("raw: ")), "")
    return NoticeShown(
        row=row,
        title=f"{row.get_kind_display()}: {whose}{row.form}",
        date=found,
        mark=mark_of(found),
        tag=tag,
        kind=kind,
        raw_note=raw or "not moved",
        asks=[line.strip() for line in opened(row, "asks_for").splitlines() if line.strip()],
        state=state,
    )


def _urgency(due: date, safe: date, today: date) -> tuple[str, str]:
    if due < today:
        return f"{count((today - due).days, 'day')} overdue", "late"
    if safe < today:
        return "Safe date has passed", "late"
    if safe == today:
        return "Safe date is today", "soon"
    left = (safe - today).days
    return f"{count(left, 'day')} to the safe date", "soon" if left <= 6 else ""


# --- Clocks ---------------------------------------------------------------------------------------


def _wait_clock(rows: Loaded) -> Clock:
    title = "Without permission to work"
    wait = wait_of(rows.visa, rows.permits, rows.events, rows.today)
    others = []
    for row in rows.members:
        theirs = wait_of_relative(row, rows.permits, rows.events, rows.today)
        if theirs is not None:
            others.append(f"{rows.names[row.pk]}: {theirs.sentence}")
    if wait is None:
        lines = ("The wait is counted from the day USCIS receives the I-914.", *others)
        return Clock("wait", title, "Not begun", "", lines=lines)
    return Clock(
        key="wait",
        title=title,
        figure=f"{wait.days:,}",
        unit="days, running" if wait.running else "days",
        kind="soon" if wait.running else "",
        lines=(wait.sentence, *others),
        steps=wait.steps[:-1],
        citation="From receipt to the first card, gaps between cards added",
        mark=mark_of(wait),
    )


def _permit_clock(rows: Loaded, permits: Sequence[Permit]) -> Clock:
    title = "Work permit"
    own = next((permit for permit in permits if permit.row.person_id is None), None)
    basis = basis_of(rows.permits, rows.today)
    if own is None:
        return Clock("permit", title, "None", "on file", lines=(basis.sentence,))
    steps = own.window.steps if own.window else ()
    mark = mark_of(own.window) if own.window else ""
    citation = cite_of(own.window) if own.window else ""
    figure, unit = _left(own.days, own.row.valid_to, rows.today)
    kind = own.kind if own.kind in ("soon", "late") else ""
    title = f"Work permit {own.row.category} {'ended' if own.days < 0 else 'ends'}"
    return Clock("permit", title, figure, unit, kind, (basis.sentence, own.words), steps, citation, mark)


def _status_clock(visa: TVisa, today: date) -> Clock:
    found = end_of_status(visa)
    title = "T-1 status"
    if found is None:
        return Clock(
            "status", title, "Not granted", "yet", lines=("It ends 4 years less a day after the grant.",)
        )
    figure, unit = _left((found.ends - today).days, found.ends, today)
    source = "Printed on the notice." if found.source == "notice" else "Computed: the notice prints none."
    window, _problem = _window(visa)
    lines = [source]
    if window is not None:
        lines.append(f"Last safe receipt of an I-485: {day_words(window.last_safe_receipt, today)}")
    ended = found.ends < today
    return Clock(
        key="status",
        title=f"{title} {'ended' if ended else 'ends'}",
        figure=figure,
        unit=unit,
        kind="late" if ended and visa.stage in ("approved", "status_expired") else "",
        lines=tuple(lines),
        steps=found.steps,
        citation=cite_of(found),
        mark=mark_of(found),
    )


def _left(days: int, day: date, today: date) -> tuple[str, str]:
    if days < 0:
        return f"{-days:,}", f"{'day' if days == -1 else 'days'} ago, {day_words(day, today)}"
    return f"{days:,}", f"{'day' if days == 1 else 'days'}, {day_words(day, today)}"


# --- Bona fide track, window ----------------------------------------------------------------------


def _track(rows: Loaded) -> dict[str, str] | None:
    """How USCIS comes to a bona fide determination; None once it or the decision is there."""
    visa = rows.visa
    if visa.received_on is None or visa.bona_fide_on or visa.approved_on:
        return None
    rfes = [row.served_on for row in rows.notices if row.kind == Notice.Kind.RFE and row.person_id is None]
    try:
        found = bona_fide_track(received_date=visa.received_on, rfe_date=max(rfes, default=None))
    except RuleInputError as problem:
        return {"text": str(problem), "kind": "soon", "cite": "", "mark": ""}
    said = {
        "automatic": "Reviewed for a bona fide determination by itself.",
        "by_rfe": "Reviewed because of the RFE.",
    }
    return {
        "text": f"{said.get(found.track, 'Not reviewed yet.')} {found.steps[0]}",
        "kind": "" if found.track in said else "soon",
        "cite": cite_of(found),
        "mark": mark_of(found),
    }


def _window(visa: TVisa) -> tuple[Any, str]:
    try:
        return window_of(visa), ""
    except RuleInputError as problem:
        return None, str(problem)


def _window_tag(window: Any, today: date) -> dict[str, str]:
    if window is None:
        return {}
    if window.never_opens:
        return {"label": "Attorney must look", "kind": "late"}
    return {
        "too_early": {"label": f"Opens {words(window.opens)}", "kind": ""},
        "open": {"label": f"Open since {words(window.opens)}", "kind": "done"},
        "past_safe_day": {"label": "Last safe day has passed", "kind": "late"},
        "closed": {"label": f"Closed {words(window.closes)}", "kind": "late"},
    }[window.state(today)]


LEFT, RIGHT = 150, 1050


def _chart(rows: Loaded, window: Any) -> dict[str, Any]:
    """Numbers of the time line: from the grant to the end of status, in units of an 1100 wide drawing."""
    begin, end = rows.visa.approved_on or window.opens, window.closes
    span = max((end - begin).days, 1)

    def x(day: date) -> int:
        return round(LEFT + (RIGHT - LEFT) * min(max((day - begin).days / span, 0), 1))

    years = [date(year, 1, 1) for year in range(begin.year + 1, end.year + 1)]
    cards = [
        {"x": x(row.valid_from), "w": max(x(row.valid_to) - x(row.valid_from), 2), "label": row.category}
        for row in rows.permits
        if row.person_id is None and row.valid_to > begin and row.valid_from < end
    ]
    today = x(rows.today)
    return {
        "begin": begin,
        "opens": x(window.opens),
        "early": max(x(window.opens) - LEFT, 0),
        "room": max(RIGHT - x(window.opens), 0),
        "safe": x(window.last_safe_receipt),
        "today": today if begin <= rows.today <= end else None,
        "flip": today > 850,
        "years": [(x(day), day.year) for day in years],
        "cards": cards,
    }


# --- Rows of tables -------------------------------------------------------------------------------


def _whose(rows: Loaded, person_id: Any) -> str:
    return rows.names[person_id] if person_id else "The client"


def _relative(rows: Loaded, person: Relative) -> dict[str, Any]:
    open_notice = any(row.is_open and row.person_id == person.row.pk for row in rows.notices)
    warned = bool(person.found and person.found.attorney_review)
    kind = "done" if person.row.stage in ("approved_in_us", "admitted", "adjustment", "lpr") else "open"
    if open_notice:
        kind = "soon"
    return {
        "person": person,
        "tie": person.row.get_relationship_display(),
        "kind": kind,
        "tone": "soon" if warned or open_notice else "",
        "warned": warned,
        "born": opened(person.row, "date_of_birth"),
        "mark": mark_of(person.found) if person.found else "",
        "cite": cite_of(person.found) if person.found else "",
        "moves": bool(machine("t_derivative").next_events(person.row.stage)),
    }


def _receipt(rows: Loaded, row: Receipt, show: bool) -> dict[str, Any]:
    number = opened(row, "number") if show else ""
    return {"row": row, "whose": _whose(rows, row.person_id), "number": number}


def _history(rows: Loaded) -> list[dict[str, str]]:
    shown = []
    for row in sorted(rows.events, key=lambda row: (row.on, row.created_at), reverse=True):
        chosen = machine("t1_matter" if row.person_id is None else "t_derivative")
        labels = {move.event: move.label for move in chosen.transitions}
        title = "Stage corrected" if row.event == CORRECTED else labels.get(row.event, row.event)
        whose = f"{rows.names[row.person_id]}: " if row.person_id else ""
        stage = chosen.states[row.stage].label if row.stage in chosen.states else row.stage
        note = opened(row, "note")
        shown.append(
            {
                "title": f"{whose}{title}",
                "meta": f"{day_words(row.on, rows.today)} · {row.by}",
                "text": f"Now: {stage}.{' ' + note if note else ''}",
                "kind": "done" if stage and row.event in ("approval", "bfd_grant", "i485_approved") else "",
            }
        )
    return shown


# --- What may be recorded -------------------------------------------------------------------------


def offers_of(visa: TVisa, person: FamilyMember | None, today: date) -> list[dict[str, Any]]:
    """Every move out of the stage: its words, what it asks for, where it is recorded, or why not yet."""
    facts = facts_of(visa, person, today)
    chosen = machine(machine_key(person))
    shown = []
    for offer in chosen.allowed((person or visa).stage, facts):
        move = offer.transition
        if person is not None and move.event == "approval" and not _fits(person, move.to):
            continue
        # The calendar's own events wait for a day that is on file; what others do is judged by the day typed.
        refused = offer.verdict is Verdict.REFUSED and move.actor == "system"
        shown.append(
            {
                "label": move.label,
                "actor": move.actor_label,
                "to": chosen.state(move.to).label,
                "asks": ", ".join(move.date_labels),
                "note": move.note,
                "guard": offer.transition.guard,
                "refused": offer.reason if refused else "",
                "url": _url_of(visa, person, offer),
            }
        )
    return shown


def _fits(person: FamilyMember, to: str) -> bool:
    return (to == "approved_in_us") is person.in_united_states


def _url_of(visa: TVisa, person: FamilyMember | None, offer: Offer) -> str:
    move = offer.transition
    whose = f"&person={person.pk}" if person else ""
    if move.event in NOTICE_EVENTS:
        form = "I-914A" if person else "I-914"
        return f"{reverse('notice-new', args=[visa.pk])}?kind={NOTICE_EVENTS[move.event]}&form={form}{whose}"
    if move.event in ANSWER_EVENTS.values():
        kinds = [kind for kind, event in ANSWER_EVENTS.items() if event == move.event]
        rows = Notice.objects.open().filter(visa=visa, person=person, kind__in=kinds).order_by("-served_on")
        notice = rows.first()
        if notice is not None:
            return reverse("notice-answer", args=[notice.pk])
    if person is not None:
        return reverse("relative-event", args=[person.pk, move.event, move.to])
    return reverse("tvisa-event", args=[visa.pk, move.event, move.to])

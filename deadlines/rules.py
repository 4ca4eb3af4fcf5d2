"""The date engine: one trigger, one row of the law, one answer that shows its arithmetic.

Counting, rolling and the safe day follow ``deadlines/law``: calendar days do not count the trigger day; a
closing day rolls forward once, at the end; an opening day never moves; no mailing days exist for petitions
(none were found), and a notice of USCIS served by mail gets three. Nothing here reads the clock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from deadlines import law
from deadlines.calendars import CourtCalendar, OutsideCalendar, get_calendar
from deadlines.counting import add_court_days, add_days, add_years
from deadlines.types import ComputedDate, Direction, DueSource, Line, Owner, Role

Calendar = str | CourtCalendar


@dataclass(frozen=True, slots=True)
class StatuteDates:
    """The dated rows of one statute, as they stand in petitions.yaml."""

    statute_id: str
    deadlines: tuple[Mapping[str, Any], ...]
    order_duties: tuple[Mapping[str, Any], ...]


def statute_dates(statute_id: str) -> StatuteDates:
    """Deadlines and order duties of one statute. Raises LawError for an unknown id."""
    entry = _statute(statute_id)
    return StatuteDates(statute_id, tuple(entry["deadlines"]), tuple(entry["order_duties"]))


def dated_statutes() -> tuple[str, ...]:
    """The ids of all statutes that have dated rows on file."""
    return tuple(law.petitions()["statutes"])


def _statute(statute_id: str) -> Mapping[str, Any]:
    try:
        entry: Mapping[str, Any] = law.petitions()["statutes"][statute_id]
    except KeyError:
        raise law.LawError(f"no dates on file for statute {statute_id!r}") from None
    return entry


def deadline_row(statute_id: str, deadline_name: str) -> Mapping[str, Any]:
    """One deadline row. Raises LawError when the statute has none of that name."""
    for row in _statute(statute_id)["deadlines"]:
        if row["name"] == deadline_name:
            found: Mapping[str, Any] = row
            return found
    raise law.LawError(f"statute {statute_id!r} has no deadline {deadline_name!r}")


def duty_row(statute_id: str, duty_index: int) -> Mapping[str, Any]:
    """One order duty, counted from 0. Raises LawError when there is none."""
    duties = _statute(statute_id)["order_duties"]
    if not 0 <= duty_index < len(duties):
        raise law.LawError(f"statute {statute_id!r} has no order duty {duty_index}")
    found: Mapping[str, Any] = duties[duty_index]
    return found


def event_words(event: str) -> str:
    words: str = law.petitions()["events"][event]["words"]
    return words


def label_of(deadline_name: str) -> str:
    label: str = law.petitions()["labels"][deadline_name]
    return label


def _as_calendar(calendar: Calendar) -> CourtCalendar:
    return calendar if isinstance(calendar, CourtCalendar) else get_calendar(calendar)


@dataclass(slots=True)
class _Sum:
    """A date in the making: what was counted so far, the doubts met and the lines to show."""

    calendar: CourtCalendar
    owner: Owner
    direction: Direction
    raw: date | None = None
    due: date | None = None
    safe: date | None = None
    outer: date | None = None
    rolled: bool = False
    due_source: DueSource | None = None
    reasons: set[str] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)

    def settle(self, printed: date | None = None) -> None:
        """From ``raw`` to due and safe day, the printed day weighed in."""
        if self.raw is None:
            return
        try:
            computed = self._rolled(self.raw)
        except OutsideCalendar:
            self._no_calendar(self.raw)
            return
        self.rolled = computed != self.raw
        self.due, self.due_source = computed, "computed"
        if printed is not None and printed != computed:
            self.reasons.add("printed_date_differs")
            chosen = min if self.owner == "ours" and self.direction == "by" else max
            self.due = chosen(printed, computed)
            self.due_source = "printed" if self.due == printed else "computed"
        self._lines_for(self.raw, computed, printed)
        self.settle_safe()

    def settle_safe(self) -> None:
        if self.due is None:
            return
        try:
            if self.direction == "not_before":
                self.safe = self.calendar.first_after(self.due)
                self.lines.append(Line(self.safe, "", "safe: nothing hangs on the day itself", "soon"))
            elif self.owner == "ours":
                self.safe = self.calendar.on_or_before(min(self.due, self.raw or self.due))
                self.lines.append(Line(self.safe, "", "safe: work to this date", "soon"))
            else:
                self.safe = self.calendar.first_after(self.calendar.on_or_after(self.due))
        except OutsideCalendar:
            self.reasons.add("calendar_not_loaded")

    def _rolled(self, raw: date) -> date:
        if self.direction == "not_before":
            self.calendar.closed_because(raw)  # raises where the calendar does not reach
            return raw
        return self.calendar.on_or_after(raw)

    def _no_calendar(self, raw: date) -> None:
        self.reasons.add("calendar_not_loaded")
        self.lines.append(Line(raw, "", "raw: outside the calendar on file", None, result=True))

    def _lines_for(self, raw: date, computed: date, printed: date | None) -> None:
        wins = self.due_source == "computed"
        if self.rolled:
            self.lines.append(Line(raw, "", f"raw: {self.calendar.closed_because(raw)}", None, result=True))
            self.lines.append(Line(computed, "", "next court day", "due" if wins else None))
        else:
            note = "opens; never moved" if self.direction == "not_before" else "a court day, not rolled"
            self.lines.append(Line(computed, "", note, "due" if wins else None, result=True))
        if printed is not None and printed != computed:
            which = "earlier" if self.owner == "ours" and self.direction == "by" else "later"
            note = (
                f"printed on the court's paper: the {which} day counts" if not wins else "printed: not used"
            )
            self.lines.append(Line(printed, "", note, None if wins else "due"))

    def answer(self, **facts: Any) -> ComputedDate:
        return ComputedDate(
            raw=self.raw,
            due=self.due,
            safe=self.safe,
            outer=self.outer,
            rolled=self.rolled,
            due_source=self.due_source,
            owner=self.owner,
            direction=self.direction,
            calendar=self.calendar.id,
            calendar_confirmed=self.calendar.confirmed,
            reasons=tuple(sorted(self.reasons)),
            lines=tuple(self.lines),
            **facts,
        )


def _about(row: Mapping[str, Any], citation_id: str, confirmed: Collection[str]) -> dict[str, Any]:
    return {
        "citation": row["citation"],
        "citation_id": citation_id,
        "flag": row["verification"],
        "note": row.get("note", ""),
        "confirmed": citation_id in confirmed,
    }


def _count_row(
    row: Mapping[str, Any],
    *,
    trigger_date: date | None,
    served_by: str | None,
    calendar: CourtCalendar,
    printed_date: date | None,
) -> _Sum:
    """Count one deadline row that has a number (or a shorter clock to be worked to)."""
    total = _Sum(calendar, row["owner"], row["direction"])
    if row.get("clock_unsettled"):
        total.reasons.add("clock_unsettled")
    days: int = row["counted_days"] if row["days"] is None else row["days"]
    event = law.petitions()["events"][row["trigger_event"]]
    if trigger_date is None:
        total.reasons.add("trigger_missing")
        total.lines.append(Line(None, "No date", f"{event['words']}: day not proven"))
        return total
    if event["kind"] == "service" and served_by != "personal":
        total.reasons.add("mail_days_not_found")
    total.lines.append(Line(trigger_date, "", event["words"]))
    if row["basis"] == "court":
        total.raw = add_court_days(trigger_date, days, calendar)
        total.lines.append(Line(None, f"+ {days} court days", "trigger day not counted"))
    else:
        total.raw = add_days(trigger_date, days)
        total.lines.append(
            Line(None, f"+ {days} days", "trigger day not counted" if days else "the same day")
        )
    if "anniversary_years" in row:
        anniversary = add_years(trigger_date, row["anniversary_years"])
        if anniversary != total.raw:
            total.reasons.add("text_conflict")
            total.lines.append(Line(anniversary, "", "first anniversary, in words: the later counts"))
            total.raw = max(total.raw, anniversary)
    total.settle(printed_date)
    return total


def petition_deadline(
    statute_id: str,
    deadline_name: str,
    *,
    trigger_date: date | None,
    court_calendar: Calendar,
    served_by: str | None = None,
    printed_date: date | None = None,
    confirmed: Collection[str] = (),
) -> ComputedDate:
    """A period of a petition, counted from its proven trigger.

    ``served_by`` is ``personal``, ``mail``, ``email`` or None (not recorded); it matters only where the row
    runs from service. ``printed_date`` is a day that the court's or clerk's paper names. ``confirmed`` holds
    the citation ids that an attorney has signed. A row without a number gives no date (no_number_found).
    Raises LawError for an unknown statute, deadline or calendar.
    """
    row = deadline_row(statute_id, deadline_name)
    citation_id = f"{statute_id}/deadlines/{deadline_name}"
    calendar = _as_calendar(court_calendar)
    if row["days"] is None:
        return attorney_entered(
            statute_id, deadline_name, court_calendar=calendar, entered_date=None, confirmed=confirmed
        )
    total = _count_row(
        row, trigger_date=trigger_date, served_by=served_by, calendar=calendar, printed_date=printed_date
    )
    return total.answer(
        days=row["days"],
        basis=row["basis"],
        label=label_of(deadline_name),
        **_about(row, citation_id, confirmed),
    )


def attorney_entered(
    statute_id: str,
    deadline_name: str,
    *,
    court_calendar: Calendar,
    entered_date: date | None,
    entered_source: str | None = None,
    confirmed: Collection[str] = (),
) -> ComputedDate:
    """A date that the law leaves to the court or to agreement: kept as entered, never moved, never invented.

    ``entered_source`` is ``court_order``, ``agreement`` or None. Raises LawError.
    """
    row = deadline_row(statute_id, deadline_name)
    total = _Sum(_as_calendar(court_calendar), row["owner"], row["direction"])
    if entered_date is None:
        total.reasons.add("no_number_found")
        total.lines.append(Line(None, "No date", "the law sets no number: enter the day the court set"))
    else:
        total.due, total.due_source = entered_date, "entered"
        source = {"court_order": "set by the court", "agreement": "agreed"}.get(
            entered_source or "", "entered by hand"
        )
        total.lines.append(Line(entered_date, "", f"{source}: not computed, never moved", "due"))
        try:
            if total.calendar.is_closed(entered_date):
                total.reasons.add("entered_on_closed_day")
            total.safe = total.calendar.first_after(total.calendar.on_or_after(entered_date))
        except OutsideCalendar:
            total.reasons.add("calendar_not_loaded")
    return total.answer(
        days=None,
        basis=row["basis"],
        label=label_of(deadline_name),
        **_about(row, f"{statute_id}/deadlines/{deadline_name}", confirmed),
    )


def _period_end(period: Mapping[str, Any], start: date, calendar: CourtCalendar) -> date:
    if period["unit"] == "year":
        return add_years(start, period["amount"])
    if period["unit"] == "business_day":
        return add_court_days(start, period["amount"], calendar)
    return add_days(start, period["amount"])


def _period_words(period: Mapping[str, Any]) -> str:
    unit = {"year": "year", "day": "day", "business_day": "court day"}[period["unit"]]
    return f"+ {period['amount']} {unit}{'' if period['amount'] == 1 else 's'}"


def _latest(
    periods: Collection[Mapping[str, Any]], events: Mapping[str, date | None], calendar: CourtCalendar
) -> date | None:
    ends = [
        None if (start := events.get(p["from"])) is None else _period_end(p, start, calendar) for p in periods
    ]
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def _duty_rule(row: Mapping[str, Any], statute_id: str, part: str | None) -> tuple[Mapping[str, Any], str]:
    """The rule that governs a duty and its words, led on where the row says "as the other statute"."""
    rule: Mapping[str, Any] = row["within_rule"]
    if "same_as" not in rule:
        return rule, row["duty"]
    if part not in rule["parts"]:
        raise law.LawError(f"{statute_id}: say which part of the duty, one of {', '.join(rule['parts'])}")
    other = duty_row(rule["same_as"], rule["parts"][part])
    return other["within_rule"], other["duty"]


def order_duty(
    statute_id: str,
    duty_index: int,
    *,
    events: Mapping[str, date | None],
    court_calendar: Calendar,
    part: str | None = None,
    confirmed: Collection[str] = (),
) -> ComputedDate:
    """When a duty after a granted order falls due.

    ``events`` holds the proven days by event name (arrest_date, order_entered, ...). ``part`` (seal or
    destroy) is needed where the row refers to another statute's duties. ``rule`` of the answer
    is immediate, period, later_of or none. Raises LawError for an unknown statute, duty, part or calendar.
    """
    row = duty_row(statute_id, duty_index)
    calendar = _as_calendar(court_calendar)
    total = _Sum(calendar, "theirs", "by")
    rule, duty = _duty_rule(row, statute_id, part)
    governed_by: str | None = None
    candidates: dict[str, date | None] = {}
    if rule.get("immediate"):
        kind = "immediate"
        entered = events.get("order_entered")
        if entered is None:
            total.reasons.add("trigger_missing")
        else:
            governed_by = "order_entered"
            total.raw = total.due = entered
            total.due_source = "computed"
            total.lines.append(Line(entered, "", "due on the day of the order", "due"))
            total.settle_safe()
    elif "later_of" in rule:
        kind = "later_of"
        for period in rule["later_of"]:
            start = events.get(period["from"])
            candidates[period["from"]] = None if start is None else _period_end(period, start, calendar)
        governed_by = _settle_later_of(total, rule["later_of"], events, candidates)
    elif "amount" in rule:
        kind = "period"
        governed_by = _settle_period(total, rule, events, candidates)
    else:
        kind = "none"
        total.reasons.add("no_number_found")
        total.lines.append(Line(None, "No date", "the law sets no number: ask for a day in the order"))
    return total.answer(
        rule=kind,
        governed_by=governed_by,
        candidates=candidates,
        label=duty,
        **_about(row, f"{statute_id}/order_duties/{duty_index}", confirmed),
    )


def _settle_later_of(
    total: _Sum,
    periods: Collection[Mapping[str, Any]],
    events: Mapping[str, date | None],
    candidates: Mapping[str, date | None],
) -> str | None:
    """Compare the raw days first, roll once. Gives the event that governs."""
    known = {event: end for event, end in candidates.items() if end is not None}
    if len(known) < len(candidates):
        total.reasons.add("trigger_missing")
        total.lines.append(Line(None, "No date", "an event that starts one of the clocks is not proven"))
        return None
    governing = max(known, key=lambda event: known[event])
    for period in periods:
        event = period["from"]
        if event == governing:
            total.lines.append(Line(events[event], "", event_words(event)))
            total.lines.append(Line(None, _period_words(period), "trigger day not counted"))
        else:
            words = (
                f"{_period_words(period).removeprefix('+ ')} from {event_words(event)}: earlier, so not used"
            )
            total.lines.insert(0, Line(known[event], "", words))
    total.raw = known[governing]
    total.settle()
    return governing


def _settle_period(
    total: _Sum,
    rule: Mapping[str, Any],
    events: Mapping[str, date | None],
    candidates: dict[str, date | None],
) -> str | None:
    """One period, or two readings of it that must agree before there is any date."""
    for reading, periods in (rule.get("readings") or {}).items():
        candidates[reading] = _latest(periods, events, total.calendar)
    start = events.get(rule["from"])
    if start is None or None in candidates.values():
        total.reasons.add("trigger_missing")
        total.lines.append(Line(None, "No date", "the event that starts the clock is not proven"))
        return None
    if len(set(candidates.values())) > 1:
        total.reasons.add("text_conflict")
        total.lines.extend(Line(end, "", reading.replace("_", " ")) for reading, end in candidates.items())
        total.lines.append(Line(None, "No date", "sources disagree: an attorney reads the text first"))
        return None
    if rule.get("confirm"):
        total.reasons.add("confirm_before_use")
    total.lines.append(Line(start, "", event_words(rule["from"])))
    total.lines.append(Line(None, _period_words(rule), "trigger day not counted"))
    total.raw = _period_end(rule, start, total.calendar)
    total.settle()
    governing: str = rule["from"]
    return governing


def appeal_or_cure(
    statute_id: str,
    what: str,
    *,
    trigger_date: date | None,
    court_calendar: Calendar,
    served_by: str | None = None,
    printed_date: date | None = None,
    confirmed: Collection[str] = (),
) -> ComputedDate:
    """What we may still do after a denial: appeal, leave_to_appeal, reconsider or cure.

    A statute without a row of its own gets no date (not_in_facts); no other statute's clock is borrowed.
    Raises LawError for an unknown statute or calendar.
    """
    _statute(statute_id)
    calendar = _as_calendar(court_calendar)
    place = law.petitions()["after_denial"].get(statute_id, {}).get(what)
    if place is None:
        total = _Sum(calendar, "ours", "by", reasons={"not_in_facts"})
        total.lines.append(Line(None, "No date", "no row of the law on file answers this"))
        return total.answer(label=what.replace("_", " "))
    citation_id = f"{statute_id}/{place}"
    room, name = place.split("/")
    if room == "order_duties":
        row = duty_row(statute_id, int(name))
        total = _Sum(calendar, "ours", "by")
        if printed_date is None:
            total.reasons.add("no_number_found")
            total.lines.append(Line(None, "No date", "neither the law nor the order gives a number"))
        else:
            total.due, total.due_source = printed_date, "printed"
            total.lines.append(Line(printed_date, "", "printed in the denial", "due"))
            total.settle_safe()
        return total.answer(label=label_of("cure"), **_about(row, citation_id, confirmed))
    row = deadline_row(statute_id, name)
    total = _count_row(
        row, trigger_date=trigger_date, served_by=served_by, calendar=calendar, printed_date=printed_date
    )
    if trigger_date is not None and "outer_days" in row:
        try:
            total.outer = calendar.on_or_after(add_days(trigger_date, row["outer_days"]))
            total.lines.append(
                Line(total.outer, "", f"the {row['outer_days']}-day clock: shown, never calendared")
            )
        except OutsideCalendar:
            total.reasons.add("calendar_not_loaded")
    return total.answer(
        days=row.get("counted_days", row["days"]),
        basis=row["basis"],
        label=label_of(name),
        **_about(row, citation_id, confirmed),
    )


def notice_row(notice: str, form: str) -> Mapping[str, Any]:
    """The period of a USCIS notice; a row that names the form goes first. Raises LawError."""
    for row in law.notices()["notices"]:
        if row["notice"] == notice and form in row.get("forms", (form,)):
            found: Mapping[str, Any] = row
            return found
    raise law.LawError(f"no period on file for notice {notice!r}")


def response_deadline(
    notice: str,
    form: str,
    service_date: date,
    served_by: str | None,
    printed_date: date | None = None,
    *,
    confirmed: Collection[str] = (),
) -> ComputedDate:
    """When USCIS must have the answer to its notice (RFE, NOID, NOIR, DENIAL_APPEAL, DENIAL_MOTION).

    Three mailing days are added when ``served_by`` is ``mail``; then the day rolls once. The safe day takes
    no mailing credit. A date printed on the notice is kept and the earlier one governs. Raises LawError.
    """
    row = notice_row(notice, form)
    mailing = law.notices()["counting"]["mailing"]
    calendar = get_calendar(law.notices()["calendar"])
    total = _Sum(calendar, "ours", "by")
    mail_days: int = mailing["days"] if served_by == "mail" else 0
    if served_by not in ("mail", "personal"):
        total.reasons.add("service_not_recorded")
    target = add_days(service_date, row["days"])
    total.raw = add_days(target, mail_days)
    total.due = calendar.on_or_after(total.raw)
    total.due_source = "computed"
    total.rolled = total.due != total.raw
    computed = total.due
    if printed_date is not None and printed_date != computed:
        total.reasons.add("printed_date_differs")
        if printed_date < computed:
            total.due, total.due_source = printed_date, "printed"
    total.safe = calendar.on_or_before(min(target, total.due))
    how = "mailed" if served_by == "mail" else "served"
    lines = [
        Line(service_date, "", f"{row['trigger']} {how}"),
        Line(None, f"+ {row['days']} days", row["purpose"]),
    ]
    if total.safe == target:
        lines.append(Line(target, "", "safe: work to this date", "soon", result=True))
    else:
        lines.append(
            Line(target, "", calendar.closed_because(target) or "without mailing days", None, result=True)
        )
        lines.append(Line(total.safe, "", "safe: work to this date", "soon"))
    if mail_days:
        lines.append(Line(None, f"+ {mail_days} days", "served by mail"))
    computed_role: Role | None = "due" if total.due_source == "computed" else None
    if total.rolled:
        lines.append(Line(total.raw, "", f"raw: {calendar.closed_because(total.raw)}", None, result=True))
        lines.append(Line(computed, "", "due: USCIS must have it", computed_role))
    else:
        lines.append(Line(computed, "", "due: USCIS must have it", computed_role, result=True))
    if total.due_source == "printed":
        lines.append(Line(total.due, "", "printed on the notice: the earlier day counts", "due"))
    total.lines = lines
    citation_id = f"uscis/notices/{row['id']}"
    return total.answer(
        days=row["days"],
        mail_days=mail_days,
        basis="calendar",
        label=row["label"],
        citation=row["cite"],
        citation_id=citation_id,
        flag=row["flag"],
        note=row.get("note", ""),
        confirmed=citation_id in confirmed,
    )

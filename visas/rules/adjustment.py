"""The green card of a T-1: when the I-485 may arrive, and what absences do to presence (INA 245(l))."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from visas.rules.base import Result, RuleInputError, leaning_on, weekday_words, words
from visas.rules.dates import add_years, last_business_day_by
from visas.rules.facts import law
from visas.rules.status import status_end

WindowState = Literal["too_early", "open", "past_safe_day", "closed"]


@dataclass(frozen=True, kw_only=True)
class AosWindow(Result):
    """When USCIS may receive a T-1's I-485. `closes` is the last day of status and never moves forward.

    `never_opens` is true when no business day lies between `opens` and `closes` (status too short): the dates
    still stand as the law gives them, so that the reader sees by how much it fails.
    """

    status_end_date: date
    status_end_source: Literal["notice", "computed"]
    path: Literal["three_years", "completed_investigation"]
    opens: date
    closes: date
    last_safe_receipt: date
    never_opens: bool

    def state(self, on: date) -> WindowState:
        if on < self.opens:
            return "too_early"
        if on > self.closes:
            return "closed"
        return "open" if on <= self.last_safe_receipt else "past_safe_day"


@dataclass(frozen=True, kw_only=True)
class AosReceipt(Result):
    result: Literal["premature", "timely", "late"]
    window: AosWindow


@dataclass(frozen=True)
class Trip:
    """One absence. `returned` is None while she is abroad; `excused` is a reason listed in P1, or None."""

    departed: date
    returned: date | None = None
    excused: str | None = None


@dataclass(frozen=True)
class Absence:
    """A trip as counted: clipped to the time between T-1 admission and the day asked about."""

    trip: Trip
    elapsed: int
    full_days: int
    open: bool


@dataclass(frozen=True, kw_only=True)
class Presence(Result):
    """Days abroad since T-1 admission against the limits of 90 in one trip and 180 together.

    Elapsed days are return minus departure; full days are one less. `result` is "breaks" when full days
    pass a limit, "borderline" when only elapsed days do. `must_return_by` (90 days after leaving) and
    `return_by` (the earlier of that and the day the sum reaches 180) are given while she is abroad on a
    trip that is not excused.
    """

    result: Literal["ok", "borderline", "breaks"]
    longest_elapsed: int
    aggregate_elapsed: int
    longest_full: int
    aggregate_full: int
    excused_elapsed: tuple[int, ...]
    days_left: int
    must_return_by: date | None
    return_by: date | None
    absences: tuple[Absence, ...]


def aos_window(
    *,
    t1_admission_date: date,
    status_end_date: date | None = None,
    completion_letter_date: date | None = None,
) -> AosWindow:
    """Opens three years after T-1 admission, or on the DOJ completion letter when that comes before; closes
    with status.

    INA 245(l)(1)(A), 8 CFR 245.23(a): whichever period is less. A not-before date does not move off a
    Sunday; 29 February gives 1 March. Raises RuleInputError when status ends before it began.
    """
    end = status_end(printed=status_end_date, approved=t1_admission_date)
    years = law()["timing"]["TM1"]["years"]
    anniversary = add_years(t1_admission_date, years)
    steps = [f"{words(t1_admission_date)} + {years} years = {weekday_words(anniversary)}."]
    rules = [("deadlines", "DL08"), ("timing", "TM1")]
    path: Literal["three_years", "completed_investigation"] = "three_years"
    opens = anniversary
    if completion_letter_date is not None and completion_letter_date < anniversary:
        path = "completed_investigation"
        # A letter older than the T-1 opens nothing before there is a T-1 to adjust from.
        opens = max(completion_letter_date, t1_admission_date)
        steps.append(f"The completion letter of {words(completion_letter_date)} comes first: {words(opens)}.")
        rules = [("timing", "TM2")]
    elif completion_letter_date is not None:
        steps.append(
            f"The completion letter of {words(completion_letter_date)} is not earlier and changes nothing."
        )
    safe = last_business_day_by(end.ends)
    steps.extend(end.steps)
    steps.append(
        f"Status ends {weekday_words(end.ends)}: an end date never moves forward. "
        f"USCIS must have the I-485 by {weekday_words(safe)}."
    )
    never = opens > safe
    if never:
        steps.append("Status ends before the window can be used: an attorney must look at an extension.")
    return AosWindow(
        status_end_date=end.ends,
        status_end_source=end.source,
        path=path,
        opens=opens,
        closes=end.ends,
        last_safe_receipt=safe,
        never_opens=never,
        steps=tuple(steps),
        authorities=(*leaning_on(*rules, ("deadlines", "DL09"), ("counting", "CN8")), *end.authorities),
    )


def aos_receipt(
    *,
    t1_admission_date: date,
    i485_received_date: date,
    status_end_date: date | None = None,
    completion_letter_date: date | None = None,
) -> AosReceipt:
    """Whether an I-485 received that day is premature, timely or late; the last day of status is still
    timely.
    """
    window = aos_window(
        t1_admission_date=t1_admission_date,
        status_end_date=status_end_date,
        completion_letter_date=completion_letter_date,
    )
    received = words(i485_received_date)
    result: Literal["premature", "timely", "late"]
    if i485_received_date < window.opens:
        result, said = "premature", f"{received} is before {words(window.opens)}: USCIS rejects or denies it."
    elif i485_received_date > window.closes:
        result, said = "late", f"{received} is after {words(window.closes)}: status had ended."
    else:
        result, said = "timely", f"{received} is inside the window; status lasts while the I-485 is pending."
    return AosReceipt(
        result=result,
        window=window,
        steps=(*window.steps, said),
        authorities=(*window.authorities, *leaning_on(("timing", "TM4"))),
    )


def presence(*, t1_admission_date: date, as_of: date, trips: Iterable[Trip]) -> Presence:
    """Counts absences from T-1 admission to `as_of` (the decision on the I-485, or today).

    INA 245(l)(3): more than 90 days at once or more than 180 together break presence, unless excused. A
    trip not yet over on `as_of` is counted to that day. Raises RuleInputError for trips that overlap, end
    before they begin, or give an excuse the statute does not have.
    """
    limits, entry = law()["presence"], law()["presence"]["P1"]
    single, together = entry["single_limit_days"], entry["aggregate_limit_days"]
    absences = tuple(_absences(t1_admission_date, as_of, _checked(trips, entry["excused"])))
    counted = [a for a in absences if not a.trip.excused]
    longest = max((a.elapsed for a in counted), default=0)
    total = sum(a.elapsed for a in counted)
    longest_full = max((a.full_days for a in counted), default=0)
    total_full = sum(a.full_days for a in counted)
    result: Literal["ok", "borderline", "breaks"] = "ok"
    if longest_full > single or total_full > together:
        result = "breaks"
    elif longest > single or total > together:
        result = "borderline"
    steps = [
        *(_absence_words(a) for a in absences),
        f"Longest: {longest} elapsed, {longest_full} full days (limit {single}).",
        f"Together: {total} elapsed, {total_full} full days (limit {together}).",
        {
            "ok": "Presence holds so far; trips count until the decision.",
            "borderline": "Over a limit only when travel days count: an attorney decides.",
            "breaks": "Over a limit even without travel days: presence is broken.",
        }[result],
    ]
    must_return_by = return_by = None
    abroad = next((a for a in counted if a.open), None)
    if abroad:
        left_on = max(abroad.trip.departed, t1_admission_date)
        must_return_by = left_on + timedelta(days=single)
        # Where earlier trips used up the sum she should be back at once: the day she left, none before.
        room = max(0, together - (total - abroad.elapsed))
        return_by = min(must_return_by, left_on + timedelta(days=room))
        steps.append(f"Abroad since {words(left_on)}: back by {weekday_words(return_by)}.")
    return Presence(
        result=result,
        longest_elapsed=longest,
        aggregate_elapsed=total,
        longest_full=longest_full,
        aggregate_full=total_full,
        excused_elapsed=tuple(a.elapsed for a in absences if a.trip.excused),
        days_left=max(0, together - total),
        must_return_by=must_return_by,
        return_by=return_by,
        absences=absences,
        steps=tuple(steps),
        authorities=leaning_on(*(("presence", key) for key in limits)),
    )


def plan_trip(*, t1_admission_date: date, trips: Iterable[Trip], planned: Trip) -> Presence:
    """Presence as it would stand on the return from a planned trip; nothing is saved.

    Raises RuleInputError when the planned trip has no return date or overlaps another.
    """
    if planned.returned is None:
        raise RuleInputError("A planned trip needs a day of return.")
    return presence(t1_admission_date=t1_admission_date, as_of=planned.returned, trips=(*trips, planned))


def _checked(trips: Iterable[Trip], excuses: Sequence[str]) -> list[Trip]:
    ordered = sorted(trips, key=lambda t: (t.departed, t.returned or date.max))
    for trip in ordered:
        if trip.returned is not None and trip.returned < trip.departed:
            raise RuleInputError(f"The trip of {words(trip.departed)} ends before it begins.")
        if trip.excused and trip.excused not in excuses:
            raise RuleInputError(
                f"{trip.excused!r} does not excuse an absence. The law knows: {', '.join(excuses)}."
            )
    for first, second in pairwise(ordered):
        if first.returned is None or first.returned > second.departed:
            raise RuleInputError(
                f"The trips of {words(first.departed)} and {words(second.departed)} overlap: "
                "is one entered twice?"
            )
    return ordered


def _absences(admitted: date, as_of: date, trips: Iterable[Trip]) -> Iterable[Absence]:
    for trip in trips:
        still_out = trip.returned is None or trip.returned > as_of
        start, end = max(trip.departed, admitted), as_of if still_out else trip.returned
        if trip.departed > as_of or end is None or end < start:
            continue  # not yet left, or back before there was a T-1
        elapsed = (end - start).days
        yield Absence(trip=trip, elapsed=elapsed, full_days=max(0, elapsed - 1), open=still_out)


def _absence_words(absence: Absence) -> str:
    trip = absence.trip
    back = "still abroad" if trip.returned is None else words(trip.returned)
    counted = f"{words(trip.departed)} to {back}: {absence.elapsed} elapsed, {absence.full_days} full days"
    if trip.excused:
        return f"{counted}; left out, {trip.excused.replace('_', ' ')} (keep the proof)."
    return f"{counted}."

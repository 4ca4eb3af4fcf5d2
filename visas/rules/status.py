"""How long a status lasts: its end, its extensions, Continued Presence and other fixed periods, a change of
address.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from visas.rules.base import Result, RuleInputError, count, leaning_on, weekday_words, words
from visas.rules.dates import add_years, end_after_years
from visas.rules.facts import law


@dataclass(frozen=True, kw_only=True)
class StatusEnd(Result):
    """The last day of T status. `source` says whether a notice prints it or we computed it."""

    ends: date
    source: Literal["notice", "computed"]


@dataclass(frozen=True, kw_only=True)
class Extension(Result):
    new_status_end_date: date


@dataclass(frozen=True, kw_only=True)
class Period(Result):
    what: str
    end_date: date


@dataclass(frozen=True, kw_only=True)
class AddressChange(Result):
    due_date: date


def status_end(*, printed: date | None, approved: date) -> StatusEnd:
    """The printed end date where there is one; else approval + 4 years - 1 day, marked computed.

    INA 214(o)(7)(A). Raises RuleInputError when the printed end is before the approval.
    """
    if printed is not None:
        if printed < approved:
            raise RuleInputError(
                f"Status cannot end on {words(printed)}, before it began on {words(approved)}."
            )
        return StatusEnd(
            ends=printed,
            source="notice",
            steps=(f"The notice prints the end of status: {weekday_words(printed)}.",),
            authorities=leaning_on(("status", "TS1")),
        )
    years, less = law()["status"]["TS1"]["years"], law()["status"]["TS2"]["minus_days"]
    ends = add_years(approved, years) - timedelta(days=less)
    return StatusEnd(
        ends=ends,
        source="computed",
        steps=(
            f"{words(approved)} + {years} years - {count(less, 'day')} = {weekday_words(ends)}, computed.",
        ),
        authorities=leaning_on(("status", "TS1"), ("status", "TS2")),
    )


def extension(*, status_end_date: date, years: int = 1) -> Extension:
    """Each grant of a year runs from the date status ends (8 CFR 214.212(a)), not from the decision."""
    if years < 1:
        raise RuleInputError("An extension is for at least one year.")
    ends = end_after_years(status_end_date, years)
    return Extension(
        new_status_end_date=ends,
        steps=(f"{words(status_end_date)} + {count(years, 'year')} = {weekday_words(ends)}.",),
        authorities=leaning_on(("extension_grounds", "EX1"), ("extension_grounds", "EX2")),
    )


def period(*, what: str, start_date: date) -> Period:
    """The last day of a fixed period of `visas/law/deadlines.yaml` (`periods`).

    An end of status or aid never rolls. Raises RuleInputError for a period the law file does not name.
    """
    key = what.strip().lower().replace(" ", "_").replace("-", "_")
    row = next((p for p in law()["periods"].values() if key == p.id or key in p.data.get("also", ())), None)
    if row is None:
        raise RuleInputError(f"We know no period called {what!r}. Known: {', '.join(law()['periods'])}.")
    if "status" in row.data:
        computed = status_end(printed=None, approved=start_date)
        return Period(
            what=row.id, end_date=computed.ends, steps=computed.steps, authorities=computed.authorities
        )
    rule = law()["deadlines"][row["deadline"]]
    less = rule.data.get("minus_days", 0)
    if rule["unit"] == "years":
        ends = add_years(start_date, rule["number"]) - timedelta(days=less)
        length = count(rule["number"], "year")
    else:
        ends = start_date + timedelta(days=rule["number"] - less)
        length = count(rule["number"], "day")
    sum_words = f"{words(start_date)} + {length}" + (f" - {count(less, 'day')}" if less else "")
    steps = [f"{sum_words} = {weekday_words(ends)}.", "An end date does not move to another day."]
    if rule.note:
        steps.append(f"{rule.note[0].upper()}{rule.note[1:]}.")
    return Period(
        what=row.id, end_date=ends, steps=tuple(steps), authorities=leaning_on(("deadlines", rule.id))
    )


def address_change(*, move_date: date) -> AddressChange:
    """Ten days after a move, weekend or not (8 USC 1305(a)). Each pending form is changed by its own
    receipt number.
    """
    days = law()["deadlines"]["DL07"]["number"]
    due = move_date + timedelta(days=days)
    return AddressChange(
        due_date=due,
        steps=(
            f"{words(move_date)} + {count(days, 'day')} = {weekday_words(due)}; it does not move.",
            "Change each pending form by its receipt number, not only by Form AR-11.",
        ),
        authorities=leaning_on(("deadlines", "DL07")),
    )

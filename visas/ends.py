"""The days on which a work permit and T-1 status end, as dates somebody answers for. Only reads.

The services write them down as deadlines, so that the home page, the lists, the Dates page and the calendar
have what the page of the T visa says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from deadlines.types import ComputedDate, Line
from visas.models import ENDED, FamilyMember, Receipt, TVisa, WorkPermit
from visas.rules import Card, RuleInputError, ead, law, renewal_window
from visas.rules.base import Result, count
from visas.rules.status import StatusEnd
from visas.working import end_of_status, window_of

PERMIT, STATUS, GREEN_CARD = "uscis/permits/EA1", "uscis/status/TS1", "uscis/adjustment/DL08"
RULES = (PERMIT, STATUS, GREEN_CARD)

STATUS_STAGES = frozenset({"approved", "noir_open", "extension_pending"})
"""Stages in which status ends on the day on file, and the I-485 is still to be filed by then."""

OWN_CHOICE = "our own counting choice, where the law is silent"


@dataclass(frozen=True, slots=True)
class EndDate:
    """A day by which USCIS has to have a form. `from_on`: the first day the form may be filed.

    `met_on`: the day USCIS received the form that the date asks for, None while it did not.
    """

    computed: ComputedDate
    from_on: date
    about: str = ""
    met_on: date | None = None


def end_dates(
    visa: TVisa,
    permits: Iterable[WorkPermit],
    receipts: Iterable[Receipt],
    family: Iterable[FamilyMember] = (),
) -> list[EndDate]:
    """Every such day that counts at the stage the T visa is in: last cards, end of status, last I-485."""
    if visa.stage in ENDED:
        return []
    sent = list(receipts)
    whose = _whose(family)
    last: dict[UUID | None, WorkPermit] = {}
    for row in sorted(permits, key=lambda row: (row.valid_to, row.valid_from)):
        last[row.person_id] = row
    found = [_permit(row, sent, whose) for row in last.values()]
    return [one for one in (*found, _status(visa), _green_card(visa, sent)) if one is not None]


def _whose(family: Iterable[FamilyMember]) -> dict[Any, str]:
    """ "child 1": tells relatives apart without a name, and stays the same when another one is added."""
    numbers: dict[str, int] = {}
    found = {}
    for row in family:
        word = str(row.get_relationship_display()).lower()
        numbers[word] = numbers.get(word, 0) + 1
        found[row.pk] = f"{word} {numbers[word]}"
    return found


def _met(sent: Iterable[Receipt], form: str, person: Any, opens: date) -> date | None:
    days = [row.received_on for row in sent if (row.form, row.person_id) == (form, person)]
    return min((day for day in days if day >= opens), default=None)


def _permit(row: WorkPermit, sent: Iterable[Receipt], whose: dict[Any, str]) -> EndDate | None:
    card = Card(row.valid_from, row.valid_to, row.category)
    result: Result
    try:
        window = renewal_window(card)
        result, opens, safe = window, window.opens, window.last_safe_receipt
    except RuleInputError:
        try:
            # The holidays on file do not reach that year: the printed end is known all the same.
            dates = ead(category=row.category, valid_to=row.valid_to)
        except RuleInputError:
            return None  # Continued Presence is renewed by the agency
        result, opens, safe = dates, dates.renewal_opens or row.valid_to, None
    days = law()["permit_rules"]["EA1"]["days_before_expiry"]
    lines = [
        Line(row.valid_to, "", f"the card {row.category} ends, as printed"),
        Line(opens, "", f"{count(days, 'day')} before: a renewal may be filed from then"),
        *_safe_line(safe, "I-765"),
        Line(row.valid_to, "", "due: last day of the card", "due"),
    ]
    computed = _computed("Renew the work permit", PERMIT, row.valid_to, safe, lines, result)
    return EndDate(computed, opens, whose.get(row.person_id, ""), _met(sent, "I-765", row.person_id, opens))


def _status(visa: TVisa) -> EndDate | None:
    found = end_of_status(visa)
    if found is None or visa.stage not in STATUS_STAGES or visa.approved_on is None:
        return None
    lines = [*_status_lines(visa.approved_on, found)]
    computed = _computed("T-1 status ends", STATUS, found.ends, None, lines, found)
    return EndDate(computed, visa.approved_on)


def _status_lines(approved: date, found: StatusEnd) -> list[Line]:
    if found.source == "notice":
        return [Line(found.ends, "", "due: printed on the approval notice", "due")]
    years, less = law()["status"]["TS1"]["years"], law()["status"]["TS2"]["minus_days"]
    return [
        Line(approved, "", "T-1 granted"),
        Line(None, f"+ {count(years, 'year')} - {count(less, 'day')}", "the notice prints no end"),
        Line(found.ends, "", "due: last day of status, computed", "due", result=True),
    ]


def _green_card(visa: TVisa, sent: Iterable[Receipt]) -> EndDate | None:
    status = end_of_status(visa)
    if status is None or visa.stage not in STATUS_STAGES or visa.approved_on is None:
        return None
    result: Result = status
    opens, safe = visa.approved_on, None
    lines = []
    try:
        window = window_of(visa)
    except RuleInputError:
        window = None
    if window is not None:
        if window.never_opens:
            return None  # no day is left for an I-485: an attorney looks at an extension
        result, opens, safe = window, window.opens, window.last_safe_receipt
        lines = [Line(opens, "", "USCIS may have the I-485 from then, not before")]
    lines += [
        *_safe_line(safe, "I-485"),
        Line(status.ends, "", "due: last day of status, which never moves forward", "due"),
    ]
    computed = _computed("USCIS has the I-485", GREEN_CARD, status.ends, safe, lines, result)
    return EndDate(computed, opens, met_on=_met(sent, "I-485", None, opens))


def _safe_line(safe: date | None, form: str) -> list[Line]:
    if safe is None:
        return []
    return [Line(safe, "", f"safe: USCIS has the {form}, on its last working day by then", "soon")]


def _computed(
    label: str, rule: str, due: date, safe: date | None, lines: list[Line], result: Result
) -> ComputedDate:
    """The result of a rule of this room in the shape of the date engine, as sure as what it leans on."""
    if result.flag == "convention":
        lines = [*lines, Line(None, "", OWN_CHOICE)]
    return ComputedDate(
        raw=due,
        due=due,
        safe=safe,
        due_source="computed",
        basis="calendar",
        owner="ours",
        label=label,
        citation="; ".join(dict.fromkeys(result.citation.split("; "))),
        citation_id=rule,
        flag=result.flag,
        reasons=("calendar_not_loaded",) if safe is None and rule != STATUS else (),
        lines=tuple(lines),
    )

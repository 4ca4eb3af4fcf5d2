"""Days that a person types: what cannot be is refused, with what to do instead.

Only for what is typed. What a sheet prints is kept as printed, however odd: it is shown, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from clients.models import Client
from records.models import Charge
from vault.errors import VaultError

LONGEST_LIFE = 100
LONGEST_SENTENCE = 60
"""Years. A day further back, or an end further ahead, is a slip of the keyboard."""


def check_days(
    client: Client,
    days: Mapping[str, date | str | None],
    *,
    ends: Mapping[str, date | str | None] | None = None,
    after: Mapping[str, date | str | None] | None = None,
    today: date | None = None,
) -> None:
    """Raises ValidationError, by field, for days that cannot be. Dates, or ISO text; None and "" pass.

    `days` lie behind us; `ends` (of a sentence) may lie ahead. Neither comes before the client's birth,
    nor before any day of `after`, given by what it is: {"the arrest": …}; a day on file that cannot be
    itself stands in nobody's way.
    """
    today = today or timezone.localdate()
    floors = {what: found for what, day in (after or {}).items() if (found := _day(day)) and found <= today}
    if (born := born_on(client)) is not None:
        floors["the client’s date of birth on file"] = born
    problems: dict[str, str] = {}
    for field, value in {**days, **(ends or {})}.items():
        day = _day(value)
        if day is None:
            continue
        latest = _years_on(today, LONGEST_SENTENCE) if field in (ends or {}) else today
        if said := _impossible(day, today, latest, floors):
            problems[field] = said
    if problems:
        raise ValidationError(problems)


def _impossible(day: date, today: date, latest: date, floors: Mapping[str, date]) -> str:
    if day > latest:
        if latest == today:
            return "This day is still to come. Enter today or an earlier day, or leave it empty."
        return f"This is more than {LONGEST_SENTENCE} years ahead. Check the year."
    if day < _years_on(today, -LONGEST_LIFE):
        return f"This is more than {LONGEST_LIFE} years ago. Check the year."
    before = [what for what, floor in floors.items() if day < floor]
    return f"This day is before {before[0]}. Check both days, and correct the wrong one." if before else ""


def born_on(client: Client) -> date | None:
    """The client's date of birth; None where none is on file or it does not open."""
    try:
        born: date | None = client.date_of_birth
    except VaultError:
        return None
    return born


def check_facts(charge: Charge, facts: Mapping[str, Any], *, today: date | None = None) -> None:
    """The days among the facts an attorney records: of the offense, and the end of the sentence.

    What stands on the charge already is not asked about again: it may have come from a sheet.
    """
    offense = facts.get("offense_on")
    completed = facts.get("sentence_completed")
    if offense != charge.offense_on:
        check_days(charge.client, {"offense_on": offense}, today=today)
        arrested, typed = charge.arrest.arrested_on, _day(offense)
        if typed and arrested and typed > arrested:
            raise ValidationError(
                {"offense_on": "This day is after the arrest. Check both days, and correct the wrong one."}
            )
    if completed in {None, "", "unknown", charge.sentence_completed}:
        return
    check_days(
        charge.client,
        {},
        ends={"sentence_on": completed},
        after={
            "the offense": offense or charge.offense_on,
            "the arrest": charge.arrest.arrested_on,
            "the outcome of this charge": charge.disposed_on,
        },
        today=today,
    )


def _day(value: date | str | None) -> date | None:
    """What is no day at all is for the columns to refuse."""
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _years_on(day: date, years: int) -> date:
    # The 29th of February has no birthday in most years; a day more or less is nothing here.
    return day.replace(year=day.year + years, day=min(day.day, 28))

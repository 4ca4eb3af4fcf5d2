"""Unusual looks in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from reports.models import UnusualLook
from reports.seen.lines import file_numbers
from reports.words import counted, moment

Kind = UnusualLook.Kind

WHY = {
    Kind.MANY_FILES: "More files in one hour than the rules allow for.",
    Kind.VERY_FAST: "More files in ten minutes than anybody reads: a script perhaps, or somebody searching.",
    Kind.MANY_REVEALS: "More masked values uncovered in one hour than the rules allow for.",
    Kind.MANY_REFUSALS: "Refused more often in one hour than a wrong click explains.",
    Kind.OUT_OF_HOURS: "Files were opened outside the office’s hours.",
    Kind.NAMESAKE: "The person has the name, or the family name, of somebody in this file: perhaps a "
    "relative. Which name it is stands nowhere but in the file.",
    Kind.AFTER_LEAVING: "The person opened, or tried to open, a file after leaving its team.",
}


def how_much(look: UnusualLook) -> str:
    """ "31 files in 48 minutes", "6 refusals in 4 minutes"."""
    things = {
        Kind.MANY_FILES: "file",
        Kind.VERY_FAST: "file",
        Kind.MANY_REVEALS: "value",
        Kind.MANY_REFUSALS: "refusal",
    }
    thing = things.get(Kind(look.kind), "look")
    return f"{counted(look.count, thing)}{_within(look.ends_at - look.starts_at)}"


def _within(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 1:
        return ""
    if minutes < 120:
        return f" in {counted(minutes, 'minute')}"
    hours = round(minutes / 60)
    return f" in {counted(hours, 'hour')}" if hours < 48 else f" in {counted(round(hours / 24), 'day')}"


def said_of(look: UnusualLook) -> dict[str, str]:
    """What happened, why it is here, from when to when."""
    today = timezone.localdate()
    same = timezone.localdate(look.starts_at) == timezone.localdate(look.ends_at)
    until = moment(look.ends_at, today)
    return {
        "kind": look.get_kind_display(),
        "much": how_much(look),
        "why": WHY[Kind(look.kind)],
        "when": moment(look.starts_at, today)
        if look.starts_at == look.ends_at
        else f"{moment(look.starts_at, today)} to {until.split(', ')[-1] if same else until}",
    }


def rows_of(looks: Iterable[UnusualLook]) -> list[dict[str, Any]]:
    """Notes with their words and file numbers. One query."""
    looks = list(looks)
    numbers = file_numbers(look.client_uuid for look in looks)
    return [
        {"look": look, "said": said_of(look), "file_number": numbers.get(look.client_uuid, "")}
        for look in looks
    ]


def rules_words(rules: Any) -> list[str]:
    """The rules (or an earlier version of them), a line each."""
    days = "every day" if rules.weekends else "Monday to Friday"
    return [
        f"More than {counted(rules.files_an_hour, 'file')} in an hour",
        f"More than {counted(rules.files_in_ten_minutes, 'file')} in ten minutes",
        f"More than {counted(rules.reveals_an_hour, 'masked value')} in an hour",
        f"More than {counted(rules.refusals_an_hour, 'refusal')} in an hour",
        f"Outside {rules.day_starts}:00 to {rules.day_ends}:00, {days}",
        "Staff called like somebody in the file" if rules.namesakes else "Names are not compared",
        "A file after leaving its team",
    ]

"""Reads ``deadlines/law``: YAML, checked when first read, kept for the life of the process.

Every error names the file, the entry and the key. ``validate()`` gives them as text for the start-up check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LAW_DIR = Path(__file__).resolve().parent / "law"
# The C loader gives the same objects as safe_load, about ten times faster.
SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

OWNERS = {"ours", "theirs", "court"}
DIRECTIONS = {"by", "not_before"}
BASES = {"calendar", "court"}
UNITS = {"day", "business_day", "year"}
VERIFICATIONS = {"verified", "recalled"}
EVENT_KINDS = {"service", "receipt", "filing", "entry", "other"}


class LawError(ValueError):
    """A law file cannot be used, or was asked for something that it does not hold."""


def load_yaml(path: Path) -> Any:
    """One YAML file. Raises LawError with the file's name when it is missing or is no YAML."""
    try:
        with path.open(encoding="utf-8") as stream:
            return yaml.load(stream, Loader=SafeLoader)  # noqa: S506 - SafeLoader or its C twin
    except OSError as exc:
        raise LawError(f"{path.name}: cannot be read ({exc.strerror})") from exc
    except yaml.YAMLError as exc:
        raise LawError(f"{path.name}: is not valid YAML ({exc})") from exc


def need(entry: Mapping[str, Any], key: str, where: str, allowed: set[str] | None = None) -> Iterator[str]:
    """Problems with one required key, each naming ``where`` and the key."""
    if key not in entry:
        yield f"{where}: {key} is missing"
    elif allowed is not None and entry[key] not in allowed:
        yield f"{where}: {key} is {entry[key]!r}, not one of {', '.join(sorted(allowed))}"


def _is_iso(value: Any) -> bool:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _calendar_problems(name: str, entry: Any, ids: set[str]) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"calendars/{name}.yaml: is not a mapping"
        return
    where = f"calendars/{name}.yaml"
    for key in ("id", "name", "confirmed", "source"):
        yield from need(entry, key, where)
    yield from need(entry, "verification", where, VERIFICATIONS)
    if entry.get("id") != name:
        yield f"{where}: id is {entry.get('id')!r}, not the file's name"
    for key in ("valid_from", "valid_to"):
        if not _is_iso(entry.get(key)):
            yield f"{where}: {key} is not a quoted ISO date"
    if "same_as" in entry:
        if entry["same_as"] not in ids:
            yield f"{where}: same_as names no calendar"
        return
    if not isinstance(entry.get("holidays"), list):
        yield f"{where}: holidays is not a list"
        return
    for number, rule in enumerate(entry["holidays"]):
        if not {"name", "month"} <= set(rule) or not (
            {"day"} <= set(rule) or {"nth", "weekday"} <= set(rule)
        ):
            yield f"{where}: holidays[{number}] needs name, month and either day or nth and weekday"
    for number, single in enumerate(entry.get("closed_days") or []):
        if not _is_iso(single.get("date")) or "name" not in single:
            yield f"{where}: closed_days[{number}] needs a quoted ISO date and a name"


def _period_problems(period: Any, where: str, events: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(period, dict):
        yield f"{where}: is not a mapping"
        return
    if not isinstance(period.get("amount"), int):
        yield f"{where}: amount is not a whole number"
    yield from need(period, "unit", where, UNITS)
    yield from need(period, "from", where, set(events))


def _rule_problems(rule: Any, where: str, data: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(rule, dict):
        yield f"{where}: is not a mapping"
    elif "later_of" in rule:
        for number, period in enumerate(rule["later_of"]):
            yield from _period_problems(period, f"{where}.later_of[{number}]", data["events"])
    elif "same_as" in rule:
        if rule["same_as"] not in data["statutes"]:
            yield f"{where}: same_as names no statute"
    elif "amount" in rule:
        yield from _period_problems(rule, where, data["events"])
        for reading, periods in (rule.get("readings") or {}).items():
            for number, period in enumerate(periods):
                yield from _period_problems(period, f"{where}.readings.{reading}[{number}]", data["events"])
    elif rule.get("immediate") is not True and not ("days" in rule and rule["days"] is None):
        yield f"{where}: is neither immediate, a period, later_of, same_as nor days: null"


def _statute_problems(statute_id: str, entry: Any, data: Mapping[str, Any]) -> Iterator[str]:
    for row in entry.get("deadlines", []):
        where = f"petitions.yaml: {statute_id}/deadlines/{row.get('name')}"
        for key in ("name", "days", "citation"):
            yield from need(row, key, where)
        yield from need(row, "owner", where, OWNERS)
        yield from need(row, "direction", where, DIRECTIONS)
        yield from need(row, "basis", where, BASES)
        yield from need(row, "trigger_event", where, set(data["events"]))
        yield from need(row, "verification", where, VERIFICATIONS)
        if row.get("days") is not None and not isinstance(row["days"], int):
            yield f"{where}: days is neither a whole number nor null"
        if row.get("name") not in data["labels"]:
            yield f"{where}: has no label"
    for index, row in enumerate(entry.get("order_duties", [])):
        where = f"petitions.yaml: {statute_id}/order_duties/{index}"
        for key in ("who", "duty", "within", "citation"):
            yield from need(row, key, where)
        yield from need(row, "verification", where, VERIFICATIONS)
        yield from _rule_problems(row.get("within_rule"), f"{where}: within_rule", data)


def _petition_problems(data: Any) -> Iterator[str]:
    if not isinstance(data, dict):
        yield "petitions.yaml: is not a mapping"
        return
    missing = [
        key for key in ("events", "labels", "after_denial", "statutes") if not isinstance(data.get(key), dict)
    ]
    if missing:
        yield f"petitions.yaml: {', '.join(missing)} missing or not a mapping"
        return
    for name, event in data["events"].items():
        yield from need(event, "words", f"petitions.yaml: events.{name}")
        yield from need(event, "kind", f"petitions.yaml: events.{name}", EVENT_KINDS)
    for statute_id, entry in data["statutes"].items():
        yield from _statute_problems(statute_id, entry, data)


def _notice_problems(data: Any) -> Iterator[str]:
    if not isinstance(data, dict) or not isinstance(data.get("notices"), list):
        yield "notices.yaml: notices is not a list"
        return
    if not isinstance(data.get("counting", {}).get("mailing", {}).get("days"), int):
        yield "notices.yaml: counting.mailing.days is not a whole number"
    for row in data["notices"]:
        for key in ("id", "notice", "label", "purpose", "days", "cite", "flag"):
            yield from need(row, key, f"notices.yaml: {row.get('id')}")


def _checked(name: str, data: Any, problems: Callable[[Any], Iterator[str]]) -> Any:
    found = list(problems(data))
    if found:
        raise LawError(f"{name}: " + "; ".join(found))
    return data


@cache
def calendars() -> Mapping[str, Mapping[str, Any]]:
    """Calendar entries by id. Raises LawError."""
    found = {path.stem: load_yaml(path) for path in sorted((LAW_DIR / "calendars").glob("*.yaml"))}
    problems = [text for name, entry in found.items() for text in _calendar_problems(name, entry, set(found))]
    if problems:
        raise LawError("; ".join(problems))
    return found


@cache
def petitions() -> Mapping[str, Any]:
    """The whole of petitions.yaml. Raises LawError."""
    data: Mapping[str, Any] = _checked(
        "deadlines/law", load_yaml(LAW_DIR / "petitions.yaml"), _petition_problems
    )
    return data


@cache
def notices() -> Mapping[str, Any]:
    """The whole of notices.yaml. Raises LawError."""
    data: Mapping[str, Any] = _checked("deadlines/law", load_yaml(LAW_DIR / "notices.yaml"), _notice_problems)
    return data


def validate() -> list[str]:
    """Every problem of every file of this app, empty when all is well."""
    problems = []
    for read in (calendars, petitions, notices):
        try:
            read()
        except LawError as exc:
            problems.append(str(exc))
    return problems

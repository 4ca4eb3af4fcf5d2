"""Reads and checks the YAML of records/law. Every error names the file, the entry and the key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from deadlines.law import LawError, load_yaml, need

LAW_DIR = Path(__file__).resolve().parent.parent / "law"

KIND_KEYS = {"arrest", "charge", "conviction", "juvenile_adjudication", "deferred"}
OFFENSE_TESTS = {"any", "listed", "violent_list", "federal_level_a", "federal_arrest", "federal_reduction"}
OUTCOMES = {"pass", "not_listed", "not_loaded", "violent", "violent_else_not_loaded", "needs_facts"}
WAIT_FROM = {"sentence_completed", "disposition_date", "arrest_date"}
SCREENING_KEYS = {
    "kinds",
    "named_kinds",
    "deferred_not_reached_for",
    "dispositions",
    "offense",
    "nexus_accepts",
    "wait",
    "age_at_offense",
    "age_now",
    "conditions",
    "prison_served",
    "presumption",
    "burden_without_documents",
    "unverified",
    "text_not_loaded",
}
BURDENS = {"preponderance", "clear_and_convincing", "reasonable_probability", "not_stated"}
VERIFICATIONS = {"verified", "recalled"}


@cache
def statutes() -> Mapping[str, Any]:
    """statutes.yaml: the jurisdictions treated in full. Raises LawError."""
    return _checked("statutes.yaml", _core_problems)


@cache
def states() -> tuple[Mapping[str, Any], ...]:
    """states.yaml: one or more rows for each other state. Raises LawError."""
    return tuple(_checked("states.yaml", _state_problems))


@cache
def violent_felonies() -> Mapping[str, Any]:
    """California's list of violent felonies. Raises LawError."""
    return _checked("ca-violent-felonies.yaml", _violent_problems)


@cache
def offense_sections() -> Mapping[str, Any]:
    """Common California offense sections in plain words. Raises LawError."""
    return _checked("ca-offense-sections.yaml", _section_problems)


@cache
def reasons() -> Mapping[str, Any]:
    """Reason keys in words. Raises LawError."""
    return _checked("reasons.yaml", _reason_problems)


def validate() -> list[str]:
    """Every problem of every law file of this app; empty when all is well."""
    problems = []
    for read in (statutes, states, violent_felonies, offense_sections, reasons):
        try:
            read()
        except LawError as exc:
            problems.append(str(exc))
    return problems


def _checked(name: str, problems_of: Any) -> Any:
    data = load_yaml(LAW_DIR / name)
    problems = list(problems_of(data))
    if problems:
        raise LawError("records/law: " + "; ".join(problems))
    return data


def _outcome_problems(offense: Mapping[str, Any], where: str) -> Iterator[str]:
    for key in ("misdemeanors", "felonies", "infractions", "others"):
        if key in offense and offense[key] not in OUTCOMES:
            yield f"{where}: offense.{key} is {offense[key]!r}, not one of {', '.join(sorted(OUTCOMES))}"
    if (
        offense["test"] == "listed"
        and "others" not in offense
        and not {"misdemeanors", "felonies"} <= set(offense)
    ):
        yield f"{where}: offense needs others, or both misdemeanors and felonies"


def _screening_problems(screening: Any, where: str) -> Iterator[str]:
    if not isinstance(screening, dict):
        yield f"{where}: screening is not a mapping"
        return
    for key in sorted(set(screening) - SCREENING_KEYS):
        yield f"{where}: screening.{key} is not a key that the program knows"
    for key in sorted(set(screening.get("kinds") or {}) - KIND_KEYS):
        yield f"{where}: screening.kinds.{key} is no kind of record"
    if screening.get("text_not_loaded"):
        return
    offense = screening.get("offense")
    if not isinstance(offense, dict) or offense.get("test") not in OFFENSE_TESTS:
        yield f"{where}: screening.offense.test is missing or not one of {', '.join(sorted(OFFENSE_TESTS))}"
    else:
        yield from _outcome_problems(offense, where)
    wait = screening.get("wait")
    if isinstance(wait, dict):
        if "test" not in wait and wait.get("from") not in WAIT_FROM:
            yield f"{where}: screening.wait.from is not one of {', '.join(sorted(WAIT_FROM))}"
    elif wait not in (None, "not_found"):
        yield f"{where}: screening.wait is neither a mapping nor not_found"


def _core_problems(data: Any) -> Iterator[str]:
    if not isinstance(data, dict) or not isinstance(data.get("statutes"), list):
        yield "statutes.yaml: statutes is not a list"
        return
    for row in data["statutes"]:
        where = f"statutes.yaml: {row.get('id')}"
        for key in (
            "id",
            "jurisdiction",
            "title",
            "citation",
            "reaches",
            "nexus_standard",
            "screening",
            "sources",
        ):
            yield from need(row, key, where)
        yield from need(row, "burden_of_proof", where, BURDENS)
        yield from need(row, "verification", where, VERIFICATIONS)
        screening = row.get("screening") or {}
        yield from _screening_problems(screening, where)
        for key in ("nexus_accepts", "presumption"):
            yield from need(screening, key, f"{where}: screening")
        if not screening.get("text_not_loaded") and set(screening.get("kinds") or {}) != KIND_KEYS:
            yield f"{where}: screening.kinds must name every kind of record"


def _state_problems(data: Any) -> Iterator[str]:
    if not isinstance(data, list):
        yield "states.yaml: is not a list"
        return
    for row in data:
        where = f"states.yaml: {row.get('id')}"
        for key in ("id", "jurisdiction", "name", "citation", "scope", "reaches", "nexus", "sources"):
            yield from need(row, key, where)
        yield from need(row, "burden_of_proof", where, {*BURDENS, None})  # type: ignore[arg-type]
        yield from need(row, "documentation_presumption", where, {True, False, None})  # type: ignore[arg-type]
        yield from need(row, "verification", where, VERIFICATIONS)
        if row.get("scope") != "none" and row.get("verification") == "verified":
            yield from _screening_problems(row.get("screening"), where)


def _violent_problems(data: Any) -> Iterator[str]:
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        yield "ca-violent-felonies.yaml: items is not a list"
        return
    for key in ("id", "list_name", "list_words"):
        yield from need(data, key, "ca-violent-felonies.yaml")
    for item in data["items"]:
        where = f"ca-violent-felonies.yaml: {item.get('id')}"
        for key in ("id", "words", "verification"):
            yield from need(item, key, where)
        yield from need(item, "kind", where, {"section", "condition", "open"})


def _section_problems(data: Any) -> Iterator[str]:
    if not isinstance(data, dict) or not isinstance(data.get("sections"), list):
        yield "ca-offense-sections.yaml: sections is not a list"
        return
    for row in data["sections"]:
        where = f"ca-offense-sections.yaml: {row.get('code')} {row.get('section')}"
        for key in ("code", "section", "plain"):
            yield from need(row, key, where)
        yield from need(row, "violent_667_5c", where, {"yes", "conditional", "no"})


def _reason_problems(data: Any) -> Iterator[str]:
    if not isinstance(data, dict) or not isinstance(data.get("reasons"), dict):
        yield "reasons.yaml: reasons is not a mapping"
        return
    for name, entry in data["reasons"].items():
        for key in ("with", "says", "change"):
            yield from need(entry, key, f"reasons.yaml: {name}")

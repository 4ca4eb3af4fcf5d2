"""Worked examples: each kind turns the inputs of an example into plain values that can be compared.

``KINDS`` is a registry. Another app adds its kinds from its AppConfig.ready with ``register``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from deadlines import law, rules
from deadlines.types import ComputedDate

Kind = Callable[[Mapping[str, Any]], dict[str, Any]]
KINDS: dict[str, Kind] = {}


def register(name: str) -> Callable[[Kind], Kind]:
    """Decorator: the function answers examples of this kind. Raises ValueError when the name is taken."""

    def add(kind: Kind) -> Kind:
        if KINDS.setdefault(name, kind) is not kind:
            raise ValueError(f"two functions answer examples of kind {name!r}")
        return kind

    return add


def as_date(value: Any) -> date | None:
    """A date from an example: ISO text, a YAML date or null."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def plain(value: Any) -> Any:
    """Dates to ISO text, tuples and mappings to lists and dicts, all the way down."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value


def _values(answer: ComputedDate) -> dict[str, Any]:
    return {
        "days": answer.days,
        "mail_days": answer.mail_days,
        "basis": answer.basis,
        "owner": answer.owner,
        "direction": answer.direction,
        "rule": answer.rule,
        "raw_date": answer.raw,
        "due_date": answer.due,
        "safe_date": answer.safe,
        "outer_date": answer.outer,
        "rolled": answer.rolled,
        "due_source": answer.due_source,
        "governed_by": answer.governed_by,
        "candidates": answer.candidates,
        "citation_id": answer.citation_id,
        "flag": answer.flag,
        "confirmed": answer.confirmed,
        "ask": answer.ask,
        "reasons": answer.reasons,
    }


@register("petition_deadline")
def _petition_deadline(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return _values(
        rules.petition_deadline(
            inputs["statute"],
            inputs["deadline"],
            trigger_date=as_date(inputs["trigger_date"]),
            served_by=inputs.get("served_by"),
            court_calendar=inputs["court_calendar"],
            printed_date=as_date(inputs.get("printed_date")),
        )
    )


@register("attorney_entered")
def _attorney_entered(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return _values(
        rules.attorney_entered(
            inputs["statute"],
            inputs["deadline"],
            court_calendar=inputs["court_calendar"],
            entered_date=as_date(inputs.get("entered_date")),
            entered_source=inputs.get("entered_source"),
        )
    )


@register("order_duty")
def _order_duty(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return _values(
        rules.order_duty(
            inputs["statute"],
            int(inputs["duty"]),
            events={name: as_date(day) for name, day in (inputs.get("events") or {}).items()},
            court_calendar=inputs["court_calendar"],
            part=inputs.get("part"),
        )
    )


@register("appeal_or_cure")
def _appeal_or_cure(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return _values(
        rules.appeal_or_cure(
            inputs["statute"],
            inputs["what"],
            trigger_date=as_date(inputs.get("trigger_date")),
            served_by=inputs.get("served_by"),
            court_calendar=inputs["court_calendar"],
            printed_date=as_date(inputs.get("printed_date")),
        )
    )


@register("response_deadline")
def _response_deadline(inputs: Mapping[str, Any]) -> dict[str, Any]:
    service_date = as_date(inputs["service_date"])
    if service_date is None:
        raise ValueError("service_date is missing")
    return _values(
        rules.response_deadline(
            inputs["notice"],
            inputs["form"],
            service_date,
            inputs["served_by"],
            as_date(inputs.get("printed_date")),
        )
    )


def _comparable(key: str, value: Any) -> Any:
    return sorted(value) if key == "reasons" and isinstance(value, list) else value


def run(example: Mapping[str, Any]) -> dict[str, Any]:
    """One example: ``id``, ``actual`` (the keys of ``expected``), ``ok``; ``error`` if it cannot run."""
    result: dict[str, Any] = {"id": example.get("id")}
    kind = KINDS.get(str(example.get("kind")))
    if kind is None:
        return {**result, "ok": False, "error": f"unknown kind: {example.get('kind')}"}
    try:
        actual = plain(kind(example["inputs"]))
    except (ValueError, KeyError, TypeError, LookupError) as exc:
        return {**result, "ok": False, "error": f"{type(exc).__name__}: {exc}"}
    expected = plain(example.get("expected") or {})
    if expected:
        actual = {key: actual.get(key) for key in expected}
    ok = all(_comparable(key, actual[key]) == _comparable(key, value) for key, value in expected.items())
    return {**result, "actual": actual, "ok": ok}


def run_file(path: Path) -> list[dict[str, Any]]:
    """All examples of a YAML file, in order. Raises LawError when the file holds none."""
    data = law.load_yaml(path)
    if not isinstance(data, dict) or not isinstance(data.get("examples"), list):
        raise law.LawError(f"{path.name}: holds no list of examples")
    return [run(example) for example in data["examples"]]

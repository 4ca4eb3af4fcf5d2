"""Screening examples: reads facts in the form of a YAML file and gives findings as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from deadlines.law import LawError, load_yaml
from records.rules.screening import screen
from records.rules.types import ChargeFacts, ClientFacts, NexusFacts

DATES = ("offense_date", "arrest_date", "disposition_date", "sentence_completed")
CHARGE_KEYS = tuple(ChargeFacts.__dataclass_fields__)


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) and value != "unknown" else value


def charge_from(data: Mapping[str, Any]) -> ChargeFacts:
    """Facts of a charge from a mapping; keys that the screening does not use are left out Raises LawError."""
    known = {key: data[key] for key in CHARGE_KEYS if key in data}
    if data.get("attempted") is None:
        known["attempted"] = False
    try:
        known.update({key: _day(known[key]) for key in DATES if key in known})
        return ChargeFacts(**known)
    except (TypeError, ValueError) as exc:
        raise LawError(f"facts of the charge cannot be read: {exc}") from exc


def nexus_from(data: Mapping[str, Any]) -> NexusFacts:
    flag = data.get("flag")
    if isinstance(flag, bool):  # a bare yes or no in YAML 1.1
        flag = "yes" if flag else "no"
    return NexusFacts(
        flag=flag or "not_reviewed",
        basis=tuple(data.get("basis") or ()),
        official_documentation=tuple(data.get("official_documentation") or ()),
        other_evidence=tuple(data.get("other_evidence") or ()),
    )


def run(example: Mapping[str, Any]) -> dict[str, Any]:
    """One example: ``id`` and ``results``, one per statute; ``error`` where the facts cannot be read."""
    try:
        inputs = example["inputs"]
        as_of = _day(inputs["as_of"])
        findings = screen(
            charge_from(inputs["charge"]),
            nexus_from(inputs.get("nexus") or {}),
            ClientFacts(age_at_offense=(inputs.get("client") or {}).get("age_at_offense")),
            jurisdiction=inputs["jurisdiction"],
            as_of=as_of,
        )
    except (KeyError, TypeError, ValueError) as exc:
        return {"id": example.get("id"), "results": [], "error": f"{type(exc).__name__}: {exc}"}
    return {
        "id": example.get("id"),
        "results": [
            {
                "statute": finding.statute_id,
                "answer": finding.answer,
                "because": list(finding.because),
                "burden": finding.burden,
                "presumption": finding.presumption,
            }
            for finding in findings
        ],
    }


def run_file(path: Path) -> list[dict[str, Any]]:
    """All examples of a YAML file, in order. Raises LawError when the file holds none."""
    data = load_yaml(path)
    if not isinstance(data, dict) or not isinstance(data.get("examples"), list):
        raise LawError(f"{path.name}: holds no list of examples")
    return [run(example) for example in data["examples"]]

"""A reading kept as JSON, and the same reading with what a person settled laid over it.

The reading of a sheet never changes. What a person decides is kept beside it, in
`RapSheet.settled`:

    {"lines":  {"48": {"how": "no_charge" | "typed", "by": 7, "at": "2026-11-23T17:05:00+00:00"}},
     "parts":  {"c5.1": {"values": {"section": "487(c)"}, "by": 7, "at": …}},
     "added":  [{"id": "a1", "kind": "charge" | "result" | "event", "to": "e5", "line": 48, "values": {…}}],
     "rows":   {"e5": {"row": "<id of the arrest>", "was": {<what was accepted>}}, "c5.1": …, "d5.1.0": …},
     "discarded": {"reason": "Another client's sheet.", "by": 7, "at": …}}   (only where it was)

A part is named by its place in the reading: event `e5`, its second count `c5.1`, that count's first
result `d5.1.0`; what a person typed in is `a1`, `a2`, … A part that stands under "parts" was looked at
by a person, also when nothing in it was changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from records.readers.types import Doubt, Reading

Part = dict[str, Any]
RESULT_KEYS = ("type", "date", "severity", "sentence")
_MASK_DOB = re.compile(r"(D[O0Q]B\s*[:;/.]?\s*)(\d[\dOIlSBQ.\-/]{5,11})", re.IGNORECASE)
_MASK_NUMBER = re.compile(
    r"((?:C[I1L|!]{2}|FBI|SOC|SSN|CDL|DLN|INN|IDN|OLN)\s*[/:]\s*)(A?[0-9OIlSB\-]{4,12})", re.IGNORECASE
)
_MASK_SSN = re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)")
DOTS = "••••••••"
SHORTEST_NUMBER = 6


def pack(reading: Reading) -> dict[str, Any]:
    """The reading with its provenance, as JSON."""
    record = reading.to_json()
    for event, kept in zip(reading.events, record["events"], strict=True):
        kept |= {"at": sorted(event.lines), "doubts": _doubts(event.doubts)}
        for count, kept_count in zip(event.counts, kept["counts"], strict=True):
            kept_count |= {"at": sorted(count.lines), "doubts": _doubts(count.doubts)}
            for result, kept_result in zip(count.dispositions, kept_count["dispositions"], strict=True):
                kept_result["line"] = result.line
    return {
        "layout": reading.layout,
        "notices": list(reading.notices),
        **record,
        "lines": [
            {
                "n": line.number,
                "text": line.text,
                "kind": line.kind,
                "state": line.state,
                "repairs": [[repair.start, repair.end, repair.read_as] for repair in line.repairs],
            }
            for line in reading.lines
        ],
    }


def _doubts(doubts: Iterable[Doubt]) -> list[list[Any]]:
    return [[doubt.line, doubt.weight, doubt.words] for doubt in sorted(doubts, key=lambda d: d.line)]


def empty_settled() -> dict[str, Any]:
    """What a person settled, before anybody did."""
    return {"lines": {}, "parts": {}, "added": [], "rows": {}}


def corrected_events(reading: dict[str, Any], settled: dict[str, Any]) -> list[Part]:
    """The events with ids, corrections applied and typed-in parts added, in the order of the sheet.

    Every event, count and result gains `id` and `seen` (a person looked at it); doubts of a part that
    was looked at are dropped, because they are settled.
    """
    parts = settled.get("parts", {})
    events = [_event(event, f"e{i}", parts) for i, event in enumerate(reading["events"])]
    found = {part["id"]: part for event in events for part in (event, *event["counts"])}
    for added in settled.get("added", []):
        _add(added, events, found, parts)
    return events


def _event(event: Part, ident: str, parts: dict[str, Any]) -> Part:
    place = ident.removeprefix("e")
    counts = []
    for i, count in enumerate(event["counts"]):
        results = [
            _laid_over(result, f"d{place}.{i}.{j}", parts) for j, result in enumerate(count["dispositions"])
        ]
        counts.append(_laid_over(count, f"c{place}.{i}", parts) | {"dispositions": results})
    return _laid_over(event, ident, parts) | {"counts": counts}


def _laid_over(part: Part, ident: str, parts: dict[str, Any]) -> Part:
    mine = parts.get(ident)
    kept = {**part, "id": ident, "seen": mine is not None}
    if mine is not None:
        kept |= mine["values"]
        kept["doubts"] = []
    return kept


def _add(added: Part, events: list[Part], found: dict[str, Part], parts: dict[str, Any]) -> None:
    values, ident = added["values"], added["id"]
    base = {"at": [added["line"]] if added.get("line") else [], "doubts": [], "typed": True}
    if added["kind"] == "event":
        event: Part = {
            "type": "other",
            "date": None,
            "agency": None,
            "numbers": [],
            "name_id": None,
            "cycle": 0,
        }
        part = _laid_over({**event, **base, **values, "counts": []}, ident, parts) | {"seen": True}
        events.append(part)
    elif added["kind"] == "charge":
        count = dict.fromkeys(("number", "code", "section", "description", "level")) | {"flags": []}
        result = values.get("result")
        part = _laid_over({**count, **base, **values}, ident, parts) | {"seen": True}
        part["dispositions"] = (
            [
                _laid_over(
                    {**dict.fromkeys(RESULT_KEYS), **result, "line": added.get("line") or 0},
                    f"{ident}r",
                    parts,
                )
                | {"seen": True}
            ]
            if result
            else []
        )
        found[added["to"]]["counts"].append(part)
    else:
        count = found[added["to"]]
        count["dispositions"].append(
            _laid_over({**dict.fromkeys(RESULT_KEYS), **values, "line": added.get("line") or 0}, ident, parts)
            | {"seen": True}
        )
        return
    found[ident] = part


def part_named(events: list[Part], ident: str) -> Part | None:
    """The event, count or result with this id."""
    for event in events:
        for part in (event, *event["counts"], *(d for c in event["counts"] for d in c["dispositions"])):
            if part["id"] == ident:
                return part
    return None


def arrested_on(events: list[Part], ident: str) -> str | None:
    """The day of the arrest that the part with this id hangs on, ISO; None elsewhere."""
    for event in events:
        if event["type"] == "arrest" and part_named([event], ident) is not None:
            day: str | None = event["date"]
            return day
    return None


def unsettled_lines(reading: dict[str, Any], settled: dict[str, Any]) -> list[dict[str, Any]]:
    """Lines with print that were not read and that nobody settled yet."""
    done = settled.get("lines", {})
    return [
        line
        for line in reading["lines"]
        if line["state"] == "not_read" and line["text"].strip() and str(line["n"]) not in done
    ]


def dates_of_birth(reading: dict[str, Any]) -> set[str]:
    """Every date of birth the sheet gives for the person, in the ways that sheets print a day."""
    subject = reading["subject"]
    found = {subject["dob"], *subject["other_dobs"], *(event["dob"] for event in reading["events"])}
    printed = set()
    for text in filter(None, found):
        year, month, day = text.split("-")
        printed |= {text, year + month + day, month + day + year}
        printed |= {f"{month}/{day}/{year}", f"{month}-{day}-{year}"}
    return printed


def numbers_of(lines: Iterable[str]) -> set[str]:
    """The digits of every number of the person's papers; some sheets print them again without a word."""
    found = (re.sub(r"\D", "", match[2]) for text in lines for match in _MASK_NUMBER.finditer(text))
    return {digits for digits in found if len(digits) >= SHORTEST_NUMBER}


def masked(text: str, births: set[str]) -> str:
    """A source line with dates of birth and the numbers of the person's papers under dots.

    `births`: dates and digits that are covered wherever they stand.
    """
    text = _MASK_DOB.sub(rf"\1{DOTS}", text)
    text = _MASK_NUMBER.sub(rf"\1{DOTS}", text)
    text = _MASK_SSN.sub(DOTS, text)
    for digits in births:
        text = text.replace(digits, DOTS)
    return text


def day_of(text: str | None) -> date | None:
    """A date of the reading; None where there is none or it is not a day of the calendar."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None

"""What the files of `visas/law/` must look like, and every fault that makes them unusable."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from deadlines import law as date_law

FLAG_WORDS = {
    "verified": "read in an official text",
    "verified_secondary": "read in a report of the official text",
    "convention": "our own counting choice, where the source is silent",
    "recalled": "from memory: check before relying on it",
    "not_found": "looked for and not found",
}
FLAGS = tuple(FLAG_WORDS)

_TEXT, _LIST, _DAY, _NUMBER, _YES_NO = str, list, date, (int, float), bool
_OPTIONAL = {"note": _TEXT, "sources": _LIST, "cite": _TEXT}
_FLAGGED = {"rule": _TEXT, "flag": _TEXT}
_CITED = _FLAGGED | {"cite": _TEXT}


@dataclass(frozen=True)
class _Shape:
    """The keys one collection's entries must have and may have, with the type of each."""

    must: Mapping[str, Any]
    may: Mapping[str, Any] = field(default_factory=dict)


_COUNTS = dict.fromkeys(
    (
        *(f"{who}_{what}" for who in ("p", "d", "both") for what in ("received", "approved", "denied")),
        "both_pending",
        "p_decided_share_of_received", "p_approved_recalled", "p_denied_recalled",
        "p_approved_partial", "p_denied_partial",
    ),
    _NUMBER,
)  # fmt: skip
SHAPES: dict[str, dict[str, _Shape]] = {
    "sources": {
        "sources": _Shape({"title": _TEXT, "url": _TEXT, "kind": _TEXT}),
        "warnings": _Shape({"rule": _TEXT}),
    },
    "eligibility": {
        "elements": _Shape(_CITED | {"label": _TEXT, "key": _TEXT}, {"waiver_rule": _TEXT}),
        "exceptions": _Shape(_CITED | {"of": _TEXT}, {"name": _TEXT, "under_age": int}),
        "standards": _Shape(_CITED),
        "caps": _Shape(_CITED | {"principals_per_fiscal_year": int}),
    },
    "family": {
        "classes": _Shape(_CITED, {"principal_under_21": _TEXT, "principal_21_or_over": _TEXT}),
        "relatives": _Shape(_CITED | {"class": _TEXT}, {"also": _LIST}),
        "age_rules": _Shape(_CITED, {"under_age": int}),
        "family_filing": _Shape(_CITED),
    },
    "forms": {
        "forms": _Shape(
            _FLAGGED | {"own_receipt": _YES_NO},
            {"also": _LIST, "edition": _TEXT, "edition_flag": _TEXT, "fee": (int, str), "fee_flag": _TEXT,
             "fee_note": _TEXT, "checked": _DAY},
        ),
        "fees": _Shape(_CITED),
        "filing_places": _Shape(_FLAGGED | {"form": _TEXT}, {"checked": _DAY}),
        "receipt_number": _Shape(_FLAGGED | {"pattern": _TEXT, "example": _TEXT, "prefixes": dict}),
    },
    "permits": {
        "permit_categories": _Shape(
            _FLAGGED | {"how": _TEXT, "validity": _TEXT}, {"code": _TEXT, "max_months": int, "max_from": _DAY}
        ),
        "permit_rules": _Shape(
            _CITED,
            {"days_before_expiry": int, "ended_on": _DAY, "extension_days": int, "categories": _LIST},
        ),
        "bona_fide": _Shape(_CITED, {"automatic_from": _DAY, "only_in_us": _YES_NO}),
    },
    "status": {
        "status": _Shape(_CITED, {"years": int, "minus_days": int}),
        "extension_grounds": _Shape(_CITED | {"form": _TEXT}, {"step": _TEXT, "years": int}),
        "travel": _Shape(_CITED),
        "adjudication": _Shape(_CITED),
    },
    "adjustment": {
        "adjustment_elements": _Shape(_CITED | {"label": _TEXT}),
        "presence": _Shape(
            _CITED,
            {"single_limit_days": int, "aggregate_limit_days": int, "counted_from": _TEXT,
             "counted_to": _TEXT,
             "excused": _LIST},
        ),
        "timing": _Shape(_CITED, {"years": int}),
        "adjustment_other": _Shape(_FLAGGED),
        "convictions": _Shape(_FLAGGED),
    },
    "deadlines": {
        "counting": _Shape(_CITED),
        "deadlines": _Shape(
            _FLAGGED | {"trigger": _TEXT, "number": (int, list), "unit": _TEXT},
            {"roll": _TEXT, "mail_days": int, "minus_days": int, "extendable_by_days": int,
             "direction": _TEXT,
             "kind": _TEXT, "consequence": _TEXT},
        ),
        "periods": _Shape({"rule": _TEXT}, {"deadline": _TEXT, "status": _TEXT, "also": _LIST}),
    },
    "safety": {
        "confidentiality": _Shape(_FLAGGED),
        "benefits": _Shape(_FLAGGED),
        "alerts": _Shape(_FLAGGED | {"since": _DAY}, {"effect": _TEXT}),
    },
    "evidence": {
        "evidence": _Shape(
            {"filing": _TEXT, "element": _TEXT, "items": _LIST, "required": _YES_NO, "flag": _TEXT}
        ),
    },
    "statistics": {
        "fiscal_years": _Shape(
            {"fiscal_year": int, "flag": _TEXT}, _COUNTS | {"p_approved_text": _TEXT, "as_reported": _DAY}
        ),
        "processing_months": _Shape(
            _FLAGGED, {"low": _NUMBER, "high": _NUMBER, "value": (str, float, int, type(None))}
        ),
        "approval_rates": _Shape(
            _FLAGGED, {"fy2009": _NUMBER, "fy2023": _NUMBER, "fy2025_partial": _NUMBER}
        ),
        "continued_presence_grants": _Shape({"fiscal_year": int, "grants": int, "flag": _TEXT}),
    },
    "machines": {
        "actors": _Shape({"rule": _TEXT}),
        "date_words": _Shape({"rule": _TEXT}),
        "guards": _Shape({"rule": _TEXT, "test": _TEXT}, {"law": _TEXT, "notice": _TEXT}),
        "machines": _Shape(
            _FLAGGED
            | {"initial": _TEXT, "terminal": _LIST, "good_ends": _LIST, "stops": _LIST, "states": _LIST,
               "transitions": _LIST},
        ),
    },
}  # fmt: skip

# What a rule of `visas.rules` reads out of an entry: without it the rule could not answer.
NEEDED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("exceptions", "X1", ("under_age",)),
    ("age_rules", "AG1", ("under_age",)),
    ("age_rules", "AG2", ("under_age",)),
    ("age_rules", "AG3", ("under_age",)),
    ("age_rules", "AG4", ("under_age",)),
    ("age_rules", "AG5", ()),
    ("permit_rules", "EA1", ("days_before_expiry",)),
    ("permit_rules", "EA2", ("ended_on", "extension_days", "categories")),
    ("permit_rules", "EA3", ()),
    ("bona_fide", "BF1", ("automatic_from",)),
    ("status", "TS1", ("years",)),
    ("status", "TS2", ("minus_days",)),
    ("presence", "P1", ("single_limit_days", "aggregate_limit_days", "excused")),
    ("presence", "PC1", ()),
    ("timing", "TM1", ("years",)),
    ("timing", "TM2", ()),
    ("deadlines", "DL07", ("number",)),
    ("deadlines", "DL08", ("number",)),
    ("deadlines", "DL09", ()),
    ("deadlines", "DL13", ()),
    ("counting", "CN8", ()),
    ("counting", "WW1", ()),
    ("receipt_number", "RN1", ("pattern", "example", "prefixes")),
)


def faults_of(raw: Mapping[str, Any]) -> list[str]:
    """One sentence per fault of the files read, by name, into `raw`; each names file, entry and key."""
    faults = [fault for name, shapes in SHAPES.items() for fault in _file_faults(name, raw[name], shapes)]
    if faults:  # references are looked up only among entries that have the right shape
        return faults
    rows = {name: {row["id"]: row for row in rows} for file in raw.values() for name, rows in file.items()}
    return [*_source_faults(raw, rows), *_reference_faults(rows), *_machine_faults(rows)]


def _file_faults(name: str, content: Any, shapes: Mapping[str, _Shape]) -> Iterator[str]:
    where = f"visas/law/{name}.yaml"
    if not isinstance(content, dict) or set(content) != set(shapes):
        yield f"{where}: must hold exactly these lists: {', '.join(shapes)}."
        return
    for collection, shape in shapes.items():
        if not isinstance(content[collection], list):
            yield f"{where}: {collection} must be a list of entries."
            continue
        seen = set()
        for position, row in enumerate(content[collection], start=1):
            if not isinstance(row, dict) or not isinstance(row.get("id"), str):
                yield f"{where}: {collection}, entry {position}: needs the key 'id' with a text."
                continue
            at = f"{where}: {collection} {row['id']}"
            if row["id"] in seen:
                yield f"{at}: this id stands twice."
            seen.add(row["id"])
            yield from _row_faults(at, row, shape)


def _row_faults(at: str, row: Mapping[str, Any], shape: _Shape) -> Iterator[str]:
    allowed = {**_OPTIONAL, **shape.may, **shape.must}
    for key in shape.must.keys() - row.keys():
        yield f"{at}: the key {key!r} is missing."
    for key, value in row.items():
        if key == "id":
            continue
        if key not in allowed:
            yield f"{at}: the key {key!r} is not known here."
        elif not isinstance(value, allowed[key]) or (isinstance(value, bool) and allowed[key] is not bool):
            yield f"{at}: the key {key!r} has a value of the wrong type: {value!r}."
        elif value == "":
            yield f"{at}: the key {key!r} is empty."
        elif key == "flag" and value not in FLAGS:
            yield f"{at}: the key 'flag' must be one of {', '.join(FLAGS)}, not {value!r}."


def _source_faults(raw: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for file, collections in raw.items():
        for collection, entries in collections.items():
            for row in entries:
                for source in row.get("sources", ()):
                    if source not in rows["sources"]:
                        yield (
                            f"visas/law/{file}.yaml: {collection} {row['id']}: the key 'sources' names "
                            f"{source!r}, which sources.yaml does not have."
                        )


def _reference_faults(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for collection, key, data in NEEDED:
        file = next(name for name, shapes in SHAPES.items() if collection in shapes)
        if key not in rows[collection]:
            yield f"visas/law/{file}.yaml: {collection}: the entry {key!r}, which a rule needs, is missing."
            continue
        for name in data:
            if name not in rows[collection][key]:
                yield f"visas/law/{file}.yaml: {collection} {key}: the key {name!r} is missing."
    elements = rows["elements"].keys() | rows["exceptions"].keys()
    for row in rows["exceptions"].values():
        if row["of"] not in elements:
            yield f"visas/law/eligibility.yaml: exceptions {row['id']}: the key 'of' names no element."
    for row in rows["relatives"].values():
        if row["class"] not in rows["classes"]:
            yield f"visas/law/family.yaml: relatives {row['id']}: the key 'class' names no class."
    for row in rows["classes"].values():
        for key in ("principal_under_21", "principal_21_or_over"):
            if row.get(key, "always") not in ("always", "danger"):
                yield f"visas/law/family.yaml: classes {row['id']}: the key {key!r} must be always or danger."
    for row in rows["deadlines"].values():
        if row.get("roll", "none") not in ("forward", "back", "none"):
            yield f"visas/law/deadlines.yaml: deadlines {row['id']}: 'roll' must be forward, back or none."
    for row in rows["periods"].values():
        target = row.get("deadline"), row.get("status")
        if target[0] not in rows["deadlines"] and target[1] not in rows["status"]:
            yield f"visas/law/deadlines.yaml: periods {row['id']}: needs a known 'deadline' or 'status'."
    for row in rows["permit_rules"].values():
        for category in row.get("categories", ()):
            if category not in rows["permit_categories"]:
                yield f"visas/law/permits.yaml: permit_rules {row['id']}: no category {category!r} is known."
    pattern, example = (rows["receipt_number"]["RN1"].get(key, "") for key in ("pattern", "example"))
    try:
        matches = re.fullmatch(pattern, example)
    except re.error as error:
        yield f"visas/law/forms.yaml: receipt_number RN1: the key 'pattern' is not a pattern: {error}."
    else:
        if not matches:
            yield "visas/law/forms.yaml: receipt_number RN1: the key 'example' does not fit the pattern."
    notices = {row["id"] for row in date_law.notices()["notices"]}
    citable = {
        key
        for name in ("bona_fide", "deadlines", "family_filing", "timing", "permit_rules")
        for key in rows[name]
    }
    for row in rows["guards"].values():
        if "law" in row and row["law"] not in citable:
            yield f"visas/law/machines.yaml: guards {row['id']}: the key 'law' names no entry."
        if "notice" in row and row["notice"] not in notices:
            yield f"visas/law/machines.yaml: guards {row['id']}: the key 'notice' names no notice."


def _machine_faults(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    used_guards = set()
    for machine in rows["machines"].values():
        at = f"visas/law/machines.yaml: machines {machine['id']}"
        bad = [
            *(
                f"{at}: a state needs id and label."
                for s in machine["states"]
                if not {"id", "label", "stop"} <= s.keys()
            ),
            *(
                f"{at}: a stop needs id and label."
                for s in machine["stops"]
                if not {"id", "label"} <= s.keys()
            ),
            *(
                f"{at}: a transition needs from, to, event, label, actor and dates."
                for t in machine["transitions"]
                if not {"from", "to", "event", "label", "actor", "dates"} <= t.keys()
            ),
        ]
        if bad:
            yield from bad
            continue
        states = {state["id"] for state in machine["states"]}
        stops = {stop["id"] for stop in machine["stops"]} | {None}
        terminal = set(machine["terminal"])
        for key in ("initial", "terminal", "good_ends"):
            for state in [machine[key]] if key == "initial" else machine[key]:
                if state not in states:
                    yield f"{at}: the key {key!r} names the state {state!r}, which does not exist."
        for state in machine["states"]:
            if state["stop"] not in stops:
                yield f"{at}: state {state['id']}: the key 'stop' names no stop: {state['stop']!r}."
        left, entered = set(), {machine["initial"]}
        for move in machine["transitions"]:
            here = f"{at}: transition {move['event']}"
            for state in (*move["from"], move["to"]):
                if state not in states:
                    yield f"{here}: the state {state!r} does not exist."
            if move["actor"] not in rows["actors"]:
                yield f"{here}: the key 'actor' names nobody we know: {move['actor']!r}."
            for day in move["dates"]:
                if day not in rows["date_words"]:
                    yield f"{here}: the key 'dates' names {day!r}, which date_words does not have."
            if "guard" in move:
                used_guards.add(move["guard"])
                if move["guard"] not in rows["guards"]:
                    yield f"{here}: the key 'guard' names no guard: {move['guard']!r}."
            left.update(move["from"])
            entered.add(move["to"])
        yield from (f"{at}: state {s}: nothing leads out of it." for s in sorted(states - left - terminal))
        yield from (
            f"{at}: state {s}: is terminal, but something leads out." for s in sorted(left & terminal)
        )
        yield from (f"{at}: state {s}: nothing leads to it." for s in sorted(states - entered))
    for guard in sorted(rows["guards"].keys() - used_guards):
        yield f"visas/law/machines.yaml: guards {guard}: no transition uses it."

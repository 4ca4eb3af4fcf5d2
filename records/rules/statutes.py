"""Statutes as objects for pages and screening: six jurisdictions in full, one row per other remedy."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from deadlines import rules as dates
from deadlines.law import LawError
from records.rules import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Statute:
    """One law that may clear a record.

    ``jurisdiction`` is ``US`` (the federal system) or ``US-`` and two letters. ``full`` is false for the rows
    of other states, which hold less and say less. ``reaches`` gives true, false or None (unclear, or not
    found) for each kind of record. ``row`` is the entry as it stands in the file.
    """

    id: str
    jurisdiction: str
    title: str
    citation: str
    full: bool
    in_force_from: date | None
    in_force_note: str
    relief: tuple[str, ...]
    reaches: Mapping[str, bool | None]
    eligible: tuple[str, ...]
    excluded: tuple[str, ...]
    nexus: str | None
    burden: str | None
    burden_detail: str
    presumption: str | None
    service: tuple[str, ...]
    order_must_say: tuple[str, ...]
    deadlines: tuple[Mapping[str, Any], ...]
    order_duties: tuple[Mapping[str, Any], ...]
    court: str
    timing: Mapping[str, Any]
    immigration_note: str
    sources: tuple[Mapping[str, Any], ...]
    verification: str
    field_verification: Mapping[str, Mapping[str, Any]]
    recalled_fields: tuple[str, ...]
    notes: tuple[str, ...]
    screening: Mapping[str, Any] | None
    row: Mapping[str, Any] = field(repr=False)

    @property
    def scope(self) -> str | None:
        scope: str | None = self.row.get("scope")
        return scope


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _core(row: Mapping[str, Any]) -> Statute:
    code = row["jurisdiction"]
    effective = row.get("effective") or {}
    offenses = row.get("eligible_offenses") or {}
    dated = dates.statute_dates(row["id"])
    return Statute(
        id=row["id"],
        jurisdiction="US" if code == "US" else f"US-{code}",
        title=row["title"],
        citation=row["citation"],
        full=True,
        in_force_from=date.fromisoformat(effective["from"]) if "from" in effective else None,
        in_force_note=effective.get("note", ""),
        relief=_texts(row["relief_kind"]),
        reaches=row["screening"].get("kinds")
        or {
            "arrest": row["reaches"]["arrests"],
            "charge": row["reaches"]["charges"],
            "conviction": row["reaches"]["convictions"],
            "juvenile_adjudication": row["reaches"]["juvenile_adjudications"],
            "deferred": None,
        },
        eligible=_texts(offenses.get("listed")),
        excluded=_texts(offenses.get("excluded")),
        nexus=row["nexus_standard"],
        burden=row["burden_of_proof"],
        burden_detail=row.get("burden_detail", ""),
        presumption=row.get("presumption"),
        service=tuple(entry["who"] for entry in row.get("service") or ()),
        order_must_say=_texts(row.get("order_must_say")),
        deadlines=dated.deadlines,
        order_duties=dated.order_duties,
        court=row.get("court", ""),
        timing=row.get("timing") or {},
        immigration_note=row.get("immigration_note", ""),
        sources=tuple(row["sources"]),
        verification=row["verification"],
        field_verification=row.get("field_verification") or {},
        recalled_fields=tuple(
            name
            for name, mark in (row.get("field_verification") or {}).items()
            if mark["verification"] == "recalled"
        ),
        notes=_texts(row.get("notes")),
        screening=row["screening"],
        row=row,
    )


def _state_kinds(row: Mapping[str, Any]) -> dict[str, bool | None]:
    """A row has one word for arrests and charges; a deferred case needs both that and convictions."""
    reaches = row["reaches"]
    deferred = True if reaches["arrest"] and reaches["conviction"] else None
    kinds = {
        "arrest": reaches["arrest"],
        "charge": reaches["arrest"],
        "conviction": reaches["conviction"],
        "juvenile_adjudication": reaches["juvenile_adjudication"],
        "deferred": deferred,
    }
    return {**kinds, **((row.get("screening") or {}).get("kinds") or {})}


def _state(row: Mapping[str, Any]) -> Statute:
    presumption = {True: "from official documents", False: "none", None: None}[
        row["documentation_presumption"]
    ]
    return Statute(
        id=row["id"],
        jurisdiction=row["jurisdiction"],
        title=row["name"],
        citation=row["citation"],
        full=False,
        in_force_from=None,
        in_force_note=f"enacted {row['enacted']}" if row.get("enacted") else "",
        relief=_texts(row["relief"]),
        reaches=_state_kinds(row),
        eligible=_texts(row["scope_note"]),
        excluded=(),
        nexus=row["nexus"],
        burden=row["burden_of_proof"],
        burden_detail="",
        presumption=presumption,
        service=(),
        order_must_say=(),
        deadlines=(),
        order_duties=(),
        court="",
        timing={"waiting_period": row["waiting_period"], "filing_window": row["filing_window"]},
        immigration_note="",
        sources=tuple(row["sources"]),
        verification=row["verification"],
        field_verification={},
        recalled_fields=tuple(row["recalled_fields"]),
        notes=_texts(row["notes"]),
        screening=row.get("screening"),
        row=row,
    )


@cache
def all_statutes() -> Mapping[str, Statute]:
    """All statutes by id, in the order of the files. Raises LawError when a file cannot be used."""
    core = [_core(row) for row in files.statutes()["statutes"]]
    return {statute.id: statute for statute in (*core, *map(_state, files.states()))}


@cache
def statutes_of(jurisdiction: str) -> tuple[Statute, ...]:
    """The statutes of one jurisdiction (``US``, ``US-CA``, ...); empty for one that is not on file."""
    return tuple(statute for statute in all_statutes().values() if statute.jurisdiction == jurisdiction)


def get_statute(statute_id: str) -> Statute:
    """One statute. Raises LawError for an id that is not on file."""
    try:
        return all_statutes()[statute_id]
    except KeyError:
        raise LawError(f"no statute {statute_id!r} on file") from None


def unconfirmed_notes(statute: Statute, confirmed: Collection[str] = ()) -> tuple[str, ...]:
    """What nobody has confirmed about a statute, in words; empty once an attorney has confirmed it.

    ``confirmed`` holds the ids of the rules that attorneys have confirmed.
    """
    if statute.id in confirmed:
        return ()
    notes = ["No attorney has confirmed this rule."]
    if statute.verification == "recalled":
        notes.append("The record as a whole is recalled: its text was not read.")
    for name in statute.recalled_fields:
        mark = statute.field_verification.get(name, {})
        note = f" ({mark['note']})" if mark.get("note") else ""
        notes.append(f"Recalled, not read: {name.replace('_', ' ')}{note}.")
    for dated in (*statute.deadlines, *statute.order_duties):
        if dated["verification"] == "recalled":
            what = dates.label_of(dated["name"]) if "name" in dated else dated["duty"]
            notes.append(f"Recalled, not read: {what} ({dated['citation']}).")
    return tuple(notes)


def validate() -> list[str]:
    """Every problem of the law files of this app; empty when all is well."""
    problems = files.validate()
    if problems:
        return problems
    try:
        all_statutes()
    except LawError as exc:
        return [str(exc)]
    known = set(all_statutes())
    return [
        f"petitions.yaml: {statute_id} has dates but no statute in records/law"
        for statute_id in dates.dated_statutes()
        if statute_id not in known
    ]

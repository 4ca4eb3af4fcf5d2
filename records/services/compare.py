"""What of a sheet is on file already, what is new and what differs, before anything is written.

A part of a sheet is found on file, in this order: by the row it became when this sheet was accepted
before; by its import key, a keyed token of what identifies it; and, where a number is missing on one
side, by the day and agency of the arrest and the section of the charge.

What is on file is never overwritten by another sheet: empty values are filled and results are added.
A correction of the same sheet changes what it corrected and nothing that was changed since on the
record itself (`was` keeps what was accepted).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from records.models import Arrest, Charge, Disposition, RapSheet, RecordEvent
from records.services.mapping import (
    Plan,
    PlannedArrest,
    PlannedCharge,
    PlannedEvent,
    PlannedResult,
    spaced,
    squeezed,
)
from records.services.outcomes import TYPE_WORDS
from vault.fields import lookup_token

NEW, ON_FILE, CHANGED = "new", "on_file", "changed"
LABELS = {
    "on": "Date",
    "arrested_on": "Date of arrest",
    "number": "Arrest number",
    "name_on_record": "Name on the record",
    "case_number": "Case number",
    "type": "Result",
}


@dataclass(slots=True)
class Difference:
    """How one part of the sheet stands to the file; `values` is what accepting writes into `row`."""

    status: str = NEW
    row: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Compared:
    """The differences of every part, by its id in the plan."""

    parts: dict[str, Difference] = field(default_factory=dict)

    def of(self, ident: str) -> Difference:
        return self.parts[ident]

    def status_of(self, arrest: PlannedArrest) -> str:
        """One word for an arrest with its charges."""
        own = self.parts[arrest.id].status
        inside = {self.parts[charge.id].status for charge in arrest.charges}
        return own if own == NEW or inside <= {ON_FILE} else CHANGED


def arrest_values(arrest: PlannedArrest) -> dict[str, Any]:
    """The columns of `Arrest` that a sheet gives."""
    return {
        "arrested_on": arrest.on,
        "agency": arrest.agency,
        "county": arrest.county,
        "number": arrest.number or None,
        "name_on_record": arrest.name_on_record or None,
    }


def charge_values(charge: PlannedCharge) -> dict[str, Any]:
    """The columns of `Charge` that a sheet gives, save where it stands."""
    return {
        "code": charge.code,
        "section": charge.section,
        "description": charge.description,
        "attempted": charge.attempted,
        "level": charge.level,
        "court": charge.court,
        "county": charge.county,
        "case_number": charge.case_number or None,
    }


def result_values(planned: PlannedResult) -> dict[str, Any]:
    """The columns of `Disposition` that a sheet gives."""
    result = planned.result
    return {"type": result.type, "on": result.on, "severity": result.severity, "sentence": result.sentence}


def arrest_key(client: Any, arrest: PlannedArrest) -> bytes:
    """By what this arrest is known on any sheet: client, day, agency and number."""
    what = arrest.court_only.upper() or f"{arrest.on or ''}|{spaced(arrest.agency)}|{squeezed(arrest.number)}"
    return lookup_token("arrest.import", f"{client}|{what}|{arrest.occurrence}")


def charge_key(arrest_token: bytes, charge: PlannedCharge) -> bytes:
    """By what a charge is known within its arrest: code, section and attempt."""
    return lookup_token("charge.import", f"{arrest_token.hex()}|{charge.key}|{charge.occurrence}")


def event_key(client: Any, event: PlannedEvent) -> bytes:
    """By what another event is known: type, day, agency and numbers."""
    numbers = squeezed(" ".join(event.content["numbers"]))
    what = f"{event.type}|{event.on or ''}|{spaced(event.agency)}|{numbers}"
    return lookup_token("event.import", f"{client}|{what}|{event.occurrence}")


def compare(sheet: RapSheet, plan: Plan, settled: dict[str, Any]) -> Compared:
    """Lay the plan beside the client's record. Four queries, whatever the size of either."""
    rows = settled.get("rows", {})
    compared = Compared()
    on_file = _OnFile(sheet.client_id)
    for arrest in plan.arrests:
        key = arrest_key(sheet.client_id, arrest)
        row = on_file.arrest(rows.get(arrest.id), key, arrest)
        compared.parts[arrest.id] = _difference(row, arrest_values(arrest), rows.get(arrest.id))
        token = bytes(row.import_key) if row is not None and row.import_key else key
        for charge in arrest.charges:
            found = on_file.charge(rows.get(charge.id), charge_key(token, charge), charge, row)
            compared.parts[charge.id] = _charge_difference(found, charge, rows, compared)
    for event in plan.events:
        known = on_file.event(rows.get(event.id), event_key(sheet.client_id, event))
        compared.parts[event.id] = Difference(NEW if known is None else ON_FILE, known)
    return compared


class _OnFile:
    """The client's rows, each handed out once."""

    def __init__(self, client: Any) -> None:
        charges = Charge.objects.filter(client=client).prefetch_related("dispositions")
        self.charges: dict[str, Charge] = {str(row.pk): row for row in charges}
        self.arrests: dict[str, Arrest] = {str(row.pk): row for row in Arrest.objects.filter(client=client)}
        self.events: dict[str, RecordEvent] = {
            str(row.pk): row for row in RecordEvent.objects.filter(client=client)
        }

    def arrest(self, kept: dict[str, Any] | None, key: bytes, planned: PlannedArrest) -> Arrest | None:
        found: Arrest | None = _known(self.arrests, kept, key)
        if found is None and planned.on and planned.agency:
            near = [
                row
                for row in self.arrests.values()
                if row.arrested_on == planned.on and spaced(row.agency) == spaced(planned.agency)
            ]
            if len(near) == 1 and _may_be_one(planned.number, near[0].number):
                found = near[0]
        return _taken(self.arrests, found)

    def charge(
        self, kept: dict[str, Any] | None, key: bytes, planned: PlannedCharge, arrest: Arrest | None
    ) -> Charge | None:
        found: Charge | None = _known(self.charges, kept, key)
        if found is None and arrest is not None and planned.section:
            same = (planned.code, planned.section, planned.attempted)
            near = (
                row for row in self.charges.values() if row.arrest_id == arrest.pk and row.import_key is None
            )
            found = next((row for row in near if (row.code, row.section, row.attempted) == same), None)
        return _taken(self.charges, found)

    def event(self, kept: dict[str, Any] | None, key: bytes) -> RecordEvent | None:
        return _taken(self.events, _known(self.events, kept, key))


def _may_be_one(number: str, other: str | None) -> bool:
    """Two numbers that are equal, or of which one is missing."""
    return not number or not other or squeezed(number) == squeezed(other)


def _known(rows: dict[str, Any], kept: dict[str, Any] | None, key: bytes) -> Any:
    if kept is not None and kept["row"] in rows:
        return rows[kept["row"]]
    return next((row for row in rows.values() if row.import_key and bytes(row.import_key) == key), None)


def _taken(rows: dict[str, Any], row: Any) -> Any:
    if row is not None:
        del rows[str(row.pk)]
    return row


def _difference(row: Any, planned: dict[str, Any], kept: dict[str, Any] | None) -> Difference:
    """What accepting would write: all of it for a new row, else what `kept` and the empty columns allow."""
    if row is None:
        return Difference(NEW, None, planned)
    was = kept["was"] if kept is not None and kept["row"] == str(row.pk) else None
    values = {}
    for name, value in planned.items():
        if was is not None:
            differs = as_kept(value) != was.get(name)
        else:
            differs = value not in (None, "", False) and getattr(row, name) in (None, "")
        if differs and value != getattr(row, name):
            values[name] = value
    changes = [f"{LABELS.get(name, name.capitalize())} is corrected or added" for name in values]
    return Difference(CHANGED if values else ON_FILE, row, values, changes)


def as_kept(value: Any) -> Any:
    """A value as the sealed JSON keeps it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def _charge_difference(
    row: Charge | None, charge: PlannedCharge, rows: dict[str, Any], compared: Compared
) -> Difference:
    difference = _difference(row, charge_values(charge), rows.get(charge.id))
    on_file = list(row.dispositions.all()) if row is not None else []
    for planned in charge.results:
        found = _same_result(planned, on_file, rows.get(planned.id))
        if found is not None:
            on_file.remove(found)
        part = compared.parts[planned.id] = _difference(found, result_values(planned), rows.get(planned.id))
        if row is not None and part.status != ON_FILE:
            difference.status = CHANGED
            word = "New result" if part.status == NEW else "Corrected result"
            difference.changes.append(f"{word}: {TYPE_WORDS.get(planned.result.type, planned.result.type)}")
    return difference


def _same_result(
    planned: PlannedResult,
    on_file: Sequence[Disposition] | Iterable[Disposition],
    kept: dict[str, Any] | None,
) -> Disposition | None:
    rows = list(on_file)
    if kept is not None:
        mine = next((row for row in rows if str(row.pk) == kept["row"]), None)
        if mine is not None:
            return mine
    result = planned.result
    same = [row for row in rows if row.type == result.type]
    exact = [row for row in same if row.on == result.on]
    undated = [row for row in same if row.on is None or result.on is None]
    return next(iter(exact + undated), None)

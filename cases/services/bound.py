"""Whom an order binds: each agency with the order that bound it first, from which its time runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from cases.law import DutyRow, statute_paper
from cases.models import Agency, Petition, PetitionCharge
from cases.services.agencies import agency_in_papers, agency_named
from records.models import Charge

Find = Callable[..., Agency | None]


@dataclass(frozen=True, slots=True)
class Bound:
    """An agency, its duty, the day of the order that bound it first, and the last arrest of that order."""

    agency: Agency
    duty: str
    arrested_on: date | None
    ordered_on: date


def bound_agencies(petition: Petition, *, add: bool = True) -> dict[UUID | int, Bound]:
    """Whom the granted charges bind, by agency.

    An agency that the record is the first to name is added; a page that only reads asks without (`add`).
    """
    lines = list(petition.lines.filter(result=PetitionCharge.Result.GRANTED).select_related("charge__arrest"))
    find: Find = agency_named if add else _on_file
    found: dict[UUID | int, Bound] = {}
    for row in statute_paper(petition.statute).duties:
        for agency, binding in _bound(row, petition, lines, find):
            if agency is None or agency.pk in found:
                continue
            ordered = min(line.result_on for line in binding if line.result_on)
            known = binding if row.who == "arresting" else lines
            first = [line for line in known if line.result_on == ordered]
            found[agency.pk] = Bound(agency, row.duty, _latest(first), ordered)
    return found


def _on_file(*, kind: str, name: str, **_unused: str) -> Agency | None:
    found: Agency | None = Agency.objects.filter(kind=kind, name=name[:120]).first()
    return found


def _bound(
    row: DutyRow, petition: Petition, lines: list[PetitionCharge], find: Find
) -> list[tuple[Agency | None, list[PetitionCharge]]]:
    """The agencies of one row, each with the lines that bind it."""
    if row.when != "always":
        lines = [line for line in lines if record_has(row.when, [line.charge])]
    if not lines:
        return []
    if row.who == "court":
        return [(petition.court, lines)]
    if row.who == "prosecutor":
        return [(petition.prosecutor, lines)]
    if row.who == "arresting":
        return _arresting(petition, lines, find)
    if row.who == "named" and row.agency is not None:
        kind, name = row.agency
        return [(find(kind=kind, name=name), lines)]
    if row.who in ("booking", "probation") and petition.court.county:
        kind = Agency.Kind.POLICE if row.who == "booking" else Agency.Kind.PROBATION
        title = "Sheriff" if row.who == "booking" else "Probation Department"
        county = petition.court.county
        return [(find(kind=kind, name=f"{county} County {title}", county=county), lines)]
    return []


def _arresting(
    petition: Petition, lines: list[PetitionCharge], find: Find
) -> list[tuple[Agency | None, list[PetitionCharge]]]:
    """The police of the arrests; one already told under another spelling stays the same agency."""
    told = {
        agency_in_papers(duty.agency.name): duty.agency for duty in petition.duties.select_related("agency")
    }
    by_name: dict[str, list[PetitionCharge]] = {}
    for line in lines:
        if line.charge.arrest.agency:
            by_name.setdefault(agency_in_papers(line.charge.arrest.agency), []).append(line)
    return [
        (
            told.get(name)
            or find(
                kind=Agency.Kind.POLICE,
                name=name,
                county=rows[0].charge.arrest.county,
                jurisdiction=rows[0].charge.arrest.jurisdiction,
            ),
            rows,
        )
        for name, rows in by_name.items()
    ]


def _latest(lines: Iterable[PetitionCharge]) -> date | None:
    days = [line.charge.arrest.arrested_on for line in lines]
    return None if None in days or not days else max(day for day in days if day is not None)


def record_has(what: str, charges: list[Charge]) -> bool:
    """Whether the record brings in probation, a prison or the DMV; an unknown sentence brings in none."""
    if what == "vehicle":
        return any(charge.code == "VC" for charge in charges)
    if what == "prison" and any(charge.prison_served for charge in charges):
        return True
    return any((item.sentence or {}).get(what) for charge in charges for item in charge.dispositions.all())

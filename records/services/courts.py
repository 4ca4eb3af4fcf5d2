"""Agencies of a sheet in words, and the county of a court where its name leaves no doubt."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

LAW = Path(__file__).resolve().parent.parent / "law" / "ca-courts.yaml"
KINDS = {
    "CAPD": "{} PD",
    "CASO": "{} Sheriff",
    "CASC": "{} Superior Court",
    "CAMC": "{} Municipal Court",
    "CAJC": "{} Juvenile Court",
    "CAPO": "{} Probation",
    "CADA": "{} District Attorney",
}
COUNTY_AGENCIES = frozenset({"CASC", "CASO", "CAMC", "CAJC", "CAPO", "CADA"})


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(LAW.read_text(encoding="utf-8"))
    return table


def county_of(agency: str | None) -> str:
    """The county of "CASC SAN JOSE" → "Santa Clara"; "" unless the table of courts is sure of it.

    A county's own name counts for courts, sheriffs and probation, which are the county's; a city's
    police is looked up among the places alone.
    """
    kind, _, place = " ".join((agency or "").upper().split()).partition(" ")
    if not place:
        return ""
    found: str = _table()["places"].get(place, "")
    if found or kind not in COUNTY_AGENCIES:
        return found
    for county in sorted(_table()["counties"], key=len, reverse=True):
        if place == county.upper() or place.startswith(f"{county.upper()} "):
            return str(county)
    return ""


def agency_words(agency: str | None) -> str:
    """ "CAPD OAKLAND" → "Oakland PD"; anything else as printed."""
    kind, _, place = " ".join((agency or "").split()).partition(" ")
    return KINDS[kind].format(place.title()) if place and kind in KINDS else (agency or "")

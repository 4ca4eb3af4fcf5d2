"""Agencies: the reference list, and the ones a client's record names."""

from __future__ import annotations

from django.db import transaction

from audit.services import Action, record
from cases.law import agencies
from cases.models import Agency
from records.services.courts import agency_words, county_of


@transaction.atomic
def load_agencies() -> int:
    """Add the agencies of the reference list that are not there yet; gives how many were added.

    What an office changed (an address) stays as it is. Running it again adds nothing. Agencies that a
    migration put in have no history yet: they get their first version here.
    """
    known = set(Agency.objects.values_list("kind", "name"))
    missing = [Agency(**row) for row in agencies() if (row["kind"], row["name"]) not in known]
    without = Agency.objects.exclude(pk__in=Agency.history.values("id"))
    written = [*without, *missing]
    for agency in written:
        agency.save()
    if written:
        record(Action.CREATED, by=None, kind="agency", fields=["reference_list"])
    return len(missing)


def agency_named(*, kind: str, name: str, county: str = "", jurisdiction: str = "US-CA") -> Agency:
    """The agency of that kind and name, added when the record is the first to name it."""
    agency, added = Agency.objects.get_or_create(
        kind=kind, name=name[:120], defaults={"county": county, "jurisdiction": jurisdiction}
    )
    if added:
        record(Action.CREATED, by=None, kind="agency", fields=["named_by_a_record"])
    return agency


def agency_in_papers(agency: str | None) -> str:
    """ "CAPD OAKLAND" → "Oakland Police Department", as a court would name it; anything else as printed.

    Papers, orders and the agencies told afterwards all name it so: they must match one another.
    """
    words = " ".join((agency or "").split())
    kind, _, place = words.upper().partition(" ")
    if kind == "CASO" and (county := county_of(words)):
        return f"{county} County Sheriff"
    if kind in ("CAPD", "CASO") and place:
        words = agency_words(f"{kind} {place}")
    return f"{words.removesuffix(' PD')} Police Department" if words.endswith(" PD") else agency_words(words)

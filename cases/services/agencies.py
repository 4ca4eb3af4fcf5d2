"""Agencies: the reference list, and the ones a client's record names."""

from __future__ import annotations

from django.db import transaction

from cases.law import agencies
from cases.models import Agency


@transaction.atomic
def load_agencies() -> int:
    """Add the agencies of the reference list that are not there yet; gives how many were added.

    What an office changed (an address) stays as it is. Running it again adds nothing.
    """
    known = set(Agency.objects.values_list("kind", "name"))
    missing = [Agency(**row) for row in agencies() if (row["kind"], row["name"]) not in known]
    Agency.objects.bulk_create(missing)
    return len(missing)


def agency_named(*, kind: str, name: str, county: str = "", jurisdiction: str = "US-CA") -> Agency:
    """The agency of that kind and name, added when the record is the first to name it."""
    agency, _added = Agency.objects.get_or_create(
        kind=kind, name=name[:120], defaults={"county": county, "jurisdiction": jurisdiction}
    )
    return agency

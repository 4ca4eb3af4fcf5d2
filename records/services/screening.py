"""Screening of charges on file: constant queries, nothing sealed opened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import prefetch_related_objects

from records.facts import charge_facts, client_facts, jurisdiction_of, nexus_facts
from records.models import Charge
from records.rules import Finding, screen


def screen_charges(charges: Iterable[Charge], as_of: date) -> dict[UUID, list[Finding]]:
    """What each statute of a charge's own law says to it on `as_of`, by the charge's id.

    At most two queries for any number of charges: arrests and evidence, where not loaded already.
    Screening proposes; an attorney decides.
    """
    rows = list(charges)
    prefetch_related_objects(rows, "arrest", "evidence")
    return {
        charge.pk: screen(
            charge_facts(charge),
            nexus_facts(charge),
            client_facts(),
            jurisdiction=jurisdiction_of(charge),
            as_of=as_of,
        )
        for charge in rows
    }

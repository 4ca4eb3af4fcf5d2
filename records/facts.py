"""A charge on file as the facts that screening asks for. What is not known stays None."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, cast

from records.citation import FEDERAL_CODE
from records.models import Charge, NexusEvidence
from records.rules import ChargeFacts, ClientFacts, NexusFacts

BASIS = (
    ("direct_result", "A direct result of having been trafficked"),
    ("solely_as_victim", "Done solely because of the trafficking"),
    ("result", "A result of having been trafficked"),
    ("directly_related", "The conduct was directly related to the trafficking"),
    ("scheme_or_direction", "Part of the scheme, or at the direction of its operator"),
    ("partner_or_sexual_violence", "A direct result of partner violence or sexual violence"),
)
"""Basis words of the statutes (nexus_basis_words of the screening law) as a person chooses them."""

FEDERAL = "US"
LEVELS = ("F", "M", "I")


def jurisdiction_of(charge: Charge) -> str:
    """The law the charge was brought under: federal for a federal code, else that of the arrest."""
    return FEDERAL if charge.code == FEDERAL_CODE else charge.arrest.jurisdiction


def charge_facts(charge: Charge) -> ChargeFacts:
    """The facts of one charge; opens no sealed value.

    The printed level serves as severity only where there is no conviction: the level of a conviction
    is what the court gave, and unknown when that was not read.
    """
    severity = charge.severity
    if not severity and charge.kind != Charge.Kind.CONVICTION:
        severity = charge.level
    return ChargeFacts(
        jurisdiction=jurisdiction_of(charge),
        kind=cast(Any, charge.kind),
        code=charge.code or None,
        section=charge.section or None,
        attempted=charge.attempted,
        description=charge.description,
        severity=cast(Any, severity) if severity in LEVELS else None,
        disposition=charge.standing,
        dismissed_by=charge.dismissed_by or None,
        offense_date=charge.offense_on,
        arrest_date=charge.arrest.arrested_on,
        disposition_date=charge.disposed_on,
        sentence_completed=_completed(charge.sentence_completed),
        prison_served=charge.prison_served,
        violent_elements=charge.violent_elements,
        child_victim=charge.child_victim,
    )


def _completed(text: str) -> date | Literal["unknown"] | None:
    if text == "unknown":
        return "unknown"
    return date.fromisoformat(text) if text else None


def nexus_facts(charge: Charge) -> NexusFacts:
    """The decision on the tie and what it leans on; `charge.evidence` should be prefetched."""
    kinds = sorted({evidence.kind for evidence in charge.evidence.all()})
    return NexusFacts(
        flag=charge.nexus,
        basis=tuple(charge.nexus_basis),
        official_documentation=tuple(kind for kind in kinds if kind in NexusEvidence.OFFICIAL),
        other_evidence=tuple(kind for kind in kinds if kind not in NexusEvidence.OFFICIAL),
    )


def client_facts() -> ClientFacts:
    """Nothing about the client: no statute of California or the federal act turns on an age."""
    return ClientFacts(age_at_offense=None)

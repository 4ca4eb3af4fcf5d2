"""What one statute says to a client's charges, from the rows of the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from clients.models import Client
from records.facts import charge_facts, client_facts, nexus_facts
from records.models import Charge
from records.rules.screening import screen_statute
from records.rules.statutes import get_statute
from records.rules.types import Finding


@dataclass(frozen=True, slots=True)
class Screened:
    """A charge with what the statute says to it."""

    charge: Charge
    finding: Finding

    @property
    def reason(self) -> str:
        """Why, in one sentence."""
        return "; ".join(self.finding.sentences)


def charges_of(client: Client) -> list[Charge]:
    """Every charge of the client's record with what screening and papers read, in its order."""
    found: Iterable[Charge] = (
        Charge.objects.filter(client=client)
        .select_related("arrest", "client")
        .prefetch_related("evidence__passage", "dispositions")
        .order_by("arrest__ordinal", "ordinal")
    )
    return list(found)


def screen_for(*, charges: Iterable[Charge], statute_id: str, today: date) -> Mapping[UUID, Screened]:
    """What the statute says to each charge, by the charge's id. Raises LawError for an unknown statute."""
    statute = get_statute(statute_id)
    return {
        charge.pk: Screened(
            charge,
            screen_statute(statute, charge_facts(charge), nexus_facts(charge), client_facts(), as_of=today),
        )
        for charge in charges
    }

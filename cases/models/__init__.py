"""Matters and their dates; petitions with service, hearings, orders and compliance."""

from cases.models.agencies import Agency
from cases.models.dates import Deadline
from cases.models.matters import Matter
from cases.models.petitions import AgencyDuty, Hearing, Petition, PetitionCharge, Service, StageEvent

__all__ = [
    "Agency",
    "AgencyDuty",
    "Deadline",
    "Hearing",
    "Matter",
    "Petition",
    "PetitionCharge",
    "Service",
    "StageEvent",
]

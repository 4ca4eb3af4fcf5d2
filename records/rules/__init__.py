"""What the law reaches: statutes, offense lists and the screening of charges, as data."""

from records.rules.offenses import describe
from records.rules.screening import screen
from records.rules.statutes import Statute, all_statutes, get_statute, statutes_of, unconfirmed_notes
from records.rules.types import ChargeFacts, ClientFacts, Finding, NexusFacts, Reason

__all__ = [
    "ChargeFacts",
    "ClientFacts",
    "Finding",
    "NexusFacts",
    "Reason",
    "Statute",
    "all_statutes",
    "describe",
    "get_statute",
    "screen",
    "statutes_of",
    "unconfirmed_notes",
]

"""Everything that writes a record, and the screening that other rooms ask for."""

from records.services.charges import add_charge, add_result, change_charge
from records.services.imports import (
    Accepted,
    accept_sheet,
    correct_part,
    discard_sheet,
    discardable,
    import_sheet,
    reopen_line,
    review_of,
    settle_lines,
    type_in,
)
from records.services.nexus import Decision, decide_nexus, decisions_on, link_document, unlink
from records.services.screening import screen_charges

__all__ = [
    "Accepted",
    "Decision",
    "accept_sheet",
    "add_charge",
    "add_result",
    "change_charge",
    "correct_part",
    "decide_nexus",
    "decisions_on",
    "discard_sheet",
    "discardable",
    "import_sheet",
    "link_document",
    "reopen_line",
    "review_of",
    "screen_charges",
    "settle_lines",
    "type_in",
    "unlink",
]

"""Everything that writes about T visas: one function an act, in one transaction with its audit event."""

from visas.services.family import save_member
from visas.services.matter import open_visa
from visas.services.notices import change_notice, record_answer, record_notice
from visas.services.permits import save_permit
from visas.services.receipts import save_receipt
from visas.services.stages import ConfirmFirst, correct_stage, record_event

__all__ = [
    "ConfirmFirst",
    "change_notice",
    "correct_stage",
    "open_visa",
    "record_answer",
    "record_event",
    "record_notice",
    "save_member",
    "save_permit",
    "save_receipt",
]

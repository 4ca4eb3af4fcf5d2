"""Everything that writes about matters, petitions and their dates: one function an act."""

from cases.services.agencies import agency_named, load_agencies
from cases.services.dates import add_date, mark_done, set_deadline
from cases.services.hearings import correct_hearing, record_hearing, set_hearing
from cases.services.keeping import keep_papers, store_copy, store_paper
from cases.services.orders import ChargeResult, list_agencies, record_decision, record_duty
from cases.services.paper_stops import stops
from cases.services.papers import confirm_checks, draft_paper, say
from cases.services.petitions import correct, file, plan_petition, sign, withdraw
from cases.services.revisions import revise_decision
from cases.services.service import record_answer, record_receipt, record_service

__all__ = [
    "ChargeResult",
    "add_date",
    "agency_named",
    "confirm_checks",
    "correct",
    "correct_hearing",
    "draft_paper",
    "file",
    "keep_papers",
    "list_agencies",
    "load_agencies",
    "mark_done",
    "plan_petition",
    "record_answer",
    "record_decision",
    "record_duty",
    "record_hearing",
    "record_receipt",
    "record_service",
    "revise_decision",
    "say",
    "set_deadline",
    "set_hearing",
    "sign",
    "stops",
    "store_copy",
    "store_paper",
    "withdraw",
]

"""The T visa rules: pure functions over dates and the facts of `visas/law/`; none reads the clock or a
database.

The day to answer a notice by is the date engine's: `deadlines.rules.response_deadline`, given here by the
same name.
"""

from deadlines.rules import response_deadline
from visas.rules.adjustment import Trip, aos_receipt, aos_window, plan_trip, presence
from visas.rules.base import Authority, Result, RuleInputError
from visas.rules.facts import LawError, law, validate
from visas.rules.family import age_out, derivative_class
from visas.rules.permits import bona_fide_track, category_code, ead
from visas.rules.receipts import check_receipt_form, check_receipt_number, receipt_forms
from visas.rules.screening import compliance_exception
from visas.rules.status import address_change, extension, period, status_end
from visas.rules.work_permission import Card, basis_on, days_without, renewal_window

__all__ = [
    "Authority",
    "Card",
    "LawError",
    "Result",
    "RuleInputError",
    "Trip",
    "address_change",
    "age_out",
    "aos_receipt",
    "aos_window",
    "basis_on",
    "bona_fide_track",
    "category_code",
    "check_receipt_form",
    "check_receipt_number",
    "compliance_exception",
    "days_without",
    "derivative_class",
    "ead",
    "extension",
    "law",
    "period",
    "plan_trip",
    "presence",
    "receipt_forms",
    "renewal_window",
    "response_deadline",
    "status_end",
    "validate",
]

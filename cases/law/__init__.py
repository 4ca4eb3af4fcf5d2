"""What the law says about petitions beside their dates: papers, service, duties after an order, agencies."""

from cases.law.files import (
    DutyRow,
    Fact,
    StatutePaper,
    agencies,
    petition_statutes,
    statute_paper,
    stop_words,
    warning_words,
)

__all__ = [
    "DutyRow",
    "Fact",
    "StatutePaper",
    "agencies",
    "petition_statutes",
    "statute_paper",
    "stop_words",
    "warning_words",
]

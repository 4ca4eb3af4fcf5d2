"""The caseload report: what is carried, late, won and waited for, over the files a reader may see."""

from reports.caseload.counts import PETITION_GROUPS, VISA_GROUPS
from reports.caseload.report import build, in_short
from reports.caseload.shapes import LOAD_MARK, SOON_DAYS, LateRow, Report, Table, Worker

__all__ = [
    "LOAD_MARK",
    "PETITION_GROUPS",
    "SOON_DAYS",
    "VISA_GROUPS",
    "LateRow",
    "Report",
    "Table",
    "Worker",
    "build",
    "in_short",
]

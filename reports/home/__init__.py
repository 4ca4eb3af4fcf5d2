"""What each role needs to see first on a Monday: pure reading, one function a block."""

from reports.home.asked import Asked
from reports.home.auditor import auditor_blocks
from reports.home.board import board, board_shown, board_tickets
from reports.home.dates import dates_shown
from reports.home.decisions import Decision, decisions
from reports.home.meetings import hearing_items, hearing_tags, hearings_ahead, promise_items, promises_owed
from reports.home.paralegal import records_wanted, service_work
from reports.home.team import glass_waiting, loose_ends, team_late
from reports.home.visas import intakes_open, visa_rows

__all__ = [
    "Asked",
    "Decision",
    "auditor_blocks",
    "board",
    "board_shown",
    "board_tickets",
    "dates_shown",
    "decisions",
    "glass_waiting",
    "hearing_items",
    "hearing_tags",
    "hearings_ahead",
    "intakes_open",
    "loose_ends",
    "promise_items",
    "promises_owed",
    "records_wanted",
    "service_work",
    "team_late",
    "visa_rows",
]

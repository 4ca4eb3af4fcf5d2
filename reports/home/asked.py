"""Who looks, at which week, and how much a block shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import User
from reports.weeks import Week

AHEAD = timedelta(days=21)  # "later" on the page: the three weeks after the week shown
MOST_ROWS = 60
MOST_IN_RAIL = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """Who looks, at which week, and at whose work: their own, or everything they may see."""

    user: User
    week: Week
    team: bool = False
    everything: bool = False

    @property
    def today(self) -> date:
        return self.week.today

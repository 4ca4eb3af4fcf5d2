"""The auditor's first page: what waits for a review, what left the office, who was refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from accounts.models import User
from audit.models import AccessEvent, Checkpoint, Verification
from clients.services import glass
from reports.models import UnusualLook
from reports.seen.auditor import all_events, log_days, people_on
from reports.seen.words import Action
from reports.unusual.services import to_review
from reports.unusual.words import rows_of
from reports.weeks import start_of

SHOWN = 8
RECENT_DAYS = 14


def auditor_blocks(user: User, today: date) -> dict[str, Any]:
    """Everything on the page; no name of a client is among it. The same number of queries for any office."""
    waiting = UnusualLook.objects.filter(state=UnusualLook.State.OPEN)
    since = start_of(today - timedelta(days=RECENT_DAYS))
    return {
        "unusual": rows_of(waiting.select_related("person")[:SHOWN]),
        "unusual_count": to_review(),
        "waiting_glass": list(glass.queue(user).unreviewed()[:SHOWN]),
        "glass_count": glass.waiting(user),
        "exports": log_days(_recent(Action.EXPORTED, since)),
        "refusals": log_days(_recent(Action.REFUSED, since)),
        "people": people_on(today),
        "recent_days": RECENT_DAYS,
        **proof(),
    }


def proof() -> dict[str, Any]:
    """Whether the log is whole, by the last proof, and when a checkpoint was last signed. Two queries."""
    return {
        "verification": Verification.objects.first(),
        "checkpoint": Checkpoint.objects.first(),
    }


def _recent(action: str, since: Any) -> list[AccessEvent]:
    return list(all_events().filter(action=action, at__gte=since)[:SHOWN])

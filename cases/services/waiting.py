"""Where a petition waited before a decision or a hearing, asked in one way by every correction."""

from __future__ import annotations

from cases.models import Hearing, Petition, StageEvent
from cases.models.petitions import Stage
from cases.stages import WAITING

MOVED = (StageEvent.Kind.STEP, StageEvent.Kind.CORRECTED)
"""What leaves a petition at a stage; a note of a hearing or a receipt moves nothing."""


def hearing_stands(petition: Petition) -> bool:
    """Whether a hearing is ahead or was held; one that was moved away or taken off does not count."""
    outcomes = [Hearing.Outcome.AHEAD, Hearing.Outcome.HELD]
    return petition.hearings.filter(outcome__in=outcomes).exists()


def waited_at(petition: Petition) -> Stage:
    """Where the petition last waited, as its steps and the steps taken back say."""
    return _last(petition, WAITING if hearing_stands(petition) else WAITING - {Stage.HEARING_SET})


def is_opposed(petition: Petition) -> bool:
    """Whether the answer that stands is an opposition."""
    return _last(petition, WAITING - {Stage.HEARING_SET}) == Stage.OPPOSED


def _last(petition: Petition, stages: frozenset[Stage]) -> Stage:
    rows = petition.events.filter(stage__in=stages, kind__in=MOVED).order_by("-created_at")
    last = rows.first()
    return Stage(last.stage) if last is not None else Stage.SERVED

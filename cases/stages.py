"""What may follow what in a petition, and which act leads there.

`TRANSITIONS` is the whole table: every stage is a key, an empty set is an end. A correction is a step
back that says why; it is in the table too, because nothing outside it happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cases.models.petitions import Hearing, Petition, PetitionCharge, Stage
from clients.permissions import CHANGE, FILE

S = Stage
_OUTCOMES = frozenset({S.GRANTED, S.PARTLY_GRANTED, S.DENIED})
WAITING = frozenset({S.SERVED, S.OPPOSED, S.UNOPPOSED, S.HEARING_SET})
"""Served and not decided."""

TRANSITIONS: Mapping[str, frozenset[Stage]] = {
    S.DRAFT: frozenset({S.SIGNED, S.WITHDRAWN}),
    S.SIGNED: frozenset({S.FILED, S.DRAFT, S.WITHDRAWN}),
    S.FILED: frozenset({S.SERVED, S.SIGNED, S.WITHDRAWN}),
    S.SERVED: frozenset({S.OPPOSED, S.UNOPPOSED, S.HEARING_SET, S.FILED, S.WITHDRAWN}) | _OUTCOMES,
    S.OPPOSED: frozenset({S.HEARING_SET, S.SERVED, S.WITHDRAWN}) | _OUTCOMES,
    S.UNOPPOSED: frozenset({S.OPPOSED, S.HEARING_SET, S.SERVED, S.WITHDRAWN}) | _OUTCOMES,
    S.HEARING_SET: frozenset({S.SERVED, S.OPPOSED, S.UNOPPOSED, S.WITHDRAWN}) | _OUTCOMES,
    S.GRANTED: (_OUTCOMES | WAITING) - {S.GRANTED},
    S.PARTLY_GRANTED: (_OUTCOMES | WAITING) - {S.PARTLY_GRANTED},
    S.DENIED: (_OUTCOMES | WAITING) - {S.DENIED},
    S.WITHDRAWN: frozenset(),
}
"""A late opposition may follow "unopposed"; a charge left open by a partial grant may be granted later.

From a decision every other step is a correction of what was recorded, and a hearing that was never set
leads back to where the petition stood before it.
"""

CORRECTIONS: Mapping[str, Stage] = {
    S.SIGNED: S.DRAFT,
    S.FILED: S.SIGNED,
    S.SERVED: S.FILED,
    S.OPPOSED: S.SERVED,
    S.UNOPPOSED: S.SERVED,
}
"""The one step back from a stage that was recorded by mistake."""


class InvalidTransition(ValueError):
    """The petition cannot go there from where it stands; the message is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happened to a petition: its key in the address, its words, where from, and who may."""

    key: str
    label: str
    hint: str
    stages: frozenset[Stage]
    right: str = CHANGE


ACTS: Mapping[str, Act] = {
    act.key: act
    for act in (
        Act(
            "sign",
            "It was signed",
            "Counsel and, where the law asks for an oath, the client",
            frozenset({S.DRAFT}),
            FILE,
        ),
        Act("file", "It was filed", "The court took it in and gave it a number", frozenset({S.SIGNED}), FILE),
        Act("serve", "It was served", "Sent and received are two facts", WAITING | {S.FILED}),
        Act(
            "answer",
            "The prosecutor answered, or did not",
            "Opposed, or not",
            frozenset({S.SERVED, S.UNOPPOSED, S.HEARING_SET}),
        ),
        Act(
            "hearing",
            "A hearing was set",
            "Date, department, judge, who appears",
            WAITING | {S.PARTLY_GRANTED},
        ),
        Act("heard", "A hearing was held or moved", "What became of it", WAITING | {S.PARTLY_GRANTED}),
        Act(
            "decide",
            "The court decided",
            "Result for each charge, in the order’s words",
            WAITING | {S.PARTLY_GRANTED},
        ),
        Act(
            "revise",
            "Correct what the court decided",
            "Result, day or words were entered wrongly; the old entry stays in the history",
            _OUTCOMES,
            FILE,
        ),
        Act(
            "correct",
            "The last step was a mistake",
            "Take it back, with a note",
            frozenset(map(Stage, CORRECTIONS)),
            FILE,
        ),
        Act(
            "withdraw",
            "It was withdrawn",
            "Ends this petition for good",
            WAITING | {S.DRAFT, S.SIGNED, S.FILED},
            FILE,
        ),
    )
}
"""In the order of the page."""


def acts_from(stage: str) -> tuple[Act, ...]:
    """Every act that is possible from a stage."""
    return tuple(act for act in ACTS.values() if stage in act.stages)


def acts_of(petition: Petition) -> tuple[Act, ...]:
    """The acts of its stage that make sense for this petition.

    What became of a hearing is asked only when one is ahead; after a partial grant nothing is heard or
    decided unless a charge is open.
    """
    senseless = set()
    if "heard" in {act.key for act in acts_from(petition.stage)}:
        if not petition.hearings.filter(outcome=Hearing.Outcome.AHEAD).exists():
            senseless.add("heard")
        if not petition.lines.filter(result=PetitionCharge.Result.OPEN).exists():
            senseless |= {"hearing", "decide"}
    return tuple(act for act in acts_from(petition.stage) if act.key not in senseless)


def check_act(stage: str, key: str) -> Act:
    """The act, if it is possible now. Raises InvalidTransition."""
    act = ACTS[key]
    if stage not in act.stages:
        raise InvalidTransition(
            f"“{act.label}” cannot be recorded while the petition stands at “{Stage(stage).label}”."
        )
    return act


def check_transition(stage: str, to: Stage) -> None:
    """Raises InvalidTransition where the table has no such step."""
    if to not in TRANSITIONS[stage]:
        raise InvalidTransition(f"A petition does not go from “{Stage(stage).label}” to “{to.label}”.")


def outcome_of(results: Iterable[str]) -> Stage | None:
    """Where the results of the charges put the petition; None while nothing is granted and some are open.

    Withdrawn charges do not count. Raises ValueError when there is no other charge.
    """
    counted = {result for result in results if result != PetitionCharge.Result.WITHDRAWN}
    if not counted:
        raise ValueError("No charge is left in this petition.")
    if counted == {PetitionCharge.Result.GRANTED}:
        return S.GRANTED
    if PetitionCharge.Result.GRANTED in counted:
        return S.PARTLY_GRANTED
    return S.DENIED if counted == {PetitionCharge.Result.DENIED} else None

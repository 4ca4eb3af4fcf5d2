"""Facts that go into a screening and the finding that comes out. Plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Answer = Literal["reaches", "does_not_reach", "cannot_tell"]
Severity = Literal["F", "M", "I"]
Kind = Literal["arrest", "charge", "conviction", "juvenile_adjudication", "deferred"]

KINDS: tuple[Kind, ...] = ("arrest", "charge", "conviction", "juvenile_adjudication", "deferred")
DISPOSITIONS = (
    "convicted",
    "dismissed",
    "acquitted",
    "prosecutor_rejected",
    "detention_only",
    "diverted",
    "held_to_answer",
    "proceedings_suspended",
    "juvenile_sustained",
    "set_aside",
    "reduced",
    "vacated",
    "sealed",
    "other",
)
OPEN_DISPOSITIONS = frozenset({"held_to_answer", "proceedings_suspended", "other"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeFacts:
    """One charge as the record and an attorney's notes have it. None always means "not known", never "no".

    ``jurisdiction`` is ``US`` or ``US-`` and two letters; ``section`` is lower case without spaces inside
    (federal: ``18 1708``). ``severity`` is the level after the last reduction. ``sentence_completed`` is the
    day on which the last term ended or will end, None for no sentence or one without a known end, and
    ``"unknown"`` when nobody has looked it up. ``violent_elements`` and ``child_victim`` are only what an
    attorney recorded.
    """

    jurisdiction: str
    kind: Kind
    code: str | None = None
    section: str | None = None
    attempted: bool = False
    description: str = ""
    severity: Severity | None = None
    disposition: str | None = None
    dismissed_by: str | None = None
    offense_date: date | None = None
    arrest_date: date | None = None
    disposition_date: date | None = None
    sentence_completed: date | Literal["unknown"] | None = None
    prison_served: bool | None = None
    violent_elements: bool | None = None
    child_victim: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NexusFacts:
    """The review of the tie to the trafficking: ``flag`` is yes, no or not_reviewed."""

    flag: str = "not_reviewed"
    basis: tuple[str, ...] = ()
    official_documentation: tuple[str, ...] = ()
    other_evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFacts:
    age_at_offense: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a key of reasons.yaml and, where the key takes one, its detail."""

    name: str
    detail: str | None = None

    @property
    def key(self) -> str:
        return self.name if self.detail is None else f"{self.name}:{self.detail}"

    @property
    def sentence(self) -> str:
        """The reason in plain words, without a full stop."""
        from records.rules.reasons import sentence

        return sentence(self)

    @property
    def change(self) -> str | None:
        """What would change the answer, or None where nothing on file would."""
        from records.rules.reasons import change

        return change(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one statute says to one charge.

    ``reasons`` is why; ``holds`` says in words what speaks for it when the statute reaches the charge.
    ``unconfirmed`` is true until an attorney has confirmed the statute and every list the answer leaned on
    (``leans_on``, rule ids); ``citation`` is printed beside it.
    """

    statute_id: str
    citation: str
    answer: Answer
    reasons: tuple[Reason, ...]
    burden: str
    presumption: str
    holds: tuple[str, ...] = ()
    leans_on: tuple[str, ...] = ()
    unconfirmed: bool = True

    @property
    def because(self) -> tuple[str, ...]:
        return tuple(reason.key for reason in self.reasons)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Reasons in words; for a charge that is reached, first what holds."""
        return (*self.holds, *(reason.sentence for reason in self.reasons))

    @property
    def changes(self) -> tuple[str, ...]:
        """What would change the answer."""
        return tuple(text for reason in self.reasons if (text := reason.change) is not None)

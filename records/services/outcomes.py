"""Where a charge stands, told from the results on its record in the order of the sheet.

Rules (ours; they only read what is printed and never complete it):

* Outcomes are convicted, dismissed, acquitted, prosecutor_rejected, detention_only, diverted,
  juvenile_sustained, set_aside, reduced, vacated and sealed. The last one printed is the standing.
* held_to_answer, proceedings_suspended and other leave a case open. They stand only while no outcome
  is printed: a bench warrant or a certificate after a conviction does not open it again.
* Everything about sentences and supervision (probation_…, paroled, discharged …) changes no standing.
* reduced stands only after a conviction. Without one printed it changes the severity and nothing else.
* Kind: convicted, and what can only follow a conviction (set_aside, vacated), make a conviction;
  juvenile_sustained a juvenile adjudication; diverted a deferred case; dismissed and acquitted a charge
  without conviction; prosecutor_rejected, detention_only and no result at all leave an arrest, or a charge
  when a court event lists the count. reduced and sealed keep the kind that was there.
* Severity: the last printed one. A reduction whose new level was not read leaves it unknown.
* disposed_on is the day of the conviction for a conviction, else of the standing.
* sentence_completed: empty without a conviction. With one it is "unknown", save where probation was
  the only open term and the sheet prints the day on which it was terminated.
* prison_served: True where a prison term is printed in the sentence of the conviction and its execution was
  not suspended; else None. A sheet never says that nobody went to prison.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

CONVICTED = frozenset({"convicted", "set_aside", "vacated"})
FINAL = frozenset(
    {"convicted", "dismissed", "acquitted", "prosecutor_rejected", "detention_only", "diverted"}
)
FINAL |= {"juvenile_sustained", "set_aside", "vacated", "sealed"}
OPEN = frozenset({"held_to_answer", "proceedings_suspended", "other"})
TYPES = (
    ("convicted", "Convicted"),
    ("dismissed", "Dismissed"),
    ("acquitted", "Acquitted"),
    ("prosecutor_rejected", "Prosecutor rejected"),
    ("detention_only", "Released, detention only"),
    ("diverted", "Diverted"),
    ("held_to_answer", "Held to answer"),
    ("proceedings_suspended", "Proceedings suspended"),
    ("juvenile_sustained", "Juvenile petition sustained"),
    ("set_aside", "Conviction set aside"),
    ("reduced", "Reduced"),
    ("vacated", "Conviction vacated"),
    ("sealed", "Sealed"),
    ("sentence_modified", "Sentence modified"),
    ("probation_revoked", "Probation revoked"),
    ("probation_reinstated", "Probation reinstated"),
    ("probation_terminated", "Probation terminated"),
    ("paroled", "Paroled"),
    ("discharged", "Discharged"),
    ("no_longer_interested", "No longer interested"),
    ("sentence", "Sentence"),
    ("other", "Another entry"),
)
TYPE_WORDS = dict(TYPES)


@dataclass(frozen=True, slots=True)
class Result:
    """One result: its type, day, severity (F, M, I or "") and sentence as the reader gives it."""

    type: str
    on: date | None = None
    severity: str = ""
    sentence: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the results come to; see the rules above. `doubts` say in words what a person must look at."""

    kind: str
    standing: str | None
    disposed_on: date | None
    severity: str
    sentence_completed: str
    prison_served: bool | None
    doubts: tuple[str, ...] = ()


def standing_of(results: Sequence[Result], *, in_court: bool, prison: bool = False) -> Standing:
    """Where the charge stands. `in_court`: a court lists it; `prison`: a custody event prints its term."""
    kind, standing, stood_on = ("charge" if in_court else "arrest"), None, None
    convicted_on: date | None = None
    convicted = False
    doubts: list[str] = []
    for result in results:
        if result.type in OPEN and (standing is None or standing in OPEN):
            standing, stood_on = result.type, result.on
        if result.type not in FINAL and not (result.type == "reduced" and convicted):
            continue
        if convicted and result.type in {"dismissed", "acquitted"}:
            doubts.append("The sheet prints a conviction and later a dismissal. Check which one stands.")
        if not convicted and standing in {"dismissed", "acquitted"} and result.type == "convicted":
            doubts.append("The sheet prints a dismissal and later a conviction. Check which one stands.")
        kind = _kind_after(result.type, kind, in_court)
        convicted = kind == "conviction"
        if result.type == "convicted":
            convicted_on = result.on
        standing, stood_on = result.type, result.on
    if kind == "conviction" and not any(result.type == "convicted" for result in results):
        doubts.append("The conviction itself is not on the sheet; only what came after it is.")
    return Standing(
        kind=kind,
        standing=standing,
        disposed_on=convicted_on if kind == "conviction" else stood_on,
        severity=_severity(results),
        sentence_completed=_completed(results) if kind == "conviction" else "",
        prison_served=True if kind == "conviction" and (prison or _prison_printed(results)) else None,
        doubts=tuple(doubts),
    )


def _kind_after(outcome: str, kind: str, in_court: bool) -> str:
    if outcome in CONVICTED:
        return "conviction"
    if outcome == "juvenile_sustained":
        return "juvenile_adjudication"
    if outcome == "diverted":
        return "deferred"
    if outcome in {"dismissed", "acquitted"}:
        return "charge"
    if outcome in {"prosecutor_rejected", "detention_only"}:
        return "charge" if in_court else "arrest"
    return kind


def _severity(results: Sequence[Result]) -> str:
    severity = ""
    for result in results:
        if result.severity or result.type == "reduced":
            severity = result.severity
    return severity


def _prison_printed(results: Sequence[Result]) -> bool:
    for result in results:
        sentence = result.sentence or {}
        if result.type == "convicted" and sentence.get("prison"):
            return "execution suspended" not in sentence.get("other", [])
    return False


def _completed(results: Sequence[Result]) -> str:
    sentences = [result.sentence for result in results if result.sentence]
    only_probation = bool(sentences) and all(s.get("probation") and not s.get("prison") for s in sentences)
    last = next((r for r in reversed(results) if r.type.startswith("probation_")), None)
    if only_probation and last is not None and last.type == "probation_terminated" and last.on:
        return last.on.isoformat()
    return "unknown"

"""What pages say about charges, results and findings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from records.models import Charge
from records.rules import Finding, describe, get_statute, unconfirmed_notes
from records.services.outcomes import TYPE_WORDS

LEVEL_WORDS = {"F": "felony", "M": "misdemeanor", "I": "infraction", "N": "level not given"}
UNITS = {"y": "year", "m": "month", "d": "day"}
OUTCOME = {"reaches": "reaches", "does_not_reach": "not", "cannot_tell": "unknown"}
RANK = {"reaches": 0, "cannot_tell": 1, "does_not_reach": 2}
BURDEN = {
    "preponderance": "More likely than not (preponderance)",
    "clear_and_convincing": "Clear and convincing evidence",
    "reasonable_probability": "Reasonable probability",
    "not_stated": "The law does not say",
    "not_found": "Not found in our sources",
}
PRESUMPTION = {
    "yes": "Yes, from an official paper on file",
    "no": "None on these papers",
    "not_found": "Not found in our sources",
}


def day(value: date | None) -> str:
    """ "Apr 19, 2016": dates of a record always carry their year."""
    return f"{value:%b} {value.day}, {value.year}" if value else ""


def level_words(level: str) -> str:
    return LEVEL_WORDS.get(level, "")


def plain_words(code: str, section: str, description: str) -> str:
    """What the offense is in plain words, else as the sheet prints it."""
    known = describe(code or None, section or None)
    return known.plain if known is not None else description.capitalize()


def result_words(kind: str | None, on: date | None) -> str:
    """ "Convicted Apr 19, 2016"; "Unknown" where no result is on file."""
    if kind is None:
        return "Unknown"
    return f"{TYPE_WORDS.get(kind, kind)} {day(on)}".strip()


def sentence_words(sentence: dict[str, Any] | None) -> str:
    """ "3 years’ probation, 20 days’ jail, fine"."""
    if not sentence:
        return ""
    parts = []
    for name in ("probation", "jail", "prison"):
        if sentence.get(name):
            parts.append(f"{_terms(sentence[name])} {name}")
    return ", ".join(parts + list(sentence.get("other") or []))


def _terms(text: str) -> str:
    words = []
    for term in text.split():
        number, unit = term[:-1], UNITS.get(term[-1:], "")
        if not number.isdigit() or not unit:
            words.append(term)
            continue
        n = int(number)
        words.append(f"1 {unit}’s" if n == 1 else f"{n} {unit}s’")
    return " ".join(words)


def standing_words(charge: Charge) -> str:
    """Where a charge on file stands: a conviction keeps its day, and what came after it follows."""
    if charge.kind == Charge.Kind.CONVICTION and charge.standing not in {None, "convicted"}:
        convicted = result_words("convicted", charge.disposed_on)
        return f"{convicted}, then {TYPE_WORDS.get(charge.standing, charge.standing).lower()}"
    return result_words(charge.standing, charge.disposed_on)


def statute_words(statute_id: str) -> str:
    """ "ca-pc-236-14" → "PC 236.14"; "us-18usc3771a-arrest" → "18 USC 3771A, arrest"."""
    if statute_id.startswith("ca-pc-"):
        return f"PC {statute_id.removeprefix('ca-pc-').replace('-', '.')}"
    if statute_id.startswith("us-18usc3771a-"):
        return f"18 USC 3771A, {statute_id.removeprefix('us-18usc3771a-')}"
    return get_statute(statute_id).title


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """What reaches first, then what cannot be told, then the rest."""
    return sorted(findings, key=lambda finding: RANK[finding.answer])


def screened(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as components/screen.html takes them."""
    return [
        {
            "outcome": OUTCOME[finding.answer],
            "statute": statute_words(finding.statute_id),
            "reason": "; ".join(finding.sentences),
            "confirmed": not finding.unconfirmed,
        }
        for finding in ranked(findings)
    ]


def explained(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings in full: reasons, burden, presumption, citation and what would change the answer."""
    return [
        {
            "outcome": OUTCOME[finding.answer],
            "statute": statute_words(finding.statute_id),
            "title": get_statute(finding.statute_id).title,
            "citation": finding.citation,
            "sentences": finding.sentences,
            "changes": finding.changes,
            "burden": BURDEN.get(finding.burden, finding.burden),
            "presumption": PRESUMPTION.get(finding.presumption, finding.presumption),
            "unconfirmed": unconfirmed_notes(get_statute(finding.statute_id)) if finding.unconfirmed else (),
        }
        for finding in ranked(findings)
    ]

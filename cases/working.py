"""The working of a date: kept as JSON in the row, shown in the words of the screen.

A step keeps its day, not its words, because whether a year is written depends on the day one looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from deadlines import rules
from deadlines.types import REASON_WORDS, ComputedDate, day_words

SOURCE_WORDS = {
    "recalled": "Recalled: confirm before use",
    "secondary": "Read in a summary, not the code",
    "predecessor": "Read in an earlier bill, not the enacted law",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A stored date as the components due, sum, sumcol and dates read it.

    `steps`: {text, note, role}; `reason_words`: why somebody should look before relying on it;
    `due_source`: computed or entered. `raw` is None where it is the due day itself.
    """

    due: date
    steps: tuple[Mapping[str, str], ...] = ()
    safe: date | None = None
    raw: date | None = None
    citation: str = ""
    confirmed: bool = False
    due_source: str = "computed"
    reason_words: tuple[str, ...] = ()


def working_of(computed: ComputedDate) -> dict[str, Any]:
    """What a deadline row keeps of a computed date."""
    return {
        "lines": [
            {
                "day": line.day.isoformat() if line.day else None,
                "text": line.text,
                "note": line.note,
                "role": line.role,
                "result": line.result,
            }
            for line in computed.lines
        ],
        "citation": computed.citation,
        "citation_id": computed.citation_id,
        "flag": computed.flag,
        "source_kind": _source_kind(computed.citation_id),
        "note": computed.note,
        "reasons": list(computed.reasons),
    }


def working_by_hand(day: date, source: str) -> dict[str, Any]:
    """The working of a date that somebody entered: where it stands, and that nothing was computed."""
    line = {"day": day.isoformat(), "text": "", "note": source, "role": "due", "result": False}
    return {"lines": [line], "citation": "", "note": "", "reasons": [], "by_hand": True}


def due_from(
    working: Mapping[str, Any],
    *,
    day: date,
    raw: date | None,
    safe: date | None,
    confirmed: bool,
    today: date,
) -> Due:
    """A row's dates and stored working, in words for `today`."""
    doubts = [SOURCE_WORDS.get(_basis(working), ""), *_reasons(working.get("reasons", ()))]
    return Due(
        due=day,
        raw=raw if raw != day else None,
        safe=safe,
        steps=tuple(_step(line, today) for line in working.get("lines", ())),
        citation=working.get("citation", "").rstrip("."),
        confirmed=confirmed,
        due_source="entered" if working.get("by_hand") else "computed",
        reason_words=tuple(doubt for doubt in doubts if doubt),
    )


def _basis(working: Mapping[str, Any]) -> str:
    by_flag = {"recalled": "recalled", "verified_secondary": "secondary"}
    return by_flag.get(working.get("flag") or "") or working.get("source_kind") or ""


def _reasons(keys: Any) -> list[str]:
    return [text[0].upper() + text[1:] for key in keys if (text := REASON_WORDS.get(key, ""))]


def _step(line: Mapping[str, Any], today: date) -> Mapping[str, str]:
    text = line["text"]
    if line["day"]:
        text = ("= " if line["result"] else "") + day_words(date.fromisoformat(line["day"]), today)
    return {"text": text, "note": line["note"], "role": line["role"] or ""}


def _source_kind(citation_id: str | None) -> str:
    """How the row of the law was read: primary, secondary or predecessor; "" where the file does not say.

    Notices of USCIS (`uscis/notices/DL01`) say it with their flag alone.
    """
    parts = (citation_id or "").split("/")
    if len(parts) != 3:
        return ""
    statute, room, name = parts
    if room == "order_duties":
        return str(rules.duty_row(statute, int(name)).get("source_kind", ""))
    return str(rules.deadline_row(statute, name).get("source_kind", "")) if room == "deadlines" else ""

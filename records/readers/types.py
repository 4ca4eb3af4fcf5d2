"""What every reader of a criminal record hands back.

A reader turns the text of a record sheet into a `Reading`: the record itself in the shape of
`Reading.to_json`, and beside it what the review page needs: for every source line what it was
taken for and whether it could be read, and for every event and count the lines it came from and
how far to trust it. Nothing here knows Django, a database or a layout.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

LineState = Literal["read", "check", "not_read", "page"]
Confidence = Literal["sure", "check", "weak"]


class ReaderError(Exception):
    """A file that cannot be read at all; the message is a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A doubtful stretch of a line: columns `start` to `end` (0-based, end excluded) read as `read_as`."""

    start: int
    end: int
    read_as: str


@dataclass(slots=True)
class SourceLine:
    """One line of the sheet.

    `number` counts from 1. `kind` names what the line was taken for (`header`, `count`, `charge`,
    `result`, `sentence`, `comment`, `name`, `page`, `row`, …). `state` is one of `read`, `check` (read
    with a repaired or doubtful character), `not_read` and `page` (furniture: notices, rows, page
    numbers, blank lines). A line has exactly one state, so no line can be lost.
    """

    number: int
    text: str
    kind: str = "unknown"
    state: LineState = "not_read"
    repairs: list[Repair] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason not to trust a value as it stands, in words a reviewer can act on."""

    line: int
    weight: Literal["check", "weak"]
    words: str


@dataclass(slots=True)
class Traced:
    """Where a part of the record came from and how far to trust it."""

    lines: set[int] = field(default_factory=set, kw_only=True)
    doubts: list[Doubt] = field(default_factory=list, kw_only=True)

    @property
    def confidence(self) -> Confidence:
        """`sure` without a doubt, `weak` when any doubt is weak, else `check`."""
        if not self.doubts:
            return "sure"
        return "weak" if any(doubt.weight == "weak" for doubt in self.doubts) else "check"

    @property
    def reasons(self) -> list[str]:
        """The doubts in words, each once, in the order of the lines."""
        return list(dict.fromkeys(doubt.words for doubt in sorted(self.doubts, key=lambda d: d.line)))

    @property
    def line_range(self) -> tuple[int, int] | None:
        """First and last source line, 1-based, or None when nothing was printed for it."""
        return (min(self.lines), max(self.lines)) if self.lines else None


@dataclass(slots=True)
class Sentence:
    """Terms as printed: `3y`, `12m`, `45d`, in parts joined by a space; `other` from a closed list."""

    probation: str | None = None
    jail: str | None = None
    prison: str | None = None
    other: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "probation": self.probation,
            "jail": self.jail,
            "prison": self.prison,
            "other": list(self.other),
        }


@dataclass(slots=True)
class Disposition:
    """One outcome. `line` is the source line that opened it; dates are ISO."""

    type: str
    date: str | None = None
    severity: str | None = None
    sentence: Sentence | None = None
    line: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "type": self.type,
            "date": self.date,
            "severity": self.severity,
            "sentence": self.sentence.to_json() if self.sentence else None,
        }


@dataclass(slots=True)
class Count(Traced):
    """One count of an event; `number` is None where the sheet shows none."""

    number: int | None = None
    code: str | None = None
    section: str | None = None
    description: str | None = None
    level: str | None = None
    flags: list[str] = field(default_factory=list)
    dispositions: list[Disposition] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "code": self.code,
            "section": self.section,
            "description": self.description,
            "level": self.level,
            "flags": list(self.flags),
            "dispositions": [disposition.to_json() for disposition in self.dispositions],
        }


@dataclass(slots=True)
class Event(Traced):
    """One arrest, court case, custody … in the order printed. The dates are ISO."""

    cycle: int
    type: str
    date: str | None = None
    agency: str | None = None
    numbers: list[str] = field(default_factory=list)
    name_id: str | None = None
    dob: str | None = None
    counts: list[Count] = field(default_factory=list)

    @property
    def line_range(self) -> tuple[int, int] | None:
        """First and last source line of the event with its counts, 1-based."""
        lines = self.lines.union(*(count.lines for count in self.counts))
        return (min(lines), max(lines)) if lines else None

    def to_json(self) -> dict[str, Any]:
        return {
            "cycle": self.cycle,
            "type": self.type,
            "date": self.date,
            "agency": self.agency,
            "numbers": list(self.numbers),
            "name_id": self.name_id,
            "dob": self.dob,
            "counts": [count.to_json() for count in self.counts],
        }


@dataclass(slots=True)
class Subject:
    """The person of the sheet. `names` holds pairs of a two-digit id and a name."""

    cii: str | None = None
    dob: str | None = None
    other_dobs: list[str] = field(default_factory=list)
    sex: str | None = None
    race: str | None = None
    names: list[tuple[str, str]] = field(default_factory=list)
    monikers: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "cii": self.cii,
            "dob": self.dob,
            "other_dobs": list(self.other_dobs),
            "sex": self.sex,
            "race": self.race,
            "names": [{"id": ident, "name": name} for ident, name in self.names],
            "monikers": list(self.monikers),
        }


@dataclass(slots=True)
class Reading:
    """What a reader got from one sheet. `layout` is None when no known layout was recognised."""

    layout: str | None = None
    subject: Subject = field(default_factory=Subject)
    events: list[Event] = field(default_factory=list)
    lines: list[SourceLine] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The record alone: `subject` and `events`, keys as in the reader's published schema."""
        return {"subject": self.subject.to_json(), "events": [event.to_json() for event in self.events]}

    def lines_in(self, state: LineState) -> list[SourceLine]:
        """The lines that carry print and are in the given state, in order."""
        return [line for line in self.lines if line.state == state and line.text.strip()]


class Reader(Protocol):
    """One layout. A new layout is one module with these two names, listed in `readers.READERS`."""

    def recognises(self, text: str) -> float:
        """How surely the text has this layout, 0 to 1."""

    def read(self, text: str) -> Reading:
        """Read any text at all; never raises."""

"""The state of one walk down a sheet, and the book it keeps: which line went where, and how surely."""

from __future__ import annotations

from records.readers.ca_doj.lines import Mark
from records.readers.ca_doj.ocr import clean
from records.readers.types import Count, Disposition, Doubt, Event, Reading, Repair, SourceLine

_SILENT = {"blank", "page", "notice"}


class Ledger:
    """Lines, marks and the record so far; `scanned` says that the sheet came out of a scanner."""

    def __init__(self, lines: list[SourceLine], marks: list[Mark], scanned: bool) -> None:
        self.lines, self.marks, self.scanned = lines, marks, scanned
        self.reading = Reading(layout="ca_doj", lines=lines)
        self.event: Event | None = None
        self.count: Count | None = None
        self.copies: list[tuple[Count, list[int]]] = []
        self.cycle = 0
        self.new_cycle = False
        self.row: str | None = None  # the separator seen since the last event
        self.row_line = 0
        self.before: list[int] = []  # name, date, agency and level lines that may open the next event
        self.update: str | None = None
        self.updated = False
        self.severity: tuple[str | None, int] | None = None
        self.sentence_text = ""
        self.sentence_for: Disposition | None = None
        self.sentence_line = 0
        self.loose_sentence = ""
        self.level: str | None = None
        self.comment_open = 0
        self.comment_charge = False
        self.see_comment: set[int] = set()
        self.words_only: set[int] = set()
        self.charge_line: dict[int, int] = {}
        self.banner = 0
        self.ended = False
        self.at = 0
        self.seen_charges: dict[str, set[tuple[str, str]]] = {}

    def took(self, kind: str, damaged: bool = False, index: int | None = None) -> None:
        """The line is used; it keeps a state of doubt that it already has."""
        line = self.lines[self.at if index is None else index]
        line.kind = kind
        if line.state != "check":
            line.state = "check" if damaged or "\u25af" in line.text else "read"
        owner = self.count or self.event
        if owner is not None:
            owner.lines.add(line.number)
            if damaged and not line.repairs:
                self.doubt(
                    "check", f"The keyword of line {line.number} is damaged; we read it as {kind}.", index
                )

    def doubt(
        self, weight: str, words: str, index: int | None = None, owner: Event | Count | None = None
    ) -> None:
        """A reason not to trust, kept with the open count or event."""
        target = owner or self.count or self.event
        if target is not None:
            number = self.lines[self.at if index is None else index].number
            target.doubts.append(Doubt(number, "weak" if weight == "weak" else "check", words))

    def repaired(self, raw: str, value: str, index: int | None = None) -> None:
        """Mark the stretch `raw` of the line as read as `value`, with the reason in words."""
        line = self.lines[self.at if index is None else index]
        found = clean(line.text).upper().find(raw.strip().upper()) if raw.strip() else -1
        span = (found, found + len(raw.strip())) if found >= 0 else (0, len(line.text))
        line.repairs.append(Repair(*span, value))
        line.state = "check"
        shown = raw.strip() or "nothing clear"
        self.doubt("check", f"Line {line.number} reads {shown}; we read it as {value}.", index)

    def not_read(self, index: int | None = None, kind: str = "unknown") -> None:
        line = self.lines[self.at if index is None else index]
        line.kind, line.state = kind, "not_read"
        owner = self.count or self.event
        if owner is not None and not self.ended and index is None:
            owner.doubts.append(Doubt(line.number, "weak", f"Line {line.number} could not be read."))

    def page(self, kind: str = "page", index: int | None = None) -> None:
        line = self.lines[self.at if index is None else index]
        line.kind, line.state = kind, "page"

    def ahead(self, start: int) -> list[int]:
        """The next lines that carry record data, at most six."""
        found = []
        for index in range(start, min(start + 14, len(self.marks))):
            if self.marks[index].kind not in _SILENT:
                found.append(index)
            if len(found) == 6:
                break
        return found

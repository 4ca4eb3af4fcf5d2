"""From marked lines to the record: events, counts, outcomes, with the lines they came from.

The walk goes down the sheet once. Everything is put where it is printed: an update below the last
count belongs to that count. What cannot be placed keeps its line in the state `not_read`.
"""

from __future__ import annotations

import re

from records.readers.ca_doj import charges, outcomes
from records.readers.ca_doj.counts import CountWalk
from records.readers.ca_doj.heading import read_subject
from records.readers.ca_doj.lines import Mark
from records.readers.ca_doj.ocr import clean, distance, squash
from records.readers.types import Count, Disposition, Reading

_SEE_COMMENT = "SEECOMMENTFORCHARGE"
_COMMENT_SENTENCE = re.compile(
    r"^(?:CNT\s*:?\s*(?P<count>\d{1,3})\s*[:,-]?\s*)?(?:X\s?SEN\s*[:;-]|SEN\s?-\s?X)\s*(?P<rest>.*)$"
)
_COMMENT_CHARGE = re.compile(r"^(?:CNT\s*:?\s*(?P<count>\d{1,3})\s*[:,-]?\s*)?CHRG\s*[-:]\s*(?P<rest>.*)$")


class Assembler(CountWalk):
    """Builds one reading."""

    def on_result(self, mark: Mark) -> None:
        if self.event is None or self.ended:
            return self.not_read()
        self.close_sentence()
        self.comment_open = 0
        self.use_orphans()
        if self.count is None:
            if not self.event.counts:
                self.event.counts.append(Count())
                self.doubt("weak", f"Line {self.lines[self.at].number}: an outcome without a count.")
            self.count = self.event.counts[-1]
        if self.row:
            self.doubt("check", f"Line {self.lines[self.at].number}: an outcome below a row of marks.")
            self.row = None
        kind, exact = outcomes.disposition_type(mark.rest)
        following = self.ahead(self.at + 1)[:1]
        status = bool(following) and self.marks[following[0]].kind == "status"
        if kind == "other" and not exact and status and distance(squash(mark.rest)[:9], "CONVICTED") <= 4:
            kind = "convicted"
        self.took("result", mark.damaged and not exact)
        number = self.lines[self.at].number
        if not exact:
            words = mark.rest.strip() or "nothing"
            self.lines[self.at].state = "check"
            weight = "weak" if kind == "other" else "check"
            self.doubt(weight, f"Line {number} reads {words}; we read it as {kind.replace('_', ' ')}.")
        elif squash(mark.rest) and mark.damaged:
            self.lines[self.at].state = "check"
        if kind == "convicted" and self.event.type != "court":
            self.doubt("check", f"Line {number}: a conviction printed outside a court event.")
        date = self.update if self.updated else self.event.date
        disposition = Disposition(kind, date, line=number)
        self.count.dispositions.append(disposition)
        if kind == "convicted":
            if self.severity:
                disposition.severity, self.severity = self.severity[0], None
            if self.loose_sentence:
                text, self.loose_sentence = self.loose_sentence, ""
                disposition.sentence = outcomes.parse_sentence(text)[0]
        return None

    def on_status(self, mark: Mark) -> None:
        if self.count is None or self.ended:
            return self.not_read()
        letter, exact = outcomes.severity(mark.rest)
        self.took("status", mark.damaged or not exact)
        if letter is None:
            self.doubt("weak", f"Line {self.lines[self.at].number}: the conviction status could not be read.")
        elif self.count.dispositions:
            last = self.count.dispositions[-1]
            last.severity = last.severity or letter
        else:
            self.severity = (letter, self.at)
            self.doubt(
                "weak", f"Line {self.lines[self.at].number}: a conviction status without a result line."
            )
        return None

    def on_sentence(self, mark: Mark) -> None:
        if self.event is None or self.ended or (self.count is None and not self.event.counts):
            return self.not_read()
        if self.count is None:
            self.count = self.event.counts[-1]
        self.close_sentence()
        self.took("sentence", mark.damaged)
        self.start_sentence(mark.rest, self.count)
        return None

    def start_sentence(self, text: str, count: Count) -> None:
        date = self.update if self.updated else self.event.date  # type: ignore[union-attr]
        current = count.dispositions[-1] if count.dispositions else None
        if self.updated and current is not None and current.date != date:
            current = None
        kind = self.event.type  # type: ignore[union-attr]
        if current is None and kind in {"custody", "probation"}:
            current = Disposition("sentence", date, line=self.lines[self.at].number)
            count.dispositions.append(current)
        self.comment_open = 0
        self.sentence_text, self.sentence_for, self.sentence_line = text.strip() or " ", current, self.at
        if current is None:
            self.loose_sentence = text

    def on_comment(self, mark: Mark) -> None:
        self.close_sentence()
        self.took("comment", mark.damaged)
        self.comment_open, self.comment_charge = self.at + 1, False
        if self.event is None:
            return
        text = mark.rest.strip().upper()
        sentence = _COMMENT_SENTENCE.match(text)
        if sentence and self.event.counts:
            count = self.named_count(sentence["count"])
            self.start_sentence(sentence["rest"], count)
            self.lines[self.at].kind = "sentence"
            return
        charge = _COMMENT_CHARGE.match(text)
        if charge and self.event.counts:
            count = self.named_count(charge["count"])
            parsed = charges.parse_comment_charge(charge["rest"])
            if parsed and id(count) in self.see_comment and id(count) not in self.charge_line:
                self.fill(count, parsed)
                self.comment_charge = True
                self.lines[self.at].kind = "charge"

    def named_count(self, number: str | None) -> Count:
        """The count a comment names, else the open one."""
        counts = self.event.counts  # type: ignore[union-attr]
        named = [count for count in counts if number and count.number == int(number)]
        return named[-1] if named else self.count or counts[-1]

    def on_unknown(self, mark: Mark) -> None:
        """Charges, flags, words of a charge, continuations: lines without a keyword."""
        text = clean(self.lines[self.at].text).strip()[:400]
        if self.ended:
            return self.not_read()
        if self.event is None and self.lines[self.at].kind == "name":
            return None
        event = self.event
        if (
            "date" in mark.values
            and event is not None
            and not event.counts
            and event.date is None
            and not self.row
        ):
            self.event_date(mark.values["date"], self.at)
            return self.agency(mark.rest, self.at)
        if self.sentence_text and outcomes.is_sentence_text(text):
            self.sentence_text += " " + text.upper()
            return self.took("sentence")
        if charges.is_sentencing(text):
            return self.took("sentencing")
        charge = charges.parse_charge(text, loose=self.bare_count())
        if charge:
            return self.use_charge(charge)
        upper = text.upper()
        words = charges.split_level(upper)[0]
        if distance(squash(words), _SEE_COMMENT) <= 3:
            if self.count is None:
                return self.not_read()
            self.see_comment.add(id(self.count))
            _body, level, marked = charges.split_level(upper)
            if marked and level:
                self.count.level = level
            return self.took("charge", squash(words) != _SEE_COMMENT)
        flags = charges.parse_flags(text) if len(text) <= 60 else None
        if flags and self.count is not None:
            return self.use_flags(flags)
        line = self.lines[self.at]
        if self.comment_open == self.at and text == upper and self.indented_more():
            self.comment_open = self.at + 1
            if self.comment_charge and self.count and self.count.description:
                self.count.description += " " + " ".join(upper.split())
            return self.took("comment")
        if self.banner:
            self.banner -= 1
            return self.page("notice")
        if self.count is not None and self.bare_count() and self.plain_words(text):
            body, level, marked = charges.split_level(upper)
            self.count.description = " ".join(body.split())
            self.count.level = self.count.level or level
            self.words_only.add(id(self.count))
            self.charge_line[id(self.count)] = self.at
            if self.scanned:
                plain = charges.Charge(None, None, self.count.description)
                charges.repair_scanned(plain, self.seen_charges)
                for raw, value in plain.repairs:
                    self.repaired(raw, value)
                self.count.description = plain.words
            return self.took("charge", marked and level is None)
        line.kind = "unknown"
        return self.not_read()

    def run(self) -> Reading:
        read_subject(self.reading, self.marks, self.scanned)
        handlers = {
            "header": self.on_header, "name": self.on_name, "date": self.on_date, "agency": self.on_agency,
            "level": self.on_level, "count": self.on_count, "number": self.on_number,
            "result": self.on_result, "status": self.on_status, "sentence": self.on_sentence,
            "comment": self.on_comment,
        }  # fmt: skip
        for index, mark in enumerate(self.marks):
            self.at = index
            kind = mark.kind
            if kind in {"blank", "page", "notice"}:
                self.page(kind)
            elif kind.startswith("row") or kind == "smudge":
                self.on_smudge() if kind == "smudge" else self.on_row(mark)
            elif kind == "end":
                self.close_count()
                self.page("end")
                self.ended = True
            elif kind == "subject":
                if mark.values["part"] == "more" and self.event is not None:
                    self.on_unknown(mark)  # two or three digits, then words: only in the head a name
                elif self.lines[self.at].kind == "unknown":
                    self.page()
            elif kind == "info":
                self.close_sentence()
                self.took("info")
            elif kind in handlers:
                handlers[kind](mark)
            else:
                self.on_unknown(mark)
        self.close_count()
        self.use_orphans()
        self.copy_counts()
        return self.reading

    def on_smudge(self) -> None:
        """A short blot is the rest of a row when a header follows it."""
        following = self.ahead(self.at + 1)[:1]
        if following and self.marks[following[0]].kind in {"header", "end", "smudge"}:
            self.page("row")
            self.lines[self.at].state = "check" if self.lines[self.at].text.strip().isalnum() else "page"
            self.close_sentence()
        else:
            self.on_unknown(self.marks[self.at])

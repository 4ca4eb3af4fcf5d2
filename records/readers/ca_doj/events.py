"""Where events begin: rows, headers, dates, agencies, and events whose header is lost."""

from __future__ import annotations

import re

from records.readers.ca_doj import outcomes
from records.readers.ca_doj.ledger import Ledger
from records.readers.ca_doj.lines import Mark, agency_like
from records.readers.ca_doj.numbers import join_code, repair_agency
from records.readers.ca_doj.ocr import differs, iso_date, squash, two_digits
from records.readers.ca_doj.words import COURT_CODES, POLICE_CODES
from records.readers.types import Event


class EventWalk(Ledger):
    """Opens and closes events; name, date and agency lines may stand before or behind the header."""

    def on_result(self, mark: Mark) -> None:
        raise NotImplementedError

    def on_unknown(self, mark: Mark) -> None:
        raise NotImplementedError

    def close_sentence(self) -> None:
        if self.sentence_text:
            parsed, notes = outcomes.parse_sentence(self.sentence_text)
            index = self.sentence_line
            for note in notes:
                self.lines[index].state = "check"
                self.doubt("check", f"Line {self.lines[index].number}: {note}.", index)
            if parsed is None:
                self.doubt("weak", f"Line {self.lines[index].number}: the sentence could not be read.", index)
                self.lines[index].state = "check"
            elif self.sentence_for is not None:
                self.sentence_for.sentence = outcomes.merge(self.sentence_for.sentence, parsed)
        self.sentence_text, self.sentence_for = "", None

    def close_count(self) -> None:
        self.close_sentence()
        self.flush_loose()
        if self.count is not None and self.count.number is None and not self.count.lines:
            self.doubt("weak", "This count was printed without a count number.")
        self.count, self.update, self.updated, self.severity = None, None, False, None
        self.comment_open, self.comment_charge = 0, False

    def flush_loose(self) -> None:
        if self.loose_sentence:
            self.doubt("weak", "A sentence is printed here without an outcome it belongs to.")
            self.loose_sentence = ""

    def open_event(self, kind: str) -> Event:
        self.close_count()
        lost_row = self.row is None and kind in {"arrest", "applicant", "registration"}
        if self.event is None or self.new_cycle or lost_row:
            self.cycle += 1
        self.new_cycle, self.row, self.ended, self.banner = False, None, False, 0
        self.event = Event(cycle=self.cycle, type=kind)
        self.level = None
        self.reading.events.append(self.event)
        return self.event

    def use_before(self) -> None:
        """Give the lines printed ahead of a header to the event it opens."""
        pending, self.before = self.before, []
        for index in pending:
            self.slot(index)

    def use_orphans(self) -> None:
        """Name or level lines that waited for a header in vain go to the open event if it lacks them."""
        pending, self.before = self.before, []
        for index in pending:
            if not self.slot(index):
                self.not_read(index)

    def slot(self, index: int) -> bool:
        """Put a name, date, agency, level or number line into the heading of the open event."""
        mark, event = self.marks[index], self.event
        if event is None:
            return False
        if mark.kind == "name" and event.name_id is None:
            event.name_id = two_digits(mark.values["id"])
            self.took("name", not mark.values["id"].strip().isdigit(), index)
        elif mark.kind == "date" and event.date is None and (event.agency is None or not mark.rest):
            self.event_date(mark.values["date"], index)
            if mark.rest:
                self.agency(mark.rest, index)
        elif mark.kind == "agency" and event.agency is None:
            self.agency(mark.rest, index)
            self.took("agency", index=index)
        elif mark.kind == "level":
            self.level = mark.rest if mark.rest in {"F", "M", "I", "N"} else None
            self.took("level", index=index)
        else:
            return False
        return True

    def event_date(self, raw: str, index: int) -> None:
        if self.event is None:
            return
        self.event.date = iso_date(raw)
        self.took("date", index=index)
        number = self.lines[index].number
        if self.event.date is None:
            self.lines[index].state = "check"
            self.doubt("weak", f"Line {number} reads {raw.strip()}, which is no date; type it in.", index)
        elif differs(raw, self.event.date.replace("-", "")):
            self.repaired(raw, self.event.date.replace("-", ""), index)

    def agency(self, raw: str, index: int) -> None:
        if self.event is None:
            return
        printed = " ".join(raw.split()).strip(" .;:'_~") if self.scanned else " ".join(raw.split())
        value = join_code(repair_agency(printed) if self.scanned else printed)
        if not agency_like(value) or "\u25af" in value:
            # A name that can only be guessed at is left to the reviewer.
            self.lines[index].state = "check"
            self.doubt(
                "weak", f"Line {self.lines[index].number}: the agency {printed} could not be read.", index
            )
            return
        if value != printed:
            self.repaired(raw, value, index)
        self.event.agency = value

    def header(self, mark: Mark) -> None:
        event = self.open_event(mark.values["type"])
        self.use_before()
        self.took("header", mark.damaged and not mark.values.get("unknown"))
        if "id" in mark.values:
            event.name_id = two_digits(mark.values["id"])
            if not mark.values["id"].strip().isdigit():
                self.repaired(mark.values["id"], event.name_id or "?")
        if "dob" in mark.values:
            event.dob = iso_date(mark.values["dob"])
            if event.dob is None or differs(mark.values["dob"], event.dob.replace("-", "")):
                self.repaired(mark.values["dob"], event.dob or "no date")
        if mark.values.get("unknown"):
            self.doubt("check", f"Line {self.lines[self.at].number}: we do not know this kind of event.")

    def headless(self, agency: str) -> None:
        """An event printed without a header: after a row it is of the kind before it."""
        code = squash(agency.split()[0]) if agency else ""
        previous, row = self.event.type if self.event else "", self.row
        if code in COURT_CODES:
            kind = "court"
        elif row == "row_dash" and previous in {"registration", "applicant", "arrest"}:
            kind = previous
        elif code in POLICE_CODES:
            kind = "arrest"
        else:
            kind = previous if row == "row_dash" and previous else "other"
        same = row == "row_dash" and kind == previous
        self.open_event(kind)
        self.doubt(
            "check" if same else "weak",
            f"Line {self.lines[self.at].number}: this event has no header of its own; taken to be {kind}.",
        )

    def takes_before(self, start: int) -> bool:
        """Whether a header stands just below that has no date of its own."""
        found = self.ahead(start)
        for position, index in enumerate(found[:2]):
            if self.marks[index].kind != "header":
                if self.marks[index].kind in {"name", "level", "agency"}:
                    continue
                return False
            for later in found[position + 1 :]:
                if self.marks[later].kind == "date":
                    return False
                if self.marks[later].kind not in {"name", "agency", "level"}:
                    break
            return True
        return False

    def on_row(self, mark: Mark) -> None:
        self.page("row")
        if mark.kind == "row_long":
            self.banner = 0 if self.banner else 6
            return
        if mark.kind == "smudge":
            return
        self.row, self.row_line = mark.kind, self.at
        if mark.kind == "row_star":
            self.new_cycle = True
        self.close_sentence()
        self.comment_open = 0

    def on_header(self, mark: Mark) -> None:
        following = [self.marks[index].kind for index in self.ahead(self.at + 1)[:3]]
        dated = any(kind in {"date", "agency"} for kind in following) or bool(self.before)
        if mark.values.get("bare") and (not dated or (self.count is not None and not self.row)):
            return self.on_unknown(mark)
        if self.ended and (mark.damaged or not mark.values.get("tail")):
            return self.not_read()
        if mark.values.get("unknown") and not (dated and (self.row or mark.values.get("tail"))):
            return self.on_unknown(mark)
        self.header(mark)

    def on_name(self, mark: Mark) -> None:
        if self.event is not None and self.count is None and not self.row and self.slot(self.at):
            return
        self.before.append(self.at)
        self.took("name")

    def on_date(self, mark: Mark) -> None:
        self.close_sentence()
        self.comment_open = 0
        event = self.event
        if self.takes_before(self.at + 1):
            self.before.append(self.at)
            return self.took("date")
        if mark.values.get("after"):
            self.set_update(mark.values["date"])
            self.on_result(Mark("result", re.sub(r"^.*?[:;.,]\s*", "", mark.values["after"], count=1)))
            return None
        if event is not None and self.count is None and not self.row and self.slot(self.at):
            return None
        if mark.rest and (event is None or self.row or self.count is not None or event.date):
            self.headless(mark.rest)
            self.use_before()
            if not self.slot(self.at):
                self.not_read()
            return None
        if self.row:
            if event is None or any(self.marks[i].kind == "count" for i in self.ahead(self.at + 1)[:2]):
                self.headless("")
                self.use_before()
                self.slot(self.at)
                return None
            self.doubt(
                "check", f"Line {self.lines[self.at].number}: a date below a row, taken for an update."
            )
        if event is None:
            return self.not_read()
        self.set_update(mark.values["date"])
        return None

    def set_update(self, raw: str) -> None:
        if self.event is None:
            return self.not_read()
        if self.count is None and self.event.counts:
            self.count = self.event.counts[-1]
        self.update, self.updated = iso_date(raw), True
        self.took("date")
        number = self.lines[self.at].number
        if self.update is None:
            self.lines[self.at].state = "check"
            self.doubt("weak", f"Line {number} reads {raw.strip()}, which is no date; type it in.")
        elif differs(raw, self.update.replace("-", "")):
            self.repaired(raw, self.update.replace("-", ""))

    def on_agency(self, mark: Mark) -> None:
        if self.event is not None and self.count is None and not self.row and self.slot(self.at):
            return
        if self.row or self.takes_before(self.at + 1):
            self.before.append(self.at)
            return self.took("agency")
        self.on_unknown(mark)

    def on_level(self, mark: Mark) -> None:
        level = mark.rest if mark.rest in {"F", "M", "I", "N"} else None
        self.took("level", level is None)
        if self.count is not None and self.count.level is None:
            self.count.level = level
        else:
            self.level = level

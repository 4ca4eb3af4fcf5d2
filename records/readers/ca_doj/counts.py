"""Counts: their numbers, the charge, its flags, and counts printed as a range."""

from __future__ import annotations

import copy
import re

from records.readers.ca_doj import charges
from records.readers.ca_doj.events import EventWalk
from records.readers.ca_doj.lines import Mark
from records.readers.ca_doj.numbers import case_numbers
from records.readers.ca_doj.ocr import clean, digits
from records.readers.types import Count, SourceLine

MAX_COUNTS = 99


class CountWalk(EventWalk):
    """Opens counts and fills them with their charge."""

    def on_count(self, mark: Mark) -> None:
        if self.ended:
            return self.not_read()
        first = digits(mark.values["first"])
        number = int(first) if first else None
        last = number
        more = re.findall(r"(-|~|,|&|TO)\s*([^\s,&~-]{1,3})", mark.values["more"])
        numbers = [number]
        for sign, raw in more:
            value = int(digits(raw) or 0)
            if number is not None and value > (last or 0) and value <= MAX_COUNTS:
                numbers += list(range((last or 0) + 1, value + 1)) if sign in {"-", "~", "TO"} else [value]
                last = value
        if (
            self.event is None
            or self.before_opens()
            or (self.event.counts and number == 1 and (self.row or self.scanned) and self.last_number() >= 1)
        ):
            self.headless(next((self.marks[i].rest for i in self.before if self.marks[i].rest), ""))
            self.use_before()
        if self.event is None:
            return self.not_read()
        again = (
            self.count is not None and number == self.count.number and id(self.count) not in self.charge_line
        )
        if again and not self.count.dispositions:  # type: ignore[union-attr]
            self.took("count", mark.damaged)
        else:
            self.close_count()
            self.row = None
            self.count = Count(number=number)
            self.event.counts.append(self.count)
            if len(numbers) > 1:
                self.copies.append((self.count, [n for n in numbers[1:] if n is not None]))
            self.took("count", mark.damaged)
        if not mark.values["first"].strip().isdigit():
            self.repaired(mark.values["first"], str(number))
        if self.level:
            self.count.level, self.level = self.level, None  # type: ignore[union-attr]
        self.count_rest(mark.rest)

    def before_opens(self) -> bool:
        """Whether date lines wait for a header that did not come."""
        return bool(self.row) and any(self.marks[index].kind == "date" for index in self.before)

    def last_number(self) -> int:
        known = [count.number for count in self.event.counts if count.number] if self.event else []
        return known[-1] if known else 0

    def count_rest(self, rest: str) -> None:
        """What stands behind the count number: the event's numbers, and on odd prints the charge."""
        _junk, mark, text = rest.partition("#")
        if not mark:
            text = rest.strip(" -.,'")
            charge = charges.parse_charge(text) if text else None
            if charge:
                self.use_charge(charge)
            elif len(text) > 2:
                self.lines[self.at].state = "check"
                self.doubt(
                    "check", f"Line {self.lines[self.at].number}: {text} stands where a number is printed."
                )
            return
        split = re.match(r"^(?P<number>\S+)\s+(?P<charge>\d.*\s[A-Z]{2,5}\s?-.*)$", text.strip())
        charge = charges.parse_charge(split["charge"]) if split else None
        self.numbers(split["number"] if split and charge else text)
        if charge:
            self.use_charge(charge)

    def numbers(self, text: str) -> None:
        """The numbers of the event, from its first count line only."""
        event = self.event
        if event is None or event.numbers or len(event.counts) > 1:
            return
        found, repairs, withheld = case_numbers(text, event.type, event.agency, self.scanned)
        event.numbers = found
        number = self.lines[self.at].number
        for raw, value in repairs:
            self.repaired(raw, value)
        if self.scanned and event.type == "court" and any(re.search(r"[SBIOZQL]", value) for value in found):
            words = f"Line {number}: a letter in the case number may be a misread digit."
            self.doubt("check", words, owner=event)
        for raw in withheld:
            self.lines[self.at].state = "check"
            words = f"Line {number} reads {raw}, which has not the form of this court's numbers; type it in."
            self.doubt("weak", words, owner=event)

    def on_number(self, mark: Mark) -> None:
        if self.event is None or self.event.numbers or self.row:
            return self.not_read()
        self.took("number")
        self.numbers(mark.rest)
        return None

    def bare_count(self) -> bool:
        return (
            self.count is not None
            and id(self.count) not in self.charge_line
            and id(self.count) not in self.see_comment
            and not self.count.dispositions
        )

    def indented_more(self) -> bool:
        """Whether the line is set in at least as far as a continuation of the line above is."""

        def indent(text: str) -> int:
            return len(text) - len(text.lstrip())

        return indent(self.lines[self.at].text) > indent(self.lines[self.at - 1].text)

    @staticmethod
    def plain_words(text: str) -> bool:
        """Words printed in capitals, as the format prints a charge; scanner noise has small letters."""
        letters = sum(character.isalpha() for character in text)
        if text != text.upper() or text[:1].isdigit():
            return False
        return letters >= 5 and letters >= 0.75 * len(text.replace(" ", "")) and len(text) < 90

    def use_charge(self, charge: charges.Charge) -> None:
        if self.event is None or self.row:
            return self.not_read()
        self.close_sentence()
        if self.scanned:
            charges.repair_scanned(charge, self.seen_charges)
        if self.count is None or (self.count_full() and self.scanned):
            if self.count is None and self.event.counts and not self.scanned:
                return self.not_read()
            self.close_count()
            self.count = Count()
            self.event.counts.append(self.count)
            self.doubt("weak", f"Line {self.lines[self.at].number}: a charge whose count line was not found.")
        elif self.count_full():
            return self.not_read()
        self.fill(self.count, charge)
        self.took("charge")
        for raw, value in charge.repairs:
            self.repaired(raw, value)
        if charge.section is None:
            self.doubt("weak", f"Line {self.lines[self.at].number}: the section could not be read.")
        return None

    def count_full(self) -> bool:
        key = id(self.count)
        return key in self.charge_line and key not in self.words_only

    def fill(self, count: Count, charge: charges.Charge) -> None:
        """Write a charge into its count; words alone that stood there before become unread."""
        if id(count) in self.words_only:
            self.words_only.discard(id(count))
            self.not_read(self.charge_line[id(count)])
        count.code, count.section, count.description = charge.code, charge.section, charge.words
        count.level = count.level or charge.level
        if charge.attempted and "attempted" not in count.flags:
            count.flags.append("attempted")
        self.charge_line[id(count)] = self.at

    def use_flags(self, flags: list[tuple[str, str | None]]) -> None:
        if self.count is None:
            return
        known = [flag for _raw, flag in flags if flag]
        for flag in known:
            if flag not in self.count.flags:
                self.count.flags.append(flag)
        if len(known) < len(flags):
            self.not_read(kind="flag")
        else:
            self.took("flag", not clean(self.lines[self.at].text).strip().startswith("-"))

    def copy_counts(self) -> None:
        """`CNT:01-03` is three counts with the same contents."""
        for first, numbers in self.copies:
            for event in self.reading.events:
                places = [i for i, count in enumerate(event.counts) if count is first]
                if places:
                    twins = []
                    for number in numbers:
                        twin = copy.deepcopy(first)
                        twin.number = number
                        twins.append(twin)
                    event.counts[places[0] + 1 : places[0] + 1] = twins


def learn_charges(lines: list[SourceLine], marks: list[Mark]) -> dict[str, set[tuple[str, str]]]:
    """The sheet's own charges, words to code and section, where the same print occurs at least twice."""
    found: dict[tuple[str, str, str], int] = {}
    for line, mark in zip(lines, marks, strict=True):
        charge = charges.parse_charge(line.text[:400]) if mark.kind == "unknown" else None
        if charge and charge.words and charge.section and charge.code and not charge.repairs:
            key = (re.sub(r"\s*:\s*", ":", charge.words), charge.code, charge.section)
            found[key] = found.get(key, 0) + 1
    own: dict[str, set[tuple[str, str]]] = {}
    for (words, code, section), times in found.items():
        if times > 1:
            own.setdefault(words, set()).add((code, section))
    return own

"""The head of the sheet: who the record is about."""

from __future__ import annotations

import re

from records.readers.ca_doj.lines import Mark
from records.readers.ca_doj.ocr import (
    DIGIT,
    clean,
    digits,
    distance,
    fold,
    iso_date,
    nearest,
    squash,
    two_digits,
)
from records.readers.ca_doj.words import RACES
from records.readers.types import Reading, Repair

_CII = re.compile(rf"[A4]?{DIGIT}{{7,10}}")
_DATES = re.compile(rf"{DIGIT}(?:[. ]?{DIGIT}){{7}}(?!\w)")
_SEX = re.compile(r"\b[S5]\wX\s*/\s*(?P<sex>[MFXU])\b")
_RACE = re.compile(r"\bR[A4][CG(O]\s*/\s*(?P<race>[A-Z0-9@|!][A-Z0-9@|! /]*?)(?=\s{2,}|\s+[A-Z]{3}/|\s*$)")
_ID = re.compile(rf"^(?P<id>{DIGIT}{{1,3}})\s+(?P<name>\S.*)$")
_AS_LETTERS = str.maketrans("015@|!(", "OISOIIC")


def _cii_lines(reading: Reading, marks: list[Mark]) -> list[int]:
    return [
        index
        for index, mark in enumerate(marks)
        if mark.kind == "subject"
        and mark.values["part"] == "cii"
        and "CONSOLIDATED" not in reading.lines[index].text.upper()
    ]


def _name(raw: str, scanned: bool) -> str:
    name = " ".join(clean(raw).upper().split()).strip(" .;:_")
    name = re.sub(r"\s*,\s*", ",", name)
    return name.translate(_AS_LETTERS) if scanned else name


def read_subject(reading: Reading, marks: list[Mark], scanned: bool) -> None:
    """Fill the subject from the lines above the first event; mark those lines.

    Of several CII numbers the one printed just above a date of birth is the subject's own: a notice of
    a consolidated record names another. Lines of the head repeated further down are page furniture.
    """
    subject, lines = reading.subject, reading.lines
    first_event = next((i for i, mark in enumerate(marks) if mark.kind == "header"), len(marks))
    own = [index for index in _cii_lines(reading, marks) if index < first_event]
    near = [
        i for i in own if any(m.kind == "subject" and m.values["part"] == "dob" for m in marks[i + 1 : i + 4])
    ]
    cii_line = (near or own or [-1])[0]
    part = ""
    for index, mark in enumerate(marks[:first_event]):
        if mark.kind != "subject":
            text = lines[index].text
            if part == "mon" and mark.kind == "unknown" and text[:2].isspace() and text.strip().isupper():
                lines[index].kind, lines[index].state = "name", "read"
                _monikers(reading, text.strip())
            elif mark.kind not in {"blank", "page"}:
                part = ""
            continue
        line, rest = lines[index], mark.rest
        this = mark.values["part"]
        if this == "more" and part not in {"nam", "mon"}:
            continue
        line.kind, line.state = "subject", "read"
        if index == cii_line:
            found = _CII.search(squash(rest))
            printed = found.group() if found else ""
            number = digits(printed.removeprefix("A")) if found else None
            # Nine digits: the letter A in front was read as a 4.
            lettered = printed.startswith("A") or (len(printed) == 9 and printed.startswith("4"))
            if number and len(number) == 9 and lettered:
                number = number[1:]
            if number and 7 <= len(number) <= 8:
                subject.cii = f"A{number}" if lettered else number
                if subject.cii != rest.split()[0].upper():
                    _repair(reading, index, rest, subject.cii)
            else:
                line.state = "check"
        elif this == "dob":
            _birth(reading, index, rest)
        elif this == "other":
            _sex_and_race(reading, index, clean(line.text).upper())
        elif this in {"nam", "more", "mon"}:
            line.kind = "name"
            if (part == "mon" and this == "more") or this == "mon":
                _monikers(reading, rest)
            else:
                _add_name(reading, index, mark, scanned)
        part = (
            "mon"
            if this == "mon" or (part == "mon" and this == "more")
            else "nam"
            if this in {"nam", "more"}
            else ""
        )
    if scanned:
        _put_commas(reading)


def _repair(reading: Reading, index: int, raw: str, value: str) -> None:
    line = reading.lines[index]
    start = max(0, clean(line.text).upper().find(raw.strip().upper()))
    line.repairs.append(Repair(start, start + len(raw.strip()), value))
    line.state = "check"


def _birth(reading: Reading, index: int, rest: str) -> None:
    """`19880714    SEX/F  RAC/WHITE`: the first birth date, further ones, sex and race."""
    subject = reading.subject
    sex, race = _sex_and_race(reading, index, rest)
    dates = rest[: min([m.start() for m in (sex, race) if m] or [len(rest)])]
    for match in _DATES.finditer(dates):
        value = iso_date(match.group())
        if value is None:
            reading.lines[index].state = "check"
        elif subject.dob is None:
            subject.dob = value
        elif value != subject.dob and value not in subject.other_dobs:
            subject.other_dobs.append(value)
        if value and value.replace("-", "") != match.group():
            _repair(reading, index, match.group(), value.replace("-", ""))


def _sex_and_race(
    reading: Reading, index: int, rest: str
) -> tuple[re.Match[str] | None, re.Match[str] | None]:
    """Take sex and race from a line of the head; the first print of each stands."""
    subject = reading.subject
    sex, race = _SEX.search(rest), _RACE.search(rest)
    if sex and subject.sex is None:
        subject.sex = sex["sex"]
    if race and subject.race is None:
        printed = " ".join(race["race"].split())
        known = {fold(name): name for name in RACES}
        found = known.get(fold(printed)) or known.get(nearest(fold(printed), known, 1) or "")
        subject.race = found or printed
        if subject.race != printed:
            _repair(reading, index, race["race"], subject.race)
    return sex, race


def _monikers(reading: Reading, rest: str) -> None:
    body = re.sub(r"^\d{1,3}\s+", "", rest)
    for name in re.split(r"[,;/]", body):
        moniker = " ".join(name.split())
        if moniker and moniker not in reading.subject.monikers:
            reading.subject.monikers.append(moniker)


def _add_name(reading: Reading, index: int, mark: Mark, scanned: bool) -> None:
    ident, rest = mark.values.get("id"), mark.rest
    if ident is None:
        match = _ID.match(rest)
        if match and two_digits(match["id"]):
            ident, rest = match["id"], match["name"]
    number = two_digits(ident) if ident else None
    if ident and number and not ident.isdigit():
        _repair(reading, index, ident, number)
    if number is None:
        number = f"{len(reading.subject.names) + 1:02d}"
        reading.lines[index].state = "check"
    name = _name(rest, scanned)
    if not re.search(r"[A-Z]", name):
        reading.lines[index].state = "not_read"
        return
    if name != re.sub(r"\s*,\s*", ",", " ".join(rest.split())).upper():
        _repair(reading, index, rest, name)
    if (number, name) not in reading.subject.names:
        reading.subject.names.append((number, name))


def _put_commas(reading: Reading) -> None:
    """A scanned name whose comma is lost: after the first word when that is the only or a known surname."""
    names = reading.subject.names
    surnames = {name.partition(",")[0] for _ident, name in names if "," in name}
    for place, (ident, name) in enumerate(names):
        words = name.replace(".", " ").split()
        if "," in name or len(words) < 2:
            continue
        known = any(distance(words[0], surname) == 0 for surname in surnames)
        if known or (len(words) == 2 and not surnames) or len(names) == 1 or len(words) <= 3:
            value = f"{words[0]},{' '.join(words[1:])}"
            names[place] = (ident, value)
            for index, line in enumerate(reading.lines):
                if line.kind == "name" and words[0] in line.text.upper() and words[-1] in line.text.upper():
                    _repair(reading, index, words[0], value)
                    break

"""Numbers of events and names of agencies, with the repairs a scanned sheet needs."""

from __future__ import annotations

import re

from records.readers.ca_doj.ocr import fold, nearest, squash
from records.readers.ca_doj.words import AGENCY_CODES, CASE_SHAPES, COURT_CODES, PLACE_WORDS

_AS_DIGIT = dict(zip("OQDIL|SBZG@©A", "0001115826004", strict=True))
_AS_LETTER = {"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z", "6": "G", "(": "C", "4": "A", "€": "C"}
_PLACES_FOLDED = {fold(word): word for word in PLACE_WORDS}


def _fit(text: str, shape: str) -> str | None:
    """The text written in the shape's form when only look-alike characters stand against it."""
    if len(text) != len(shape):
        return None
    out = []
    for character, wanted in zip(text, shape, strict=True):
        if wanted == "9":
            character = character if character.isdigit() else _AS_DIGIT.get(character, "")
        elif character != wanted:
            character = wanted if _AS_LETTER.get(character) == wanted else ""
        if not character:
            return None
        out.append(character)
    return "".join(out)


def _shapes(agency: str | None) -> tuple[str, ...]:
    code, _space, place = (agency or "").partition(" ")
    return CASE_SHAPES.get(place, ()) if code in COURT_CODES[:1] else ()


def case_numbers(
    text: str, event_type: str, agency: str | None, scanned: bool
) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    """The numbers printed after `#`, the repairs (printed, read), and what was withheld.

    On a scanned sheet a court number is held against the shapes its court uses. A shape that
    look-alike characters explain is a repair; a number that lost characters is withheld, because a
    guessed case number would go into a petition.
    """
    found: list[str] = []
    repairs: list[tuple[str, str]] = []
    withheld: list[str] = []
    for part in text.upper().replace("#", "").split(","):
        raw = " ".join(part.split()).strip(" .;:'\"_")
        if not raw or not re.search(r"[A-Z0-9]", raw):
            continue
        value = re.sub(r"\s*-\s*", "-", raw)
        if not scanned:
            found.append(value)
            continue
        value = value.replace(" ", "")
        shapes = _shapes(agency) if event_type == "court" else ()
        fits = {fit for shape in shapes if (fit := _fit(value, shape))}
        if shapes and value not in fits:
            if len(fits) != 1:
                withheld.append(raw)
                continue
            value = fits.pop()
        elif not shapes:
            value = _general(value)
            if event_type == "court" and re.search(r"\d[SBIZL]\d", value):
                withheld.append(raw)
                continue
        if value != raw:
            repairs.append((raw, value))
        found.append(value)
    return found, repairs, withheld


def _general(value: str) -> str:
    """The digits of a number of unknown shape.

    O, Q and marks between digits are zeros; a number of digits and hyphens has no letters; one
    look-alike letter inside a run of digits, not behind the two digits of a year, is a digit.
    """
    value = re.sub(r"[@©]", "0", value).replace("~", "-")
    value = re.sub(r"(?<=\d{3})[SIBZ](?=\d)", lambda match: _AS_DIGIT[match.group()], value)
    value = re.sub(r"(?<=[0-9-])[OQ](?=[0-9-]|$)", "0", value)
    if sum(character.isdigit() for character in value) >= 4 and re.fullmatch(r"[0-9OQIL|-]+", value):
        value = "".join(_AS_DIGIT.get(character, character) for character in value)
    return value


def repair_agency(printed: str) -> str:
    """A scanned agency with its code and the words of its place put right where one answer is near."""
    words = printed.upper().split(" ")
    code = squash(words[0])
    if code not in AGENCY_CODES:
        known = {fold(item): item for item in AGENCY_CODES}
        near = known.get(fold(code)) or known.get(nearest(fold(code), known, 1) or "")
        words[0] = near or words[0]
    for index, word in enumerate(words[1:], start=1):
        tail = "," if word.endswith(",") else ""
        bare = word.rstrip(",.")
        if bare in PLACE_WORDS or "-" in bare or "\u25af" in bare:
            continue
        folded = fold(bare)
        near_place = _PLACES_FOLDED.get(folded)
        if near_place is None and len(folded) >= 4:
            found = nearest(folded, _PLACES_FOLDED, 1 if len(folded) < 8 else 2)
            near_place = _PLACES_FOLDED[found] if found else None
        if near_place:
            words[index] = near_place + tail
    return " ".join(words)


def join_code(printed: str) -> str:
    """`CA PD OAKLAND` as `CAPD OAKLAND`: a blank inside a known agency code is dropped."""
    words = printed.split(" ")
    for length in (2, 3):
        code = "".join(words[:length])
        if len(words) > length and code in AGENCY_CODES:
            return " ".join([code, *words[length:]])
    return printed

"""Reading through scanning damage: folding look-alike characters, near words, digits and dates.

Every function is a pure function of its text. What was changed is told to the caller, so that a
repaired character is shown to the reviewer and never passes for a clean one.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

# One character for one character, so that columns stay those of the source line.
_CLEAN = str.maketrans(
    {
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
        "\u2018": " ", "\u2019": " ", "\u201c": " ", "\u201d": " ", "\u00a0": " ", "\t": " ", "\f": " ",
        "\v": " ", "\u200b": " ", "\ufeff": " ", "\u00c7": "C", "\u00e7": "c", "\u2022": "*",
        "\u00b7": ".", "\uff1a": ":", "\x00": " ",
    }
)  # fmt: skip
_TO_LETTERS = str.maketrans("0158264@©|!$(#7", "OISBZGAOOIISCHT")
_TO_DIGITS = str.maketrans("OQDoIlL|!SsBZzG@©°", "000011111558226000")
_NOT_WORD = re.compile(r"[^A-Z0-9@©|!$(]+")

DIGIT = r"[0-9OQDoIlL|!SBZG@©]"  # a digit as scanners misread it
_DIGITS_ONLY = re.compile(r"[0-9]+")
MAX_YEAR = 2099


def clean(line: str) -> str:
    """The line with typographic dashes, quotes and blanks made plain; same length as before."""
    return line.translate(_CLEAN)


def squash(text: str) -> str:
    """Capital letters and digits only (and the marks that scanners print for them)."""
    return _NOT_WORD.sub("", text.upper())


def fold(text: str) -> str:
    """`squash`, then digits and marks that look like letters as those letters: `D1SP0` gives `DISPO`."""
    return squash(text).translate(_TO_LETTERS)


def digits(text: str) -> str | None:
    """Digits with look-alike letters put right (`O5` gives `05`), or None when one is not a digit."""
    found = re.sub(r"[ .,]", "", text).translate(_TO_DIGITS)
    return found if _DIGITS_ONLY.fullmatch(found) else None


def distance(one: str, other: str) -> int:
    """Edits between two words."""
    return Levenshtein.distance(one, other)


def nearest(word: str, known: Collection[str], most: int) -> str | None:
    """The one known word within `most` edits, or None when there is none or two are equally near."""
    found = process.extract(word, list(known), scorer=Levenshtein.distance, score_cutoff=most, limit=2)
    if not found or (len(found) == 2 and found[0][1] == found[1][1]):
        return None
    return str(found[0][0])


def head_distance(text: str, head: str) -> int:
    """Edits between `head` and the best-fitting start of `text`."""
    size = len(head)
    return min(Levenshtein.distance(text[:length], head) for length in (size - 1, size, size + 1))


def iso_date(text: str) -> str | None:
    """`20090618`, also as `2009.0618` or `2009O618`, as an ISO date; None when it is no date."""
    found = digits(text)
    if found is None or len(found) != 8:
        return None
    try:
        value = date(int(found[:4]), int(found[4:6]), int(found[6:]))
    except ValueError:
        return None
    return value.isoformat() if 1900 <= value.year <= MAX_YEAR else None


def two_digits(text: str) -> str | None:
    """`1`, `01`, `001` or `O1` as `01`; None for zero, for more than 99 and for no number."""
    found = digits(text)
    if found is None or len(found) > 3 or not 1 <= int(found) <= 99:
        return None
    return f"{int(found):02d}"


def differs(raw: str, value: str) -> bool:
    """Whether reading `value` out of `raw` took more than dropping blanks and capitalising."""
    return re.sub(r"\s+", "", raw).upper() != re.sub(r"\s+", "", value).upper()

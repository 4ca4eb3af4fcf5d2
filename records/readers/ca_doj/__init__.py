"""The reader of California Department of Justice RAP sheets, as text.

Written for the format: event headers first, then count lines, charges, outcomes and sentences. Every
keyword is also recognised through the damage that printing and scanning do. A conviction is read
only from a `DISPO:` line that holds the word.
"""

from __future__ import annotations

import re

from records.readers.ca_doj.assemble import Assembler
from records.readers.ca_doj.counts import learn_charges
from records.readers.ca_doj.lines import Mark, classify
from records.readers.types import Reading, SourceLine

__all__ = ["read", "recognises"]

_BREAK = re.compile(r"\r\n|\r|\n")
_MARKS_OF_LAYOUT = (
    re.compile(r"^\W{0,3}C[I1L|!]{2}\s*/", re.MULTILINE),
    re.compile(r"^\W{0,3}(?:\wRR|ARR)/DET.?/CITE|^\W{0,3}COURT\s?:|^\W{0,3}CUSTODY\s?:", re.MULTILINE),
    re.compile(r"^\W{0,3}.NT\s?[:;]\s?\w{2}", re.MULTILINE),
    re.compile(r"^\W{0,3}D\s?I\s?S\s?P\s?O\s?[:;]", re.MULTILINE),
    re.compile(r"NAM\s?/\s?\S\S "),
)


def recognises(text: str) -> float:
    """The share of the layout's tell-tale lines that the text holds, 0 to 1."""
    upper = text[:200_000].upper()
    return sum(1 for mark in _MARKS_OF_LAYOUT if mark.search(upper)) / len(_MARKS_OF_LAYOUT)


def looks_scanned(lines: list[SourceLine], marks: list[Mark]) -> bool:
    """Whether the sheet went through a scanner: the printed form indents charges and results."""
    results = [
        line.text
        for line, mark in zip(lines, marks, strict=True)
        if mark.kind in {"status", "sentence"}
        or (mark.kind == "unknown" and re.match(r"^\s*\d[\w.()]+ [A-Z]{2}", line.text))
    ]
    return bool(results) and not any(text.startswith((" ", "\t")) for text in results)


def read(text: str) -> Reading:
    """Read any text; what is not understood is kept line by line and nothing is raised."""
    lines = [SourceLine(number, line) for number, line in enumerate(_BREAK.split(text), start=1)]
    marks = [classify(line.text) for line in lines]
    scanned = looks_scanned(lines, marks)
    assembler = Assembler(lines, marks, scanned)
    if scanned:
        assembler.seen_charges = learn_charges(lines, marks)
    return assembler.run()

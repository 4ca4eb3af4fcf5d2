"""What a charge line says: section, code, words, level; and the flags of `-FLAG` lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from records.readers.ca_doj.ocr import DIGIT, clean, distance, fold, nearest, squash
from records.readers.ca_doj.words import CHARGES, CODES, FLAGS, PLAIN_DESCRIPTIONS

_PART = r"\d+[A-Z]{0,2}(?:\.\d+)?[A-Z]?(?:\([A-Z0-9]{1,4}\))*"
_SECTION = re.compile(rf"{_PART}(?:[/-]{_PART})*|\d+ {_PART}")
_LINE = re.compile(
    r"^[^\w(]{0,3}(?P<section>[\dOQIlSBZG@©][\w.,:()/@©|!-]*(?:\s{0,3}\([\w@©]+\)?|\s[\w.,()@©]+)??)"
    r"(?:\s+|(?<=\)))(?P<code>[A-Z&8051(\u25af]{1,5})\s*(?P<dash>[-~_.=*]+)\s*(?P<words>.*)$"
)
_NO_DASH = re.compile(
    r"^[^\w(]{0,3}(?P<section>[\dQ@©][\w.,()/@©-]*(?:\s?\([\w@©]+\))*)\s+(?P<code>[A-Z]{2,5})(?:\s+(?P<words>[A-Z].*))?$"
)
_CHRG = re.compile(
    r"^(?P<section>\d\S*(?:\s\d\S*|\s\(\w+\))?)\s+(?P<code>[A-Z]{2,5})(?:[\s-]+(?P<words>.*))?$"
)
_TOC = re.compile(r"\s*\b[T7I][O0QC][CGO(]\s*[:;.,]\s*(?P<level>\S{0,2})\s*$")
_TOC_INSIDE = re.compile(r"\s*\bTOC\s*[:;]\s*(?P<level>[FMIN])\b")
_PARTED_CODE = re.compile(r"(?<=[\s)])(?:P C|H S|V C|B P|W I)(?=\s?-)")
_SENTENCING = re.compile(r"^\W*1[1I]70\s*\([HN]\)\S*\s+\S+\s*-?\s*SENT", re.IGNORECASE)
_ATTEMPT_FRONT = re.compile(r"^664(?:\([a-z0-9]\))*[/-](?=\d)")
_ATTEMPT_BEHIND = re.compile(r"(?<=[\d)a-z])[/-]664(?:\([a-z0-9]\))*$")
_LITERALS = {fold(row[2]): row[2] for row in CHARGES} | {fold(w): w for w in PLAIN_DESCRIPTIONS}
_SECTIONS: dict[str, list[tuple[str, str]]] = {}
for _row in CHARGES:
    _SECTIONS.setdefault(_row[2], []).append(_row[:2])
# Characters that scanners take for one another.
_ALIKE = (
    *({"0", "8", "6", "9"}, {"5", "6", "3"}, {"1", "7"}, {"3", "8"}, {"2", "7"}),
    {"e", "f"},
    {"c", "g"},
)


@dataclass(slots=True)
class Charge:
    """A charge as read; `repairs` holds pairs of what is printed and what it was read as."""

    section: str | None
    code: str | None
    words: str | None
    level: str | None = None
    attempted: bool = False
    repairs: list[tuple[str, str]] = field(default_factory=list)


def is_sentencing(text: str) -> bool:
    """`1170(H) PC-SENTENCING` tells how the sentence is served and is not the charge."""
    return bool(_SENTENCING.match(clean(text)))


def split_level(text: str) -> tuple[str, str | None, bool]:
    """The text without its `TOC:` mark, the level (None when unreadable), and whether a mark was there."""
    match = _TOC.search(text) or _TOC_INSIDE.search(text)
    if not match:
        return text, None, False
    level = match["level"].upper().strip(".,")
    rest = (text[: match.start()] + text[match.end() :]).strip()
    return rest, level if level in {"F", "M", "I", "N"} else None, True


def normal_section(raw: str) -> tuple[str | None, bool, bool]:
    """A section in its normal form, whether it was joined to 664, and whether it was repaired.

    `647 (B)` gives `647(b)`, `490,5(A)` gives `490.5(a)`, `664/211` gives `211`; None when the print is
    no section at all.
    """
    text = raw.strip(" .").upper()
    federal = re.fullmatch(r"(\d{1,2}) (\d[\w.()-]*)", text)
    plain = text if federal else re.sub(r"\s+", "", text)
    repaired = re.sub(r"[,:](?=\d)", ".", plain)
    changed = repaired != text
    if not _SECTION.fullmatch(repaired):
        changed = True
        number = re.match(rf"{DIGIT}+", repaired)
        if number:
            head = number.group().translate(str.maketrans("OQDIL|!SZ@©", "00011115200"))
            repaired = head + repaired[number.end() :]
        if repaired.count("(") > repaired.count(")"):
            repaired = re.sub(r"\((\w)\w?$", r"(\1)", repaired)
        if not _SECTION.fullmatch(repaired):
            return None, False, True
    section = repaired.lower()
    cut = _ATTEMPT_BEHIND.sub("", _ATTEMPT_FRONT.sub("", section))
    return cut, cut != section, changed


def normal_code(raw: str) -> tuple[str | None, bool]:
    """A code of law, and whether it was repaired. Unknown letters stand: local codes are many."""
    if len(raw) < 2 or "\u25af" in raw:
        return None, True
    if raw in CODES:
        return raw, False
    if raw.isalpha() and len(raw) > 2:
        return raw, False
    folded = fold(raw)
    if folded in CODES:
        return folded, True
    near = nearest(folded, ("PC", "HS", "VC", "BP", "WI"), 1) if len(folded) == 2 else None
    if near:
        return near, True
    return (raw, False) if raw.isalpha() else (None, True)


def parse_charge(text: str, loose: bool = False) -> Charge | None:
    """A line `section CODE-words`, or None. `loose` also takes a line whose dash is missing."""
    body, level, _marked = split_level(clean(text).strip())
    upper = body.upper()
    parted = _PARTED_CODE.search(upper)
    if parted:
        upper = upper.replace(parted.group(), parted.group().replace(" ", ""), 1)
    match = _LINE.match(upper)
    if match is None and loose:
        match = _NO_DASH.match(upper)
        if match and match["code"] not in CODES:
            match = None
    if match is None:
        return None
    if sum(character.isdigit() for character in match["section"]) < 1:
        return None
    section, attempted, changed = normal_section(match["section"])
    code, code_changed = normal_code(match["code"])
    if code is None and section:
        # The wording and the section together tell the code.
        known = _SECTIONS.get(_LITERALS.get(fold(match["words"] or ""), ""), [])
        code = next((row_code for row_code, row_section in known if row_section == section), None)
    if code is None or (section is None and code not in CODES):
        return None
    words = " ".join((match["words"] or "").split()).strip(" -") or None
    charge = Charge(section, code, words, level, attempted)
    if changed and section:
        charge.repairs.append((match["section"], section))
    if parted:
        charge.repairs.append((parted.group(), code))
    if code_changed and code:
        charge.repairs.append((match["code"], code))
    return charge


def parse_comment_charge(text: str) -> Charge | None:
    """What follows `CHRG-` in a comment: `653.22(A) PC LOITERING …`, with local codes, or words alone."""
    body, level, _marked = split_level(clean(text).strip(" -:"))
    upper = body.upper()
    match = _CHRG.match(upper)
    if match is None:
        return Charge(None, None, " ".join(upper.split()), level) if upper.strip() else None
    section, attempted, changed = normal_section(match["section"])
    words = " ".join((match["words"] or "").split()) or None
    charge = Charge(section, match["code"], words, level, attempted)
    if changed and section:
        charge.repairs.append((match["section"], section))
    return charge


def _one_look_alike(one: str, other: str) -> bool:
    """Whether two sections of one length differ in a single digit that scanners mistake."""
    differing = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    return (
        len(one) == len(other) and len(differing) == 1 and any(set(differing[0]) <= alike for alike in _ALIKE)
    )


def repair_scanned(charge: Charge, seen: dict[str, set[tuple[str, str]]]) -> None:
    """Put right a charge of a scanned sheet in place, noting each repair.

    The words are taken from the list of wordings, or from the sheet itself, when they are nearly one of
    them. A section that the wording contradicts by one look-alike digit, or that could not be read, is
    taken from the wording when that leaves one answer; `seen` holds the sheet's own clean charges.
    """
    if not charge.words:
        return
    tight = re.sub(r"\s*([:/])\s*", r"\1", charge.words).strip(" .,'_-")
    folded = fold(tight)
    literal = _LITERALS.get(folded)
    if literal is None:
        own = {fold(words): words for words in seen}
        near = nearest(folded, {**own, **_LITERALS}, max(1, len(folded) // 7))
        literal = (_LITERALS.get(near) or own[near]) if near else None
    if literal and literal != tight:
        charge.repairs.append((charge.words, literal))
    charge.words = literal or tight
    if literal is None:
        return
    answers = {*_SECTIONS.get(literal, []), *seen.get(literal, set())}
    sections = {section for code, section in answers if code == charge.code}
    if charge.section in sections:
        return
    if charge.section is None:
        if len(sections) == 1:
            charge.section = sections.pop()
            charge.repairs.append(("", charge.section))
        return
    near_sections = [
        section
        for section in sections
        if fold(charge.section) == fold(section) or _one_look_alike(charge.section, section)
    ]
    if len(near_sections) == 1:
        charge.repairs.append((charge.section.upper(), near_sections[0]))
        charge.section = near_sections[0]


def parse_flags(text: str) -> list[tuple[str, str | None]] | None:
    """The flags of a `-FLAG` line, each as printed and as known (None when unknown); None: no flag line."""
    body = clean(text).strip()
    upper = body.upper()
    dashed = re.match(r"^[^\w]{0,2}[-~_]\s*[A-Z]", upper)
    parts = [
        part.strip(" .,") for part in re.split(r"(?:^|\s)[-~_]+\s*", upper.strip(" .'")) if part.strip(" .,")
    ]
    found: list[tuple[str, str | None]] = []
    for part in parts:
        key = squash(part)
        known = FLAGS.get(key)
        if known is None and len(key) >= 6:
            near = nearest(fold(part), FLAGS, 1 if distance(fold(part), "WARRANT") <= 1 else 2)
            known = FLAGS[near] if near else None
        found.append((part, known))
    if not found or len(body) > 60:
        return None
    if dashed or all(known for _part, known in found):
        return found
    return None

"""What a `DISPO:` line and a `SEN:` line say.

The types and the words of sentences are those of the reader's published schema. The order of the
rules matters: a later relief often holds the words of an earlier outcome (`CONV SET ASIDE & DISM`).
"""

from __future__ import annotations

import re

from records.readers.ca_doj.ocr import digits, distance, fold, head_distance, nearest, squash
from records.readers.types import Sentence

# Letters-and-digits forms. First match wins.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"DENIED|NOTCONVICTED|UNSEALED|WITHDRAWN$", "other"),
        (r"^CONVICTIONCERT", "other"),
        (r"^(CONV(ICTION)?|VERDICT|PLEA).*SETASIDE|^SETASIDE(&|AND)?DISM|PER12034", "set_aside"),
        (
            r"^(CONV(ICTION)?S?|JUDGMENT|ARREST(&|AND)?CONV(ICTION)?)?VACATED|VACATED.*PER(23614|14737)",
            "vacated",
        ),
        (r"SEALED", "sealed"),
        (r"^RESENTENCED.*REDUCED|^(FELONY|CHARGE|CONV(ICTION)?|OFFENSE)?REDUCED", "reduced"),
        (r"^DIVERSION.*DISM", "dismissed"),
        (r"^(PETITION|CASE|CHARGES?|COUNTS?|ALLDISM)?DISM(ISSED|D)?(?!ISSAL)", "dismissed"),
        (r"^(FOUND)?NOTGUILTY(?!.*INSAN)|^ACQUITTED", "acquitted"),
        (r"^PROS(ECUTOR)?REJ", "prosecutor_rejected"),
        (r"^(RELEASED)?DETENTIONONLY", "detention_only"),
        (r"^DIVERTED", "diverted"),
        (r"^HELDTOANSWER", "held_to_answer"),
        (r"^PROC(EEDINGS)?SUSP", "proceedings_suspended"),
        (r"^PETITIONSUSTAINED", "juvenile_sustained"),
        (r"^SEN(TENCE)?MOD", "sentence_modified"),
        (r"^PROB(ATION)?(REVOKED(AND)?)?REINST", "probation_reinstated"),
        (r"^PROB(ATION)?REV(OKED|OC|$)", "probation_revoked"),
        (r"^PROB(ATION)?TERM", "probation_terminated"),
        (r"^(PAROLE)?DISCHARGED", "discharged"),
        (r"^(RE)?PAROLED", "paroled"),
        (r"^NOLONGERINTERESTED", "no_longer_interested"),
        (r"^CONVICTED", "convicted"),
    )
)

# Heads for damaged text, each with its type; the `other` ones compete so that a bench warrant or a
# clerk's certificate is never bent into something else.
_HEADS: tuple[tuple[str, str], ...] = tuple(
    (fold(head), kind)
    for head, kind in (
        ("CONVICTED", "convicted"),
        ("CONVICTION", "other"),
        ("CONV SET ASIDE & DISM", "set_aside"),
        ("CONV VACATED PER", "vacated"),
        ("DISMISSED", "dismissed"),
        ("PETITION DISMISSED", "dismissed"),
        ("PETITION SUSTAINED", "juvenile_sustained"),
        ("DIVERSION COMPLETED-DISMISSED", "dismissed"),
        ("DIVERTED", "diverted"),
        ("ACQUITTED", "acquitted"),
        ("PROS REJ", "prosecutor_rejected"),
        ("RELEASED/DETENTION ONLY", "detention_only"),
        ("RELEASED TO", "other"),
        ("HELD TO ANSWER", "held_to_answer"),
        ("PROC SUSP", "proceedings_suspended"),
        ("REDUCED TO", "reduced"),
        ("RESENTENCED/REDUCED", "reduced"),
        ("ARREST SEALED", "sealed"),
        ("RECORD SEALED", "sealed"),
        ("SENTENCE MODIFIED", "sentence_modified"),
        ("PROBATION REVOKED", "probation_revoked"),
        ("PROBATION REINSTATED", "probation_reinstated"),
        ("PROBATION TERMINATED", "probation_terminated"),
        ("PAROLED", "paroled"),
        ("PAROLE", "other"),
        ("DISCHARGED", "discharged"),
        ("NO LONGER INTERESTED", "no_longer_interested"),
        ("BENCH WARRANT", "other"),
        ("DEFENDANT", "other"),
        ("RIGHT TO", "other"),
        ("STRICKEN", "other"),
        ("PLEA", "other"),
    )
)

_SEVERITIES = {"MISDEMEANOR": "M", "FELONY": "F", "INFRACTION": "I"}


def disposition_type(text: str) -> tuple[str, bool]:
    """The type of the words after `DISPO:`, and whether they were read as printed.

    Damaged words are matched by their start, with one to three edits after their length; `convicted`
    needs its own word within two edits. What matches nothing is `other`.
    """
    plain = squash(text)
    for pattern, kind in _RULES:
        if pattern.search(plain):
            return kind, True
    folded = fold(text)
    best, best_kind = 99, "other"
    for head, kind in _HEADS:
        found = head_distance(folded, head)
        allowed = 1 if len(head) < 9 else 2 if len(head) < 20 else 3
        if found <= allowed and found < best:
            best, best_kind = found, kind
    if best_kind != "other":
        # `12O3.4` and the like decide between a dismissal and a relief.
        if best_kind == "dismissed" and "PERIZOSA" in folded:
            best_kind = "set_aside"
        return best_kind, best == 0
    return "other", "\u25af" not in text and not re.search(r"[^A-Z0-9 /&.,:;()'#*+-]", text.upper().strip())


def severity(text: str) -> tuple[str | None, bool]:
    """`M`, `F` or `I` of a `CONV STATUS` line, and whether it was read as printed."""
    word = squash(text)
    if word in _SEVERITIES:
        return _SEVERITIES[word], True
    folded = fold(text)
    for name, letter in _SEVERITIES.items():
        if distance(folded, fold(name)) <= max(2, len(name) // 4) or folded.startswith(fold(name)):
            return letter, False
    return None, False


_TERM = re.compile(
    r"(?<![\w@©])(?P<number>[0-9OQDIL|!SBZG@©]{1,3})\s*(?P<unit>YEARS?|YRS?|Y|MONTHS?|MOS?|DAYS?|DAS?|DYS?|AYS|DS)\b\.?,?"
)
_UNITS = {"Y": "y", "M": "m", "D": "d", "A": "d"}
_PLACES = {
    "PROBATION": "probation", "PROB": "probation", "JAIL": "jail", "JL": "jail", "PRISON": "prison",
    "PRSN": "prison", "PRIS": "prison", "PRI": "prison",
}  # fmt: skip
_UNIT_WORDS = ("YEARS", "YEAR", "MONTHS", "MONTH", "DAYS", "DAY")
_OTHER_PHRASES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bFINE\s*S\s?S\b"), "fine suspended"),
    (re.compile(r"\bIMP(?:OSITION)?\s*(?:OF\s*)?SEN(?:TENCE)?\s*S(?:S|USP\w*)\b"), "imposition suspended"),
    (re.compile(r"\bEXEC?(?:UTION)?\s*(?:OF\s*)?SEN(?:TENCE)?\s*S(?:S|USP\w*)\b"), "execution suspended"),
    (re.compile(r"\bFINES?\b"), "fine"),
    (re.compile(r"\b(?:RESTN|RSTN|RESTITUTION|REST)\b"), "restitution"),
    (re.compile(r"\b(?:CONCURRENT(?:LY)?|CONC|CNCR)\b"), "concurrent"),
    (re.compile(r"\b(?:CONSECUTIVE(?:LY)?|CONSEC|CONS)\b"), "consecutive"),
)
_VOCABULARY = (
    "PROBATION", "JAIL", "PRISON", *_UNIT_WORDS, "FINE", "FINES", "FINESS", "RESTN", "RSTN", "RESTITUTION",
    "CONCURRENT", "CONSECUTIVE", "IMP", "EXEC", "SEN", "SS", "PROB", "SUSP",
)  # fmt: skip
_LONG_WORDS = tuple(word for word in _VOCABULARY if len(word) >= 4 and word not in {"YEAR", "MONTH", "FINES"})
_SPACED = re.compile(
    "|".join(
        rf"\b{' ?'.join(word)}\b"
        for word in (
            "PROBATION",
            "CONCURRENT",
            "CONSECUTIVE",
            "MONTHS",
            "YEARS",
            "DAYS",
            "PRISON",
            "JAIL",
            "RESTN",
        )
    )
)
_WORD = re.compile(r"[^\s,;]+")


def _repair_words(text: str) -> tuple[str, bool]:
    """Sentence words put right (`PR0BATION`, `MONTNS`); whether every word was known as printed."""
    joined = _SPACED.sub(lambda match: match.group().replace(" ", ""), text)
    exact = joined == text

    def repaired(match: re.Match[str]) -> str:
        nonlocal exact
        word = match.group().strip(".*'_")
        if word in _VOCABULARY or digits(word):
            return word
        if fold(word) in _VOCABULARY:
            exact = False
            return fold(word)
        if len(word) < 4 or not re.search(r"[A-Z]{2}", word):
            return word
        near = nearest(fold(word), _LONG_WORDS, 1 if len(word) < 8 else 2)
        if near is None:
            return word
        exact = False
        return near

    words = _WORD.sub(repaired, joined)
    return words, exact


def is_sentence_text(text: str) -> bool:
    """Whether a line holds nothing but the words and numbers of a sentence."""
    words = _WORD.findall(_repair_words(text.upper())[0])
    meaning = sum(1 for word in words if word.strip(".") in _VOCABULARY)
    return bool(words) and meaning > 0 and all(w.strip(".") in _VOCABULARY or digits(w) for w in words)


def parse_sentence(text: str) -> tuple[Sentence | None, list[str]]:
    """The terms of a whole `SEN:` text, and in words what had to be repaired or withheld.

    A number that cannot be a term is withheld. Three-digit numbers from 900 on are the scanner's
    slashed zero in front (`905 DAYS` for `005 DAYS`): no term on these sheets has that size.
    """
    upper, exact = _repair_words(text.upper())
    notes = [] if exact else ["a word of the sentence was repaired"]
    terms: dict[str, list[str]] = {}
    pending: list[str] = []
    end = 0
    for match in _TERM.finditer(upper):
        if pending and re.search(r"[,;]", upper[end : match.start()]):
            pending = []
        end = match.end()
        number = digits(match["number"])
        if number is None or (not match["number"].isdigit() and len(number) < 2):
            notes.append(f"the number {match['number']} could not be read")
            continue
        if len(number) == 3 and int(number) >= 900:
            notes.append(f"{match['number']} is read as 0{number[1:]}: the scanner's zero with a stroke")
            number = "0" + number[1:]
        elif number != match["number"]:
            notes.append(f"{match['number']} is read as {number}")
        if int(number) == 0:
            notes.append(f"the number {match['number']} could not be read")
            continue
        pending.append(f"{int(number)}{_UNITS[match['unit'][0]]}")
        after = re.match(
            r"\s*(?:(?:IN|OF|COUNTY|CO|STATE|SUMMARY|FORMAL|INFORMAL|CONDITIONAL|SUPERVISED|COURT|THE)\s+)*([A-Z]+)",
            upper[end:],
        )
        place = _PLACES.get(after[1]) if after else None
        if place:
            terms.setdefault(place, pending)
            pending = []
    if len(re.findall(r"\b(?:YEARS?|MONTHS?|DAYS?)\b", upper)) > len(_TERM.findall(upper)):
        notes.append("a term of the sentence could not be read")
    rest = upper
    other = []
    for pattern, name in _OTHER_PHRASES:
        rest, found = pattern.subn(" ", rest)
        if found:
            other.append(name)
    if not terms and not other:
        return None, notes
    joined = {place: " ".join(parts) for place, parts in terms.items()}
    return Sentence(**joined, other=sorted(other)), notes


def merge(first: Sentence | None, second: Sentence) -> Sentence:
    """A sentence continued in a comment: the first print of a term stands, the lists are joined."""
    if first is None:
        return second
    return Sentence(
        probation=first.probation or second.probation,
        jail=first.jail or second.jail,
        prison=first.prison or second.prison,
        other=sorted({*first.other, *second.other}),
    )

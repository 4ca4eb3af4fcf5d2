"""What one line of a California DOJ sheet is, looked at by itself.

`classify` gives each line a `Mark`: its kind and the parts it holds. Keywords are matched as printed
first and then through scanning damage; a line that matches nothing is `unknown` and stays with the
reviewer. What a line means beside its neighbours is the business of `assemble`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from records.readers.ca_doj.ocr import DIGIT, clean, digits, distance, fold, nearest, squash, two_digits
from records.readers.ca_doj.words import AGENCY_CODES, HEADER_STARTS, HEADERS, LABELS

MAX_LINE = 400  # characters looked at; the format prints 80 columns


@dataclass(slots=True)
class Mark:
    """The kind of a line, the text after its keyword, and whether the keyword was damaged.

    `kind`: blank, row_star, row_dash, row_long, smudge, end, page, notice, subject, header, name, date,
    agency, count, number, result, status, sentence, comment, level, info, label, unknown.
    """

    kind: str
    rest: str = ""
    damaged: bool = False
    values: dict[str, str] = field(default_factory=dict)


_ROW = re.compile(r"^[\s\u25af*\-.,'`_~=\"^]+$")
_PAGE = re.compile(
    r"^\W*P[A4@]G[E3O0]?\s*\d+(\s*[O0Q]F\s*\d+)?\W*$|^\W*P\w{2,3}\s+\d+\s+\wF\s+\d+\W*$"
    r"|HTTPS?:/|WWW\.|^\W*\d{1,2}/\d{1,2}/\d{2,4}\b|^RE:\s*QH|^RE:\s*\w{2,4}\.CA|^ATTN:"
    r"|^RESTRICTED\b|^\W{1,3}\d{1,3}\W{1,3}$"
    r"|^\W?\w\w\s?[:;]\s*QH|DO NOT USE FOR|CERTIFICATION PURPOSES|STATE OF CALIFORNIA"
    r"|^BUREAU OF CRIMINAL|^REQUEST RECEIVED|RECORD REVIEW COPY|^DEPARTMENT OF JUSTICE"
)
_NOTICE = re.compile(
    r"^\*\*|PALM PRINT|SOURCE RECORD|ADDITIONAL INFORMATION|CONSOLIDATED|STRIKE|\bDNA\b|LIVE SCAN"
    r"|^III\b|NO (?:CRIMINAL )?RECORD|CALIFORNIA ONLY"
)
_CHARGE_LIKE = re.compile(r"^\W?\d[\w.,()/-]*\s+[A-Z]{2,5}\s?-")  # a charge may speak of DNA
_END = re.compile(r"\b\wN[D0O]\s*[O0Q]\w\s*M\w{2,3}[S5]\w?AG\w|ENDOFMESSAGE|END OF M\w{4,7}\b")
_COUNT = re.compile(
    rf"^[^\w©@(]{{0,3}}(?P<word>CNT|COUNT|C\s?N\s?T|[CG6E(O\u25af][NHMWK\u25af][TI1Y7L\u25af]|NT|CT|CN)\s*(?P<mark>[:;.,]?)\s*"
    rf"(?P<first>{DIGIT}{{1,3}})(?P<more>(?:\s*(?:-|~|,|&|TO)\s*{DIGIT}{{1,3}})*)(?![A-Z0-9@©])(?P<rest>.*)$"
)
_RESULT = re.compile(
    r"^\W{0,4}(?P<word>[D0O]\s?[I1L|!]\s?[S5]\s?P\s?[O0Q])\s*(?P<mark>[:;.,]?)\s*(?P<rest>.*)$"
)
_STATUS = re.compile(r"^\W{0,3}(?P<word>CONV\.?\s+ST[A-Z0-9]{3,5})\s*[:;.]\s*(?P<rest>.*)$")
_SENTENCE = re.compile(r"^\W{0,3}(?P<word>X?\s?S\s?E\s?N)\s*(?P<mark>[:;.])\s*(?P<rest>.*)$")
_COMMENT = re.compile(r"^\W{0,3}(?P<word>[C(]\s?[O0Q]\s?[MNH])\s*(?P<mark>[:;])\s*(?P<rest>.*)$")
_LEVEL = re.compile(r"^\W{0,3}T[O0Q]C\s*[:;.]\s*(?P<rest>[A-Z]?)\W*$")
_INFO = re.compile(
    r"^\W{0,3}(DCN|SCN|ARR BY|WARRANT\s*#|CRT\b|SEN FROM|ADR|DOI|BAIL\b|BOOKING|LOC\b|CASE NBR|WARR?ANT NBR)"
)
_NAME = re.compile(rf"^\W{{0,3}}(?:NAME|[NMHW][A4][MNH])\s*[:;.,]\s*(?P<id>{DIGIT}{{1,3}})\W*(?P<rest>.*)$")
_TAIL = re.compile(
    rf"(?:^|\s)\W?(?:(?:[NMHW]?[A4\u25af][MNH\u25af]|N\W?M|NA)E?\s*[:;.,]\s*{DIGIT}{{1,3}}|[0OD]?[D0O][O0Q][B8]\s*[:;.,]\s*{DIGIT}{{6}}|\S{{2,4}}\s*[:;]\s*{DIGIT}{{8}}\W*$)"
)
_TAIL_NAME = re.compile(
    rf"(?:[NMHW]?[A4\u25af][MNH\u25af]|N\W?M|NA)E?\s*[:;.,]\s*(?P<id>{DIGIT}{{1,3}})(?!\w)"
)
_TAIL_DOB = re.compile(rf"\S{{2,4}}\s*[:;.,]\s*(?P<dob>{DIGIT}(?:[. ,]?{DIGIT}){{7}})(?!\w)")
_DATE = re.compile(rf"^[^\w©@]{{0,2}}(?P<date>{DIGIT}(?:[., ]?{DIGIT}){{7}})[.,]?(?![\w@©])\s*(?P<rest>.*)$")
_DATE_GLUED = re.compile(r"^\W{0,2}(?P<date>[12]\d{7})(?P<rest>CA[A-Z]{2}\s.*)$")
_DATE_BAD = re.compile(r"^\W{0,2}(?P<date>[12I]\d[\d.OQIlSB]{4,7})\s+(?P<rest>CA[A-Z]{2}\s.*)$")
_AGENCY = re.compile(r"^\W{0,2}(?P<rest>CA[A-Z]{2}\s+[A-Z].*)$")
_NUMBER = re.compile(r"^[^\w#]{0,3}#\s*(?P<rest>[A-Z0-9@©(].*)$")
_HEADER = re.compile(
    r"^[^\w]{0,4}(?P<head>[A-Z0-9@|!(][A-Z0-9@|!() /.,&*'-]{2,40}?)\s*[:;](?P<more>[A-Z /&-]*)[\s.]*$"
)
_SUBJECT = re.compile(
    r"^\W{0,3}(?:(?P<cii>[CG(][I1L|!T]{2}\s*/)|(?P<dob>[D0O][O0Q][B8]\s*/)|(?P<nam>[NMH][A4][MNH]\s*/)|(?P<mon>M[O0Q]N(?:IKERS?)?\s*/)"
    r"|(?P<other>(?:HGT|FBI|SOC|CDL|OLN|OCC|POB|SMT|AKA|MMN|INN|IDN|SID|FPC|DMV|EYE|SEX|RAC|MISC?)\s*/))(?P<rest>.*)$"
)
_NAME_MORE = re.compile(r"^[^\w@©]{0,2}(?P<id>[0-9O@©QIl]{2,3})\s+(?P<rest>[A-Z(][A-Z0-9' .,@(|!-]+)$")
_FOLDED_HEADERS = {fold(head): kind for head, kind in HEADERS.items()}
_FOLDED_STARTS = tuple(fold(head) for head in HEADER_STARTS)
_LABELS = {fold(label) for label in LABELS}
_FOLDED_AGENCIES = {fold(code): code for code in AGENCY_CODES}


def _row(text: str) -> str | None:
    """The kind of a row of asterisks or dashes; rows of eight and more asterisks frame notices."""
    if not _ROW.match(text):
        return None
    stars, dashes = text.count("*"), text.count("-")
    if stars >= 2 and stars >= dashes:
        return "row_star" if stars <= 7 else "row_long"
    return "row_dash" if dashes >= 2 else "smudge"


def header_type(head: str) -> tuple[str | None, bool]:
    """Event type of the letters of a header, through damage; the type is None when no header is near."""
    folded = fold(head)
    if folded in _FOLDED_HEADERS:
        return _FOLDED_HEADERS[folded], squash(head) != folded
    for start in _FOLDED_STARTS:
        if folded.startswith(start) and len(folded) <= len(start) + 16:
            return _FOLDED_HEADERS[start], False
    if len(folded) < 4:
        return None, True
    near = nearest(folded, _FOLDED_HEADERS, 1 if len(folded) < 8 else 3)
    if near:
        return _FOLDED_HEADERS[near], True
    for start in _FOLDED_STARTS:
        if len(folded) >= 7 and distance(folded[: len(start)], start) <= 1:
            return _FOLDED_HEADERS[start], True
    return None, True


def _header(upper: str) -> Mark | None:
    tail = _TAIL.search(upper)
    colon = None
    if tail and tail.start() > 0:
        head, rest = upper[: tail.start()], upper[tail.start() :]
        if len(head) > 45 or squash(head) == "":
            return None
    else:
        colon = _HEADER.match(upper)
        if colon is None:
            plain = squash(upper)
            if plain in HEADERS and len(upper.split()) <= 2:
                return Mark("header", values={"type": HEADERS[plain], "bare": "1"}, damaged=True)
            return None
        head, rest = f"{colon['head']}:{colon['more']}", ""
    if squash(head.split(":")[0]) in LABELS or fold(head) in _LABELS:
        return None
    kind, damaged = header_type(head)
    values: dict[str, str] = {}
    if kind is None:
        # The colon tells an unknown header from any words that happen to stand before a name mark.
        if not (re.search(r"[:;]\s*$", head.rstrip()) or colon):
            return None
        values["unknown"] = "1"
        kind = "other"
        if not re.fullmatch(r"[A-Z /&.:'-]{4,45}", head.strip()):
            return None
    values["type"] = kind
    if tail:
        values["tail"] = "1"
        name = _TAIL_NAME.search(rest)
        if name:
            values["id"] = name["id"]
        dob = _TAIL_DOB.search(rest)
        if dob:
            values["dob"] = dob["dob"]
    return Mark("header", rest, damaged, values)


def _subject(text: str, upper: str) -> Mark | None:
    match = _SUBJECT.match(upper)
    if match is None:
        more = _NAME_MORE.match(upper)
        if more and text == upper and two_digits(more["id"]):
            return Mark("subject", more["rest"], values={"part": "more", "id": more["id"]})
        return None
    part = next(name for name in ("cii", "dob", "nam", "mon", "other") if match[name])
    return Mark("subject", match["rest"].strip(), values={"part": part})


def _date(upper: str) -> Mark | None:
    match = _DATE.match(upper) or _DATE_GLUED.match(upper) or _DATE_BAD.match(upper)
    if match is None:
        return None
    raw, rest = match["date"], match["rest"].strip()
    if sum(character.isdigit() for character in raw) < 6 or not (digits(raw) or "").startswith(
        ("1", "2", "7")
    ):
        return None
    agency = agency_like(rest)
    result = bool(_RESULT.match(rest))
    if rest and not agency and not result:
        # A damaged agency: only the heading of an event may take such a line for its date.
        return (
            Mark("unknown", rest, values={"date": raw})
            if re.match(r"[A-Z\u25af][A-Z\u25af ]{4,}", rest)
            else None
        )
    return Mark("date", rest if agency else "", values={"date": raw, "after": rest if result else ""})


def agency_like(text: str) -> bool:
    """Whether words look like an agency: a four-letter code, then the place."""
    words = text.split()
    if len(words) < 2 or not 3 <= len(words[0]) <= 5 or len(words) > 9:
        return False
    folded = fold(words[0])
    if re.fullmatch(r"[CG]A[A-Z]{2}", folded) or folded in _FOLDED_AGENCIES:
        return True
    return nearest(folded, _FOLDED_AGENCIES, 1) is not None or bool(re.fullmatch(r"[A-Z]{4}", words[0]))


def _fuzzy_keyword(upper: str) -> Mark | None:
    """Keywords whose letters are damaged: the part before the first colon, folded, one or two edits off."""
    head, colon, rest = upper.partition(":")
    if not colon:
        head, colon, rest = upper.partition(";")
    if not colon or len(head) > 16:
        return None
    folded = fold(head)
    if len(folded) in (4, 5, 6) and distance(folded, "DISPO") <= 1:
        return Mark("result", rest.strip(), True)
    if len(folded) >= 8 and distance(folded, "CONVSTATUS") <= 3:
        return Mark("status", rest.strip(), True)
    if len(folded) in (2, 3) and distance(folded, "SEN") <= 1 and re.search(r"\d\s*(YEAR|MONTH|DAY)", rest):
        return Mark("sentence", rest.strip(), True)
    if folded in {"OM", "CCM", "CUM", "GOM"} and rest.strip():
        return Mark("comment", rest.strip(), True)
    return None


def classify(line: str) -> Mark:
    """The mark of one line, whatever it holds."""
    text = clean(line[:MAX_LINE]).strip()
    if not text:
        return Mark("blank")
    row = _row(text)
    if row:
        return Mark(row)
    upper = text.upper()
    match = _COUNT.match(upper)
    if match:
        damaged = match["word"] not in {"CNT", "COUNT"} or "\u25af" in text
        values = {"first": match["first"], "more": match["more"]}
        return Mark("count", match["rest"].strip(), damaged, values)
    match = _RESULT.match(upper)
    if match and (match["mark"] or match["rest"]):
        return Mark("result", match["rest"], match["word"] != "DISPO" or match["mark"] != ":")
    match = _STATUS.match(upper)
    if match:
        return Mark("status", match["rest"], match["word"] != "CONV STATUS")
    match = _SENTENCE.match(upper)
    if match:
        return Mark("sentence", match["rest"], match["word"] not in {"SEN", "XSEN"} or match["mark"] != ":")
    match = _COMMENT.match(upper)
    if match:
        return Mark("comment", match["rest"], match["word"] != "COM" or match["mark"] != ":")
    if _END.search(upper):
        return Mark("end")
    match = _NAME.match(upper)
    if match and not match["rest"].strip():
        return Mark("name", values={"id": match["id"]})
    mark = _date(upper)
    if mark:
        return mark
    match = _LEVEL.match(upper)
    if match:
        return Mark("level", match["rest"])
    mark = _subject(text, upper)
    if mark:
        return mark
    if _PAGE.search(upper):
        return Mark("page")
    mark = _fuzzy_keyword(upper)
    if mark:
        return mark
    # An OCR smudge has no header in it; looking for one in long lower-case noise only costs time.
    if not text.islower():
        mark = _header(upper)
        if mark:
            return mark
    if _INFO.match(upper):
        return Mark("info", upper)
    match = _NUMBER.match(text) or _NUMBER.match(upper)
    if match:
        return Mark("number", match["rest"])
    if _NOTICE.search(upper) and not _CHARGE_LIKE.match(upper):
        return Mark("notice")
    match = _AGENCY.match(upper)
    if match and agency_like(match["rest"]):
        return Mark("agency", match["rest"])
    if len(text) <= 6 and text.strip(" .,").isalpha() and text == text.lower():
        return Mark("smudge")
    if re.match(r"^[A-Z][A-Z #/]{1,18}:\s*\S", upper) and squash(upper.split(":")[0]) in LABELS:
        return Mark("label")
    return Mark("unknown")

"""One spelling for what is looked up exactly. Each function maps text to text; "" means nothing is left,
or that a number is not whole: half a number is nobody's, so it is neither kept nor looked for.
"""

from __future__ import annotations

import re
import unicodedata

_EXTENSION = re.compile(r"\s*(?:[,;#]|\b(?:ext|extension|x)\b\.?|x(?=\s*\d+\s*$)).*$", re.I)
_MAIL = re.compile(r"[^@]+@[^@.]+(\.[^@.]+)+")


def phone(text: str) -> str:
    """Digits with a country code, no extension: "(510) 555-0117 x3" and "+1 510 555 0117" are the same.

    A number without a code is taken for one of the United States: ten digits, or eleven with the 1. Others
    have 11 to 15 digits (E.164), 8 or more behind a + or an international prefix.
    """
    text = _EXTENSION.sub("", unicodedata.normalize("NFKC", text).strip())
    digits = re.sub(r"\D", "", text)
    abroad = text.lstrip("( ").startswith("+")
    if not abroad:
        for prefix in ("011", "00"):
            if digits.startswith(prefix) and len(digits) > 11:
                digits, abroad = digits.removeprefix(prefix), True
                break
    if len(digits) == 10 and not abroad:
        return f"1{digits}"
    return digits if (8 if abroad else 11) <= len(digits) <= 15 else ""


def email(text: str) -> str:
    """Lower case, without spaces. Dots and what follows a plus are kept: they tell mailboxes apart."""
    found = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold().rstrip(".")
    return found if _MAIL.fullmatch(found) else ""


def identifier(text: str) -> str:
    """Letters and digits in upper case, without the zeros that pad an A-number to nine digits."""
    return re.sub(r"^A0*(?=\d)", "A", _kept(text))


def by_kind(text: str, kind: str) -> str:
    """A number of this kind (`clients.models.Identifier.Kind`) in the spelling of its kind.

    SSN: nine digits. A-number: an A and seven to nine digits, however many zeros pad it, with or without
    its A. CII: seven to ten digits, with its letter where it has one. FBI: the universal control number,
    six to nine letters and digits. License or state ID: five characters or more.
    """
    kept = _kept(text)
    if kind == "ssn":
        return kept if re.fullmatch(r"\d{9}", kept) else ""
    if kind == "a_number":
        digits = re.sub(r"^(?:A|AR|ALIEN)?(?=\d)", "", kept).lstrip("0")
        return f"A{digits}" if re.fullmatch(r"\d{7,9}", digits) else ""
    if kind == "cii":
        kept = re.sub(r"^(?:CII|SID|CA)+(?=[A-Z]?\d)", "", kept)
        return kept if re.fullmatch(r"[A-Z]?\d{7,10}", kept) else ""
    if kind == "fbi":
        kept = re.sub(r"^(?:FBI|UCN)(?:NO)?(?=.)", "", kept)
        return kept if re.fullmatch(r"(?=.*\d)[0-9A-Z]{6,9}", kept) else ""
    return kept if len(kept) >= 5 else ""


def _kept(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())

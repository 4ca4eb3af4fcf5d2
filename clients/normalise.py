"""One spelling for what is looked up exactly. Each function maps text to text; "" means nothing is left."""

from __future__ import annotations

import re


def phone(text: str) -> str:
    """Digits with a country code: "(510) 555-0117" and "+1 510 555 0117" are the same."""
    digits = re.sub(r"\D", "", text)
    return f"1{digits}" if len(digits) == 10 else digits


def email(text: str) -> str:
    """Lower case, without spaces."""
    return re.sub(r"\s", "", text).casefold()


def identifier(text: str) -> str:
    """Letters and digits in upper case, without the zeros that pad an A-number to nine digits."""
    kept = re.sub(r"[^0-9A-Za-z]", "", text).upper()
    return re.sub(r"^A0*(?=\d)", "A", kept)

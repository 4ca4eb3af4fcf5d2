"""USCIS receipt numbers, and which forms have one of their own."""

import re
from dataclasses import dataclass

from visas.rules.base import count
from visas.rules.facts import Entry, law


@dataclass(frozen=True)
class ReceiptCheck:
    """`number` is the number as USCIS prints it, or None; then `error` says what to do.

    `office` is where that prefix began, "" for letters we do not know: a prefix never proves where the case
    is now.
    """

    number: str | None
    error: str = ""
    office: str = ""
    hint: str = ""


def check_receipt_number(text: str) -> ReceiptCheck:
    """Normalises (no spaces or dashes, capitals) and checks three letters and ten digits.

    Any three letters are accepted; unknown ones give a hint, not an error. The digits carry no rule that we
    could read in a source, so none is checked.
    """
    rule = law()["receipt_number"]["RN1"]
    value = re.sub(r"[\s\-\u2010-\u2015.]", "", text).upper()
    shape = f"A receipt number is three letters and ten digits, for example {rule['example']}."
    if not value:
        return ReceiptCheck(None, f"{shape} Type the one on the receipt notice.")
    if re.fullmatch(rule["pattern"], value):
        office = rule["prefixes"].get(value[:3], "")
        hint = "" if office else f"We do not know the letters {value[:3]}: compare them with the notice."
        return ReceiptCheck(value, office=office, hint=hint)
    length = len(rule["example"])
    if len(value) != length:
        return ReceiptCheck(None, f"{shape} This has {count(len(value), 'character')}.")
    letters, digits = value[:3], value[3:]
    if not re.fullmatch(r"[A-Z]{3}", letters):
        zero = " Is the 0 a letter O?" if "0" in letters else ""
        return ReceiptCheck(None, f"{shape} This begins with {letters}, which is not three letters.{zero}")
    odd = ", ".join(dict.fromkeys(c for c in digits if c not in "0123456789"))
    zero = " Is the O a zero?" if "O" in odd else ""
    return ReceiptCheck(None, f"{shape} After the letters this has {odd}, which is not a digit.{zero}")


@dataclass(frozen=True)
class FormCheck:
    """`form` is our name of the form, or None; then `error` says what to do."""

    form: str | None
    error: str = ""


def check_receipt_form(text: str) -> FormCheck:
    """The form a receipt number is for, as `visas/law/forms.yaml` names it (`I-914`, `I-914A`, `I-765` …)."""
    row = _form(text)
    known = ", ".join(receipt_forms())
    if row is None:
        return FormCheck(None, f"We do not know the form {text.strip()!r}. Forms with a receipt: {known}.")
    if not row["own_receipt"]:
        return FormCheck(None, f"Form {row.id} has no receipt number of its own. Forms with one: {known}.")
    return FormCheck(row.id)


def receipt_forms() -> tuple[str, ...]:
    """The forms that USCIS answers with a receipt number of their own (recalled), in the order of the law
    file.
    """
    return tuple(row.id for row in law()["forms"].values() if row["own_receipt"])


def _form(text: str) -> Entry | None:
    wanted = _squeezed(text)
    for row in law()["forms"].values():
        if wanted in {_squeezed(name) for name in (row.id, *row.data.get("also", ()))}:
            return row
    return None


def _squeezed(name: str) -> str:
    return re.sub(r"[\s\-\u2010-\u2015.]|^FORM", "", name.strip().upper())

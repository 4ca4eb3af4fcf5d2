"""Receipt numbers, and which forms have one."""

import pytest

from visas.rules import check_receipt_form, check_receipt_number, receipt_forms


@pytest.mark.parametrize(
    ("typed", "number", "office"),
    [
        ("IOE0123456789", "IOE0123456789", "electronic case system (also scanned paper)"),
        (" eac-24-012-34567 ", "EAC2401234567", "Vermont Service Center"),
        ("lin 24 012 34567", "LIN2401234567", "Nebraska Service Center"),
        ("WAC\u20112401234567", "WAC2401234567", "California Service Center"),
    ],
)
def test_a_receipt_number_is_brought_to_one_form(typed, number, office):
    check = check_receipt_number(typed)
    assert (check.number, check.office, check.error, check.hint) == (number, office, "", "")


def test_unknown_letters_are_taken_with_a_hint():
    check = check_receipt_number("XYZ2401234567")
    assert check.number == "XYZ2401234567"
    assert "XYZ" in check.hint


SHAPE = "A receipt number is three letters and ten digits, for example IOE0123456789."


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", f"{SHAPE} Type the one on the receipt notice."),
        ("IOE012345678", f"{SHAPE} This has 12 characters."),
        ("IOE01234567890", f"{SHAPE} This has 14 characters."),
        ("I", f"{SHAPE} This has 1 character."),
        ("I0E0123456789", f"{SHAPE} This begins with I0E, which is not three letters. Is the 0 a letter O?"),
        ("IOE01234567X9", f"{SHAPE} After the letters this has X, which is not a digit."),
        ("IOEO123456789", f"{SHAPE} After the letters this has O, which is not a digit. Is the O a zero?"),
        ("IOE012345678\u0669", f"{SHAPE} After the letters this has \u0669, which is not a digit."),
    ],
)
def test_an_error_says_what_to_do(typed, error):
    check = check_receipt_number(typed)
    assert (check.number, check.error) == (None, error)


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("I-914", "I-914"),
        ("i914", "I-914"),
        ("Form I-914 Supplement A", "I-914A"),
        ("I-914A", "I-914A"),
        ("I-765", "I-765"),
        ("I-192", "I-192"),
        ("I-485", "I-485"),
        ("I-131", "I-131"),
        ("I-539", "I-539"),
    ],
)
def test_a_form_with_a_receipt_of_its_own(typed, form):
    assert check_receipt_form(typed).form == form


@pytest.mark.parametrize(
    ("typed", "part"), [("G-28", "no receipt number of its own"), ("N-400", "do not know")]
)
def test_a_form_without_a_receipt_is_refused_with_the_list(typed, part):
    check = check_receipt_form(typed)
    assert check.form is None
    assert part in check.error
    assert "I-914A" in check.error


def test_supplement_b_and_the_medical_have_no_receipt():
    assert {"I-914B", "I-693", "G-28", "AR-11"}.isdisjoint(receipt_forms())

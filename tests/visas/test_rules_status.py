"""How long a status lasts, and a change of address."""

from datetime import date

import pytest

from visas.rules import RuleInputError, address_change, extension, period, status_end


@pytest.mark.parametrize(
    ("approved", "ends"),
    [
        ("2023-11-15", "2027-11-14"),
        ("2024-02-29", "2028-02-28"),
        ("2024-03-01", "2028-02-29"),
        ("2025-01-01", "2028-12-31"),
    ],
)
def test_status_lasts_four_years_less_a_day_when_no_notice_says_otherwise(approved, ends):
    answer = status_end(printed=None, approved=date.fromisoformat(approved))
    assert (answer.ends.isoformat(), answer.source, answer.flag) == (ends, "computed", "convention")


def test_a_printed_end_of_status_wins():
    answer = status_end(printed=date(2027, 5, 1), approved=date(2023, 11, 15))
    assert (answer.ends, answer.source, answer.flag) == (date(2027, 5, 1), "notice", "verified")


def test_status_cannot_end_before_it_begins():
    with pytest.raises(RuleInputError, match=r"before it began on Nov 15, 2023"):
        status_end(printed=date(2023, 11, 14), approved=date(2023, 11, 15))


@pytest.mark.parametrize(
    ("ends", "years", "expected"),
    [
        ("2027-03-09", 1, "2028-03-09"),
        ("2027-03-09", 2, "2029-03-09"),
        ("2028-02-29", 1, "2029-02-28"),  # four years from 1 March 2024, then one more
        ("2027-02-28", 1, "2028-02-28"),
    ],
)
def test_an_extension_runs_from_the_old_end(ends, years, expected):
    answer = extension(status_end_date=date.fromisoformat(ends), years=years)
    assert answer.new_status_end_date.isoformat() == expected


@pytest.mark.parametrize(
    ("what", "start", "expected"),
    [
        ("continued_presence", "2026-03-16", "2028-03-15"),
        ("Continued Presence", "2024-02-29", "2026-02-28"),
        ("child_interim_assistance", "2026-01-31", "2026-05-01"),
        ("receipt_chaser", "2026-09-01", "2026-10-31"),
        ("t_status", "2023-11-15", "2027-11-14"),
    ],
)
def test_a_fixed_period_ends_on_its_day_and_does_not_roll(what, start, expected):
    answer = period(what=what, start_date=date.fromisoformat(start))
    assert answer.end_date.isoformat() == expected
    assert answer.citation or answer.flag == "verified_secondary"


def test_an_unknown_period_names_the_known_ones():
    with pytest.raises(RuleInputError, match="continued_presence, child_interim_assistance"):
        period(what="holiday", start_date=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("moved", "due"),
    [("2026-12-18", "2026-12-28"), ("2026-12-15", "2026-12-25"), ("2026-11-04", "2026-11-14")],
)
def test_an_address_is_changed_in_ten_days_even_when_the_tenth_is_a_holiday(moved, due):
    assert address_change(move_date=date.fromisoformat(moved)).due_date.isoformat() == due

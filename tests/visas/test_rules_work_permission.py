"""Permission to work on a day, and the days without it."""

from datetime import date

import pytest

from visas.rules import Card, RuleInputError, basis_on, days_without, renewal_window


def card(first: str, last: str | None, category: str = "(c)(40)") -> Card:
    return Card(date.fromisoformat(first), date.fromisoformat(last) if last else None, category)


# cards -> days without permission from 2025-01-15 (counted) to 2026-11-21 (not counted), the running gap
WAITS = [
    ([], 675, 675),
    ([("2025-11-03", "2026-05-02"), ("2026-06-01", "2030-05-31")], 321, 0),
    ([("2026-06-01", "2030-05-31"), ("2025-11-03", "2026-05-02")], 321, 0),  # in any order
    ([("2025-11-03", "2026-05-02"), ("2025-12-01", "2026-03-01")], 494, 202),  # one inside the other
    ([("2025-11-03", "2026-05-02"), ("2026-04-01", "2026-06-30")], 435, 143),  # overlapping
    ([("2025-11-03", "2026-05-02"), ("2026-05-03", "2026-06-30")], 435, 143),  # back to back
    ([("2024-01-01", "2030-01-01")], 0, 0),
    ([("2024-01-01", "2025-01-15")], 674, 674),  # the last day of a card is a day with permission
    ([("2026-11-20", "2026-11-20")], 674, 0),
    ([("2026-11-21", "2027-11-20")], 675, 0),  # may work from today
    ([("2027-01-01", "2028-01-01")], 675, 675),
    ([("2025-01-15", None)], 0, 0),
]


@pytest.mark.parametrize(("cards", "days", "streak"), WAITS)
def test_days_without_permission_to_work(cards, days, streak):
    wait = days_without([card(*c) for c in cards], start=date(2025, 1, 15), as_of=date(2026, 11, 21))
    assert (wait.days, wait.streak) == (days, streak)
    assert sum(gap.days for gap in wait.gaps) == days


@pytest.mark.parametrize(
    ("cards", "sentence"),
    [
        ([], "675 days without permission to work, still running since Jan 15, 2025."),
        ([("2025-11-03", "2026-05-02")],
         "494 days without permission to work; 202 of them since May 3, 2026, still running."),
        ([("2025-11-03", "2030-05-02")], "292 days without permission to work; ended Nov 3, 2025."),
        ([("2025-01-16", "2030-05-02")], "1 day without permission to work; ended Jan 16, 2025."),
        ([("2025-01-01", "2030-05-02")], "No day without permission to work."),
        ([("2025-11-03", "2026-11-20")],
         "292 days without permission to work; without it again today."),
    ],
)  # fmt: skip
def test_the_wait_in_a_sentence(cards, sentence):
    wait = days_without([card(*c) for c in cards], start=date(2025, 1, 15), as_of=date(2026, 11, 21))
    assert wait.sentence == sentence
    assert wait.flag == "convention"


def test_a_wait_that_begins_today_or_later_has_no_days():
    assert days_without([], start=date(2026, 11, 21), as_of=date(2026, 11, 21)).days == 0
    assert days_without([], start=date(2026, 12, 1), as_of=date(2026, 11, 21)).days == 0


def test_an_automatic_extension_is_permission():
    stretched = Card(date(2023, 1, 1), date(2025, 1, 31), "(c)(9)", extended_to=date(2026, 7, 25))
    wait = days_without([stretched], start=date(2025, 1, 1), as_of=date(2026, 8, 1))
    assert wait.days == 6


@pytest.mark.parametrize(
    ("on", "category"),
    [
        ("2023-06-30", None),
        ("2023-07-01", "(c)(40)"),
        ("2023-11-15", "(a)(16)"),  # both are valid: the one that lasts longer
        ("2027-06-01", "(c)(9)"),
        ("2028-12-01", None),
    ],
)
def test_the_basis_on_a_day(on, category):
    cards = [
        card("2023-07-01", "2025-06-30"),
        card("2023-11-15", "2027-11-14", "(a)(16)"),
        card("2027-05-01", "2028-10-31", "(c)(9)"),
    ]
    basis = basis_on(cards, date.fromisoformat(on))
    assert basis.category == category
    assert (basis.sentence.startswith("No permission")) is (category is None)


def test_the_other_valid_cards_are_named():
    basis = basis_on(
        [card("2023-07-01", "2025-06-30"), card("2023-11-15", "2027-11-14", "(a)(16)")], date(2024, 1, 1)
    )
    assert (basis.category, basis.until, basis.others) == ("(a)(16)", date(2027, 11, 14), ("(c)(40)",))


def test_the_renewal_window_of_a_card():
    window = renewal_window(card("2023-11-15", "2027-11-14", "(a)(16)"))
    assert (window.opens, window.last_safe_receipt, window.ends) == (
        date(2027, 5, 18), date(2027, 11, 12), date(2027, 11, 14)
    )  # fmt: skip
    assert [window.state(date(2027, m, d)) for m, d in ((5, 17), (5, 18), (11, 12), (11, 13), (11, 15))] == [
        "too_early", "open", "open", "past_safe_day", "ended"
    ]  # fmt: skip


def test_a_card_that_ends_before_it_begins_is_refused():
    with pytest.raises(RuleInputError, match="ends before it begins"):
        card("2026-01-02", "2026-01-01")

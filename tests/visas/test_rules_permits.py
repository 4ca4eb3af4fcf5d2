"""Work permits, the bona fide track and the exception from reasonable requests."""

from datetime import date

import pytest

from visas.rules import RuleInputError, bona_fide_track, category_code, compliance_exception, ead


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# category, approved, valid to, renewal filed -> longest validity, renewal opens, automatically extended to
CARDS = [
    ("(c)(9)", "2026-02-10", None, "2027-03-01", "2027-08-09", "2027-02-10", None),
    ("(c)(9)", None, "2025-12-31", "2025-10-29", None, "2025-07-04", "2027-06-24"),
    ("(c)(9)", None, "2025-12-31", "2025-10-30", None, "2025-07-04", None),  # the day the rule ended
    ("(c)(9)", None, "2025-10-01", "2025-10-02", None, "2025-04-04", None),  # filed after expiry
    ("(c)(9)", None, "2025-10-01", "2025-10-01", None, "2025-04-04", "2027-03-25"),
    ("(c)(9)", "2025-12-05", None, None, "2027-06-04", "2026-12-06", None),
    ("(c)(9)", "2025-12-04", None, None, None, None, None),  # decided before the limit began
    ("(c)(9)", "2026-08-31", None, None, "2028-02-29", "2027-09-02", None),  # no 31 February
    ("(c)(9)", "2026-02-10", "2027-02-09", None, "2027-08-09", "2026-08-13", None),  # the printed end decides
    ("(c)(40)", "2026-02-10", "2030-02-09", "2025-10-01", None, "2029-08-13", None),
    ("A16", None, "2027-11-14", None, None, "2027-05-18", None),
    ("c25", None, None, None, None, None, None),
]


@pytest.mark.parametrize(("category", "approved", "to", "filed", "longest", "opens", "stretched"), CARDS)
def test_the_dates_of_a_card(category, approved, to, filed, longest, opens, stretched):
    answer = ead(
        category=category, approved_date=day(approved), valid_to=day(to), renewal_filed_date=day(filed)
    )
    assert (answer.max_valid_to, answer.renewal_opens, answer.auto_extended_to) == (
        day(longest), day(opens), day(stretched)
    )  # fmt: skip
    assert answer.steps


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C09", "(c)(9)"),
        ("c(9)", "(c)(9)"),
        ("(A)(16)", "(a)(16)"),
        (" C 40 ", "(c)(40)"),
        ("(c)(25)", "(c)(25)"),
    ],
)
def test_a_category_is_read_however_it_is_printed(text, code):
    assert category_code(text) == code


@pytest.mark.parametrize("text", ["", "9", "EAD", "(c)"])
def test_what_is_no_category_is_refused_with_an_example(text):
    with pytest.raises(RuleInputError, match="for example C09"):
        category_code(text)


@pytest.mark.parametrize(
    ("received", "rfe", "in_us", "track"),
    [
        ("2024-08-28", None, True, "automatic"),
        ("2024-08-27", None, True, "none_yet"),
        ("2024-03-04", "2025-02-10", True, "by_rfe"),
        ("2024-03-04", "2024-08-28", True, "by_rfe"),
        ("2024-03-04", "2024-08-27", True, "none_yet"),
        ("2025-03-04", "2025-08-27", True, "automatic"),
        ("2025-03-04", None, False, "none_outside_us"),
        ("2024-03-04", "2025-02-10", False, "none_outside_us"),
    ],
)
def test_the_bona_fide_track(received, rfe, in_us, track):
    answer = bona_fide_track(received_date=day(received), rfe_date=day(rfe), in_us=in_us)
    assert (answer.track, answer.flag) == (track, "verified")


@pytest.mark.parametrize(
    ("dob", "first", "trauma", "reported", "age", "exception", "satisfied"),
    [
        ("2006-07-20", "2024-07-10", False, False, 17, "age", True),
        ("2006-07-20", "2024-07-20", False, False, 18, None, False),
        ("2006-07-20", "2024-07-20", True, False, 18, "trauma", True),
        ("2006-07-20", "2024-07-19", True, False, 17, "age", True),
        ("1990-07-20", "2024-07-20", False, True, 34, None, True),
        ("2008-02-29", "2026-02-28", False, False, 17, "age", True),  # 18 on 1 March
        (None, None, True, False, None, "trauma", True),
        (None, "2024-07-20", False, False, None, None, False),
    ],
)
def test_the_exception_from_reasonable_requests(dob, first, trauma, reported, age, exception, satisfied):
    answer = compliance_exception(dob=day(dob), first_act_date=day(first), trauma=trauma, reported=reported)
    assert (answer.age_at_first_act, answer.exception, answer.satisfied) == (age, exception, satisfied)


def test_acts_out_of_order_are_refused():
    with pytest.raises(RuleInputError, match="is before the first"):
        compliance_exception(
            dob=date(2000, 1, 1), first_act_date=date(2024, 2, 1), last_act_date=date(2024, 1, 1)
        )

"""Who qualifies as what, and what a 21st birthday does."""

from datetime import date

import pytest

from visas.rules import RuleInputError, age_out, derivative_class

RECEIVED = date(2024, 5, 1)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# relationship, born, married, decided -> age at receipt, result, file before
AGES = [
    ("child", "2003-09-12", False, "2026-02-20", 20, "protected", None),
    ("child", "2003-05-01", False, None, 21, "not_eligible_as_child", None),
    ("child", "2003-05-02", False, None, 20, "protected", None),
    ("child", "2005-03-03", False, "2025-11-10", 19, "attorney_review", "2026-03-03"),
    ("child", "2005-03-03", False, "2026-03-02", 19, "attorney_review", "2026-03-03"),
    ("child", "2005-03-03", False, "2026-03-03", 19, "protected", None),  # 21 on the day of decision
    ("child", "2005-03-03", False, None, 19, "protected", None),
    ("child", "2005-03-03", True, None, 19, "not_eligible_as_child", None),
    ("child", "2004-02-29", False, "2025-02-28", 20, "attorney_review", "2025-03-01"),
    ("sibling", "2006-05-02", False, "2025-11-10", 17, "protected", None),
    ("sibling", "2006-05-01", False, None, 18, "not_eligible_as_child", None),
    ("sibling", "2008-05-01", True, None, 16, "not_eligible_as_child", None),
    ("principal", "2003-09-12", True, "2026-02-20", 20, "protected", None),
    ("principal", "2004-12-01", False, "2025-06-01", 19, "attorney_review", "2025-12-01"),
]


@pytest.mark.parametrize(("who", "born", "married", "decided", "age", "result", "before"), AGES)
def test_turning_21(who, born, married, decided, age, result, before):
    answer = age_out(
        relationship=who,
        dob=day(born),
        married=married,
        i914_received_date=RECEIVED,
        i914_decision_date=day(decided),
    )
    assert (answer.age_on_receipt, answer.result, answer.file_before) == (age, result, day(before))


def test_the_safe_day_before_a_birthday_is_a_business_day_before_it():
    # 21 on Sunday 4 January 2026; Friday 2 January is open, 1 January is not.
    answer = age_out(
        relationship="child",
        dob=date(2005, 1, 4),
        i914_received_date=RECEIVED,
        i914_decision_date=date(2025, 11, 10),
    )
    assert (answer.file_before, answer.last_safe_receipt) == (date(2026, 1, 4), date(2026, 1, 2))


def test_a_spouse_has_no_age_to_lose():
    with pytest.raises(RuleInputError, match="No age decides the place of a spouse"):
        age_out(relationship="spouse", dob=date(1990, 1, 1), i914_received_date=RECEIVED)


# principal born, relative, born, married, danger -> code, relative's age where it decides
YOUNG, OLD = "2004-08-30", "1997-01-05"
CLASSES = [
    (YOUNG, "spouse", None, True, False, "T-2", None),
    (OLD, "spouse", None, True, False, "T-2", None),
    (YOUNG, "child", "2022-01-01", False, False, "T-3", 2),
    (OLD, "child", "2003-09-16", False, False, "T-3", 20),
    (OLD, "child", "2003-09-15", False, True, None, 21),
    (OLD, "child", "2010-01-01", True, False, None, 14),
    (YOUNG, "parent", "1970-02-02", True, False, "T-4", None),
    (OLD, "parent", "1970-02-02", True, False, None, None),
    (OLD, "mother", "1970-02-02", True, True, "T-4", None),
    (YOUNG, "sibling", "2006-10-01", False, False, "T-5", 17),
    (YOUNG, "sibling", "2006-09-15", False, False, None, 18),
    (YOUNG, "sibling", "2010-09-15", True, False, None, 14),
    (OLD, "sibling", "2010-09-15", False, False, None, 14),
    (OLD, "sibling", "2010-09-15", False, True, "T-5", 14),
    (YOUNG, "child_of_derivative", "1990-01-01", True, False, None, None),
    (YOUNG, "child_of_derivative", "1990-01-01", True, True, "T-6", None),
    (OLD, "grandchild", None, False, True, "T-6", None),
]


@pytest.mark.parametrize(("principal", "relative", "born", "married", "danger", "code", "age"), CLASSES)
def test_the_class_of_a_relative(principal, relative, born, married, danger, code, age):
    answer = derivative_class(
        principal_dob=day(principal),
        i914_received_date=date(2024, 9, 15),
        relative=relative,
        relative_dob=day(born),
        married=married,
        danger_of_retaliation=danger,
        as_of=date(2026, 11, 21),
    )
    assert (answer.code, answer.relative_age_on_receipt) == (code, age)
    assert not answer.attorney_review


def test_a_principal_of_exactly_21_needs_danger_for_a_parent():
    answer = derivative_class(
        principal_dob=date(2003, 9, 15),
        i914_received_date=date(2024, 9, 15),
        relative="parent",
        as_of=date(2026, 11, 21),
    )
    assert (answer.principal_age_on_receipt, answer.code, answer.danger_needed) == (21, None, True)


@pytest.mark.parametrize(
    ("danger", "review", "before"), [(False, True, date(2025, 8, 30)), (True, False, None)]
)
def test_a_principal_who_turned_21_after_approval_is_for_an_attorney_unless_there_is_danger(
    danger, review, before
):
    answer = derivative_class(
        principal_dob=day(YOUNG),
        i914_received_date=date(2024, 9, 15),
        i914_decision_date=date(2025, 6, 1),
        relative="parent",
        danger_of_retaliation=danger,
        as_of=date(2026, 11, 21),
    )
    assert (answer.code, answer.attorney_review, answer.file_before) == ("T-4", review, before)


def test_an_unknown_relative_is_refused_with_the_known_ones():
    with pytest.raises(RuleInputError, match="spouse, child, parent, sibling, child_of_derivative"):
        derivative_class(
            principal_dob=day(OLD), i914_received_date=RECEIVED, relative="cousin", as_of=RECEIVED
        )


def test_a_child_without_a_date_of_birth_is_asked_for_it():
    with pytest.raises(RuleInputError, match="date of birth of the child is needed"):
        derivative_class(
            principal_dob=day(OLD), i914_received_date=RECEIVED, relative="child", as_of=RECEIVED
        )


def test_dates_out_of_order_are_refused():
    with pytest.raises(RuleInputError, match="after the day of receipt"):
        age_out(relationship="child", dob=date(2025, 1, 1), i914_received_date=RECEIVED)
    with pytest.raises(RuleInputError, match="before the day of receipt"):
        age_out(
            relationship="child",
            dob=date(2010, 1, 1),
            i914_received_date=RECEIVED,
            i914_decision_date=date(2024, 4, 30),
        )

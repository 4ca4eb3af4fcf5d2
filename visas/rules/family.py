"""Family members of a T-1: who qualifies as what, and what a 21st birthday does (INA 101(a)(15)(T)(ii),
214(o)(4)-(5)).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from visas.rules.base import Result, RuleInputError, leaning_on, weekday_words, words
from visas.rules.dates import age_on, birthday, last_business_day_by
from visas.rules.facts import Entry, law


@dataclass(frozen=True, kw_only=True)
class AgeOut(Result):
    """What age does to one person's class. `file_before` is the 21st birthday when only filing before it is
    safe; `last_safe_receipt` the last business day before that birthday.
    """

    result: Literal["protected", "attorney_review", "not_eligible_as_child"]
    age_on_receipt: int
    birthday_21: date
    file_before: date | None
    last_safe_receipt: date | None


@dataclass(frozen=True, kw_only=True)
class DerivativeClass(Result):
    """The class a relative would have, or None. `attorney_review` is true where the statute is silent (AG4).

    `relative_age_on_receipt` is given only where an age decides (child, sibling).
    """

    code: str | None
    principal_age_on_receipt: int
    relative_age_on_receipt: int | None
    danger_needed: bool
    attorney_review: bool
    file_before: date | None


def age_out(
    *,
    relationship: str,
    dob: date,
    i914_received_date: date,
    i914_decision_date: date | None = None,
    married: bool = False,
) -> AgeOut:
    """Whether turning 21 costs a child, a sibling or the principal her place.

    A child or principal under 21 when USCIS received the I-914 keeps the place if 21 comes while it is
    pending, the day of decision included; after the decision the statute is silent: an attorney decides
    (AG4). A sibling's age (under 18) is measured once, at receipt. Marriage ends a child's or sibling's
    place. Raises RuleInputError for a relationship that no age decides, or dates out of order.
    """
    kind = relationship if relationship == "principal" else _relative(relationship).id
    try:
        rule, noun = {
            "child": ("AG2", "child"), "sibling": ("AG3", "sibling"), "principal": ("AG1", "principal")
        }[kind]  # fmt: skip
    except KeyError:
        raise RuleInputError(f"No age decides the place of a {kind.replace('_', ' ')}.") from None
    _check_order(i914_received_date, i914_decision_date, dob)
    limit = law()["age_rules"][rule]["under_age"]
    age, turns_21 = age_on(dob, i914_received_date), birthday(dob, 21)
    steps = [f"Age on {words(i914_received_date)}, the day of receipt: {age}. 21 on {words(turns_21)}."]
    leans = [("age_rules", rule)]
    file_before = safe = None
    result: Literal["protected", "attorney_review", "not_eligible_as_child"] = "protected"
    if married and kind != "principal":
        result = "not_eligible_as_child"
        leans.append(("age_rules", "AG5"))
        steps.append(f"Marriage ends the place of a {noun}.")
    elif age >= limit:
        result = "not_eligible_as_child"
        steps.append(f"{age} is not under {limit} on the day of receipt.")
        if kind == "child":
            steps.append("T-6 only if also the child of a derivative (such as a T-2 spouse) and in danger.")
    elif kind == "sibling":
        steps.append(f"Under {limit} on the day of receipt; later birthdays do not matter.")
    elif i914_decision_date is None:
        steps.append("The I-914 is pending: turning 21 before the decision costs nothing.")
    elif turns_21 <= i914_decision_date:
        steps.append(f"21 came while the I-914 was pending (decided {words(i914_decision_date)}): protected.")
    else:
        result, file_before, safe = "attorney_review", turns_21, _last_day_before(turns_21)
        leans += [("age_rules", "AG4"), ("deadlines", "DL13")]
        steps.append(
            f"21 comes only after the decision of {words(i914_decision_date)}: the statute does not plainly "
            f"protect. USCIS should have Supplement A before {words(turns_21)}, at the latest on "
            f"{weekday_words(safe)}."
        )
    return AgeOut(
        result=result,
        age_on_receipt=age,
        birthday_21=turns_21,
        file_before=file_before,
        last_safe_receipt=safe,
        steps=tuple(steps),
        authorities=leaning_on(*leans),
    )


def derivative_class(
    *,
    principal_dob: date,
    i914_received_date: date,
    relative: str,
    as_of: date,
    relative_dob: date | None = None,
    i914_decision_date: date | None = None,
    married: bool = False,
    danger_of_retaliation: bool = False,
) -> DerivativeClass:
    """The class of a relative by the principal's age and the danger, ages taken on the day of receipt.

    Spouse T-2 and unmarried child under 21 T-3 always; parent T-4 and unmarried sibling under 18 T-5 if the
    principal was under 21, or in present danger of retaliation; child of a derivative T-6 only in danger.
    Raises RuleInputError for an unknown relative, a missing date of birth where age decides, or dates out
    of order.
    """
    _check_order(i914_received_date, i914_decision_date, principal_dob)
    kind = _relative(relative)
    row = law()["classes"][kind["class"]]
    age = age_on(principal_dob, i914_received_date)
    under_21 = age < law()["age_rules"]["AG1"]["under_age"]
    need_if_young, need_if_older = row["principal_under_21"], row["principal_21_or_over"]
    danger_needed = (need_if_young if under_21 else need_if_older) == "danger"
    leans = [("classes", row.id)]
    steps = [f"The principal was {age} on {words(i914_received_date)}, the day of receipt."]
    code: str | None = row.id
    relative_age = file_before = None
    if kind.id in ("child", "sibling"):
        if relative_dob is None:
            raise RuleInputError(f"The date of birth of the {kind.id} is needed: age decides.")
        aged = age_out(
            relationship=kind.id,
            dob=relative_dob,
            married=married,
            i914_received_date=i914_received_date,
            i914_decision_date=i914_decision_date,
        )
        relative_age, file_before = aged.age_on_receipt, aged.file_before
        steps.extend(aged.steps)
        leans += [("age_rules", a.id) for a in aged.authorities if a.id in law()["age_rules"]]
        if aged.result == "not_eligible_as_child":
            code = None
            if kind.id == "sibling":
                steps.append("T-6 only if a parent is T-4 and the sibling is in danger.")
    if code and danger_needed and not danger_of_retaliation:
        code = None
        steps.append(f"{row.id} needs present danger of retaliation here, and none is recorded.")
    elif code and danger_needed:
        steps.append(f"{row.id}: present danger of retaliation is recorded; it must be shown.")
    elif code and need_if_older == "danger":
        leans.append(("age_rules", "AG1"))
        own = age_out(
            relationship="principal",
            dob=principal_dob,
            i914_received_date=i914_received_date,
            i914_decision_date=i914_decision_date,
        )
        if own.file_before and not danger_of_retaliation:
            leans.append(("age_rules", "AG4"))
            file_before = min(file_before or own.file_before, own.file_before)
            steps.append(
                f"The principal turns 21 on {words(own.file_before)}, after the decision: "
                "an attorney decides."
            )
    if code is None:
        file_before = None
    elif file_before:
        tense = "has passed" if file_before <= as_of else "is ahead"
        steps.append(f"The day to file before, {words(file_before)}, {tense}.")
    if code:
        steps.append(f"Class {code}: {row.rule[0].lower()}{row.rule[1:]}.")
    return DerivativeClass(
        code=code,
        principal_age_on_receipt=age,
        relative_age_on_receipt=relative_age,
        danger_needed=danger_needed,
        attorney_review=file_before is not None,
        file_before=file_before,
        steps=tuple(steps),
        authorities=leaning_on(*dict.fromkeys(leans)),
    )


def _relative(word: str) -> Entry:
    key = word.strip().lower().replace("'", "").replace(" ", "_").replace("-", "_")
    for row in law()["relatives"].values():
        if key == row.id or key in row.data.get("also", ()):
            return row
    raise RuleInputError(f"We know no relative called {word!r}. Known: {', '.join(law()['relatives'])}.")


def _check_order(received: date, decided: date | None, born: date) -> None:
    if born > received:
        raise RuleInputError(f"A birth on {words(born)} is after the day of receipt, {words(received)}.")
    if decided is not None and decided < received:
        raise RuleInputError(
            f"A decision on {words(decided)} is before the day of receipt, {words(received)}."
        )


def _last_day_before(day: date) -> date:
    return last_business_day_by(day - timedelta(days=1))

"""When a survivor need not have complied with requests from law enforcement (INA 101(a)(15)(T)(i)(III))."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from visas.rules.base import Result, RuleInputError, leaning_on, words
from visas.rules.dates import age_on
from visas.rules.facts import law


@dataclass(frozen=True, kw_only=True)
class ComplianceException(Result):
    """`exception` names the one that reaches; `satisfied` is also true without one, when she reported and
    complied.
    """

    exception: Literal["age", "trauma"] | None
    age_at_first_act: int | None
    satisfied: bool


def compliance_exception(
    *,
    dob: date | None,
    first_act_date: date | None,
    last_act_date: date | None = None,
    trauma: bool = False,
    reported: bool = False,
) -> ComplianceException:
    """Under 18 at one act is enough, so the first act decides; else trauma (8 CFR 214.202(c)).

    Raises RuleInputError when the acts are before the birth or out of order.
    """
    limit = law()["exceptions"]["X1"]["under_age"]
    age = None
    exception: Literal["age", "trauma"] | None = None
    if first_act_date and last_act_date and last_act_date < first_act_date:
        raise RuleInputError(
            f"The last act, {words(last_act_date)}, is before the first, {words(first_act_date)}."
        )
    if dob and first_act_date:
        if first_act_date < dob:
            raise RuleInputError(
                f"The first act, {words(first_act_date)}, is before the birth, {words(dob)}."
            )
        age = age_on(dob, first_act_date)
        steps = [f"Age at the first act, {words(first_act_date)}: {age}."]
    else:
        steps = ["The age at the first act is not known."]
    if age is not None and age < limit:
        exception = "age"
        steps.append(f"Under {limit} at one act is enough.")
    elif trauma:
        exception = "trauma"
        steps.append("Unable to cooperate because of trauma.")
    elif reported:
        steps.append("No exception; a report is recorded, so compliance is to be shown instead.")
    else:
        steps.append("No exception reaches, and no report is recorded.")
    return ComplianceException(
        exception=exception,
        age_at_first_act=age,
        satisfied=exception is not None or reported,
        steps=tuple(steps),
        authorities=leaning_on(("elements", "E3"), ("exceptions", "X1"), ("exceptions", "X2")),
    )

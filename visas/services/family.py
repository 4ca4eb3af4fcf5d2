"""Family members for whom the client may ask."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit.services import Action, record
from visas.models import FamilyMember, TVisa
from visas.rules import RuleInputError
from visas.rules.base import words
from visas.services.begin import begin, save_as
from visas.working import born, classify

BIRTH_NEEDED = frozenset({FamilyMember.Relationship.CHILD, FamilyMember.Relationship.SIBLING})


@transaction.atomic
def save_member(
    *,
    visa: TVisa,
    relationship: str,
    name: str,
    by: User,
    today: date,
    date_of_birth: date | None = None,
    married: bool = False,
    in_united_states: bool = True,
    in_danger: bool = False,
    member: FamilyMember | None = None,
) -> FamilyMember:
    """Add a relative, or change one; the class is computed from what is known.

    Raises PermissionDenied or ValidationError. A date of birth may be missing, except where age decides.
    """
    visa = begin(visa, by)
    if date_of_birth is not None and date_of_birth > today:
        raise ValidationError(
            {
                "date_of_birth": f"{words(date_of_birth)} lies ahead: today is {words(today)}. "
                "Enter the day of birth."
            }
        )
    if date_of_birth is None and relationship in BIRTH_NEEDED:
        raise ValidationError(
            {"date_of_birth": "Enter the day of birth: age decides for a child, a brother or a sister."}
        )
    _check_born(visa, relationship, date_of_birth)
    row = FamilyMember(client=visa.client, visa=visa)
    if member is not None:
        row = FamilyMember.objects.select_for_update(of=("self",)).get(pk=member.pk, visa=visa)
    row.relationship, row.name, row.date_of_birth = relationship, name.strip(), date_of_birth
    row.married, row.in_united_states, row.in_danger = married, in_united_states, in_danger
    set_class(row, visa, today)
    save_as(row, by)
    action = Action.CREATED if member is None else Action.CHANGED
    record(action, by=by, target=row, fields=["relationship", "derivative_class"])
    return row


def _check_born(visa: TVisa, relationship: str, date_of_birth: date | None) -> None:
    """A child is younger than the client and a parent older. Raises ValidationError naming both years."""
    own = born(visa.client)
    if own is None or date_of_birth is None:
        return
    tie = FamilyMember.Relationship
    if relationship == tie.CHILD and date_of_birth <= own:
        wrong = "A child is born after the client"
    elif relationship == tie.PARENT and date_of_birth >= own:
        wrong = "A parent is born before the client"
    else:
        return
    raise ValidationError(
        {
            "date_of_birth": f"{wrong}: {date_of_birth.year} was entered here, and the client was born in "
            f"{own.year}. Check both years and the tie."
        }
    )


def set_class(row: FamilyMember, visa: TVisa, today: date) -> None:
    """Put the class into the row, "" where it cannot be told. Raises ValidationError for impossible facts."""
    try:
        found = classify(row, visa, today)
    except RuleInputError as problem:
        raise ValidationError({"date_of_birth": str(problem)}) from None
    row.derivative_class = (found.code or "") if found else ""


def reclassify(*, visa: TVisa, by: User, today: date) -> None:
    """Ages count on the day of receipt: when that day is known or moves, every class is computed again."""
    for row in FamilyMember.objects.select_for_update(of=("self",)).filter(visa=visa):
        before = row.derivative_class
        try:
            set_class(row, visa, today)
        except ValidationError:
            continue  # the page shows what is impossible about the dates, in the rule's own words
        if row.derivative_class != before:
            save_as(row, by)
            record(Action.CHANGED, by=by, target=row, fields=["derivative_class"])

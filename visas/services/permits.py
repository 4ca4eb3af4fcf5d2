"""Work permits."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit.services import Action, record
from visas.models import FamilyMember, TVisa, WorkPermit
from visas.rules import RuleInputError, category_code, law
from visas.rules.base import words
from visas.services.begin import begin, check_begun, check_days, check_order, member_of, save_as
from visas.services.ends import keep_ends

PRINCIPAL_ONLY, RELATIVES_ONLY = "(a)(16)", "(c)(25)"
FROM_THE_T_VISA = frozenset({PRINCIPAL_ONLY, RELATIVES_ONLY, "(c)(40)"})
"""Categories that only somebody who asked for a T visa can hold; others may be older than the I-914."""


@transaction.atomic
def save_permit(
    *,
    visa: TVisa,
    category: str,
    valid_from: date,
    valid_to: date,
    by: User,
    today: date,
    person: FamilyMember | None = None,
    permit: WorkPermit | None = None,
) -> WorkPermit:
    """Keep a card, or change one that was mistyped. Raises PermissionDenied or ValidationError.

    A category is one of the law file or any printed as a letter and a number.
    """
    visa = begin(visa, by)
    person = member_of(visa, person)
    code = _category(category, person)
    check_days(
        {"valid_from": valid_from, "valid_to": valid_to},
        today=today,
        may_lie_ahead=frozenset({"valid_from", "valid_to"}),
    )
    if code in FROM_THE_T_VISA:
        check_begun(visa, "category", f"a work permit {code}")
        check_order("valid_from", valid_from, visa.received_on, "USCIS received the package")
    if valid_to < valid_from:
        raise ValidationError(
            {"valid_to": f"{words(valid_to)} is before the card begins, {words(valid_from)}."}
        )
    row = WorkPermit(client=visa.client, visa=visa) if permit is None else _again(permit, visa)
    same = WorkPermit.objects.filter(
        visa=visa, person=person, category=code, valid_from=valid_from, valid_to=valid_to
    )
    if same.exclude(pk=row.pk).exists():
        raise ValidationError({"valid_from": "This card is on file already."})
    row.category, row.valid_from, row.valid_to, row.person = code, valid_from, valid_to, person
    save_as(row, by)
    action = Action.CREATED if permit is None else Action.CHANGED
    record(action, by=by, target=row, fields=["category", "valid_from", "valid_to"])
    keep_ends(visa=visa, by=by, today=today)
    return row


def _again(permit: WorkPermit, visa: TVisa) -> WorkPermit:
    found: WorkPermit = WorkPermit.objects.select_for_update(of=("self",)).get(pk=permit.pk, visa=visa)
    return found


def _category(text: str, person: FamilyMember | None) -> str:
    try:
        code = text if text in law()["permit_categories"] else category_code(text)
    except RuleInputError as problem:
        raise ValidationError({"category": str(problem)}) from None
    if code == PRINCIPAL_ONLY and person is not None:
        raise ValidationError({"category": f"{code} is the client’s own. A relative has {RELATIVES_ONLY}."})
    if code == RELATIVES_ONLY and person is None:
        raise ValidationError({"category": f"{code} is for relatives. The client’s own is {PRINCIPAL_ONLY}."})
    return code

"""What every act on a T visa does first: lock, right, and a look at the days that were typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import User
from clients.permissions import check_can_change
from visas.models import BEFORE_SENDING, FamilyMember, TVisa
from visas.rules.base import words
from visas.stages import machine

FIRST_DAY = date(2000, 10, 28)
"""The day the Trafficking Victims Protection Act made the T visa: nothing of one is older."""


OWN_FORM = {True: "I-914", False: "I-914A"}
"""The form whose receipt and notices move the stage: the client's own, or a relative's."""


def begin(visa: TVisa, by: User) -> TVisa:
    """The T visa, read again under a lock, once `by` may change the file. Raises PermissionDenied.

    Call it inside a transaction.
    """
    rows = TVisa.objects.select_for_update(of=("self",)).select_related("client", "matter__lead")
    locked: TVisa = rows.get(pk=visa.pk)
    check_can_change(by, locked.client)
    return locked


def member_of(visa: TVisa, person: FamilyMember | None) -> FamilyMember | None:
    """The family member, read again under a lock; None for the client. Raises ValidationError for others."""
    if person is None:
        return None
    found: FamilyMember | None = (
        FamilyMember.objects.select_for_update(of=("self",)).filter(pk=person.pk, visa=visa).first()
    )
    if found is None:
        raise ValidationError({"person": "Choose a relative of this client."})
    return found


def check_days(
    days: Mapping[str, date | None], *, today: date, may_lie_ahead: frozenset[str] = frozenset()
) -> None:
    """No day before there were T visas, and none ahead where something has happened already.

    Raises ValidationError on the fields that are wrong.
    """
    wrong: dict[str, str] = {}
    for name, day in days.items():
        if day is None:
            continue
        if day < FIRST_DAY:
            wrong[name] = (
                f"{words(day)} is before {words(FIRST_DAY)}, when the T visa was made. Check the year."
            )
        elif day > today and name not in may_lie_ahead:
            wrong[name] = (
                f"{words(day)} lies ahead: today is {words(today)}. Enter the day on which it happened."
            )
    if wrong:
        raise ValidationError(wrong)


def check_whose(form: str, person: FamilyMember | None) -> None:
    """Form I-914 is the client's own and I-914A a relative's. Raises ValidationError."""
    if form == "I-914A" and person is None:
        raise ValidationError({"person": "Form I-914A is a relative’s. Choose the relative."})
    if form == "I-914" and person is not None:
        raise ValidationError({"form": "Form I-914 is the client’s own. A relative has Form I-914A."})


def check_order(name: str, day: date | None, earlier: date | None, what: str) -> None:
    """A day does not lie before the one it follows. Raises ValidationError on the field `name`."""
    if day is not None and earlier is not None and day < earlier:
        raise ValidationError({name: f"{words(day)} is before {what}, {words(earlier)}."})


def check_begun(visa: TVisa, name: str, what: str) -> None:
    """USCIS answers only what it has: `what` cannot have come before the I-914 was received.

    Raises ValidationError on the field `name`, with what is to be recorded first.
    """
    if visa.stage in BEFORE_SENDING:
        first = (
            "First record that the package was sent and the receipt notice came, under “Record what "
            "happened”. For a case taken over, correct the stage."
        )
    elif visa.received_on is None:
        first = "First record the receipt notice of the I-914, under “Record what happened”."
    else:
        return
    label = machine("t1_matter").state(visa.stage).label
    raise ValidationError({name: f"The T visa is still at “{label}”: {what} cannot have come. {first}"})


def save_as(row: models.Model, by: User, **more: Any) -> None:
    """Validate and save with `by` in the history."""
    row._history_user = by  # type: ignore[attr-defined]
    row.full_clean()
    row.save(**more)

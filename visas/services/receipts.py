"""Receipt numbers: checked for form, each once."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.services import Action, record
from visas.models import BEFORE_SENDING, FamilyMember, Receipt, TVisa
from visas.rules import check_receipt_form, check_receipt_number
from visas.rules.base import words
from visas.services.begin import OWN_FORM, begin, check_days, check_order, check_whose, member_of, save_as
from visas.services.ends import keep_ends
from visas.services.family import reclassify
from visas.stages import machine

ELSEWHERE = (
    "This number cannot be kept here: it is on file elsewhere. "
    "Compare it with the notice, then ask a supervisor."
)


@transaction.atomic
def save_receipt(
    *,
    visa: TVisa,
    form: str,
    number: str,
    received_on: date,
    by: User,
    today: date,
    person: FamilyMember | None = None,
    receipt: Receipt | None = None,
) -> Receipt:
    """Keep a receipt, or change one that was mistyped. Raises PermissionDenied or ValidationError.

    A number that another file holds is refused without a word about whose file it is. The client's own I-914
    gives the T visa its day of receipt where none is known yet: the wait and the ages count from it.
    """
    visa = begin(visa, by)
    person = member_of(visa, person)
    named, checked = check_receipt_form(form), check_receipt_number(number)
    if named.form is None:
        raise ValidationError({"form": named.error})
    if checked.number is None:
        raise ValidationError({"number": checked.error})
    check_whose(named.form, person)
    check_days({"received_on": received_on}, today=today)
    check_order("received_on", received_on, visa.sent_on, "the day the package was sent")
    if named.form == OWN_FORM[True]:
        _check_sent(visa)
    row = Receipt(client=visa.client, visa=visa) if receipt is None else _again(receipt, visa)
    _check_once(row, checked.number)
    row.form, row.number, row.received_on, row.person = named.form, checked.number, received_on, person
    try:
        with transaction.atomic():
            save_as(row, by)
    except IntegrityError:
        raise ValidationError({"number": ELSEWHERE}) from None
    action = Action.CREATED if receipt is None else Action.CHANGED
    record(action, by=by, target=row, fields=["form", "number", "received_on"])
    if row.form == OWN_FORM[True] and visa.received_on is None:
        visa.received_on = row.received_on
        visa.waiting_from = visa.waiting_from or row.received_on
        save_as(visa, by)
        record(Action.CHANGED, by=by, target=visa, fields=["received_on"])
        reclassify(visa=visa, by=by, today=today)
    keep_ends(visa=visa, by=by, today=today)
    return row


def same_receipt(*, visa: TVisa, number: str, person: FamilyMember | None) -> Receipt | None:
    """The receipt of the client's I-914, or a relative's I-914A, that is on this file under that number."""
    checked = check_receipt_number(number)
    if checked.number is None:
        return None
    form = OWN_FORM[person is None]
    found: Receipt | None = Receipt.objects.filter(
        visa=visa, person=person, form=form, number_token__of=checked.number
    ).first()
    return found


def _check_sent(visa: TVisa) -> None:
    """USCIS receives an I-914 after it was sent. Raises ValidationError with what is to be recorded first."""
    if visa.stage not in BEFORE_SENDING:
        return
    label = machine("t1_matter").state(visa.stage).label
    raise ValidationError(
        {
            "form": f"The T visa is still at “{label}”: USCIS has no I-914 yet. First record that the "
            "package was sent, then the receipt notice, under “Record what happened”. For a case taken "
            "over, correct the stage."
        }
    )


def _again(receipt: Receipt, visa: TVisa) -> Receipt:
    found: Receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk, visa=visa)
    return found


def _check_once(row: Receipt, number: str) -> None:
    other = Receipt.objects.filter(number_token__of=number).exclude(pk=row.pk).first()
    if other is None:
        return
    if other.client_id != row.client_id:
        raise ValidationError({"number": ELSEWHERE})
    raise ValidationError(
        {"number": f"This number is on this file already: {other.form}, received {words(other.received_on)}."}
    )

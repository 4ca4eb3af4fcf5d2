"""Notices that ask for an answer: recorded with their dates, answered."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min

from accounts.models import User
from audit.services import Action, record
from cases.models import Deadline
from cases.services import dates as case_dates
from deadlines.law import LawError
from deadlines.types import ComputedDate
from visas.models import FamilyMember, Notice, Receipt, TVisa
from visas.rules import RuleInputError, check_receipt_form, response_deadline
from visas.rules.base import words
from visas.services.begin import (
    OWN_FORM,
    begin,
    check_begun,
    check_days,
    check_order,
    check_whose,
    member_of,
    save_as,
)
from visas.services.stages import ANSWER_EVENTS, NOTICE_EVENTS, Case, advance, settle_deadline
from visas.stages import Transition, machine
from visas.working import machine_key, relative_words


@transaction.atomic
def record_notice(
    *,
    visa: TVisa,
    kind: str,
    form: str,
    served_on: date,
    served_by: str,
    by: User,
    today: date,
    printed_date: date | None = None,
    asks_for: str = "",
    person: FamilyMember | None = None,
) -> Notice:
    """Keep a notice with its due and safe dates; the stage moves where the machine knows the move.

    A date printed on the notice wins when it is the earlier. Raises PermissionDenied or ValidationError.
    """
    visa = begin(visa, by)
    case = Case(visa, member_of(visa, person))
    name = _form(form)
    _check_days(case, name, served_on, printed_date, today)
    if name in OWN_FORM.values() or not Receipt.objects.filter(visa=visa, form=name).exists():
        check_begun(visa, "form", f"a notice about Form {name}")
    same = Notice.objects.filter(visa=visa, person=case.person, kind=kind, form=name, served_on=served_on)
    if same.exists():
        raise ValidationError({"served_on": "This notice is on file already. Open it to correct it."})
    move = _move_of(case, name, kind)
    row = Notice(
        client=visa.client,
        visa=visa,
        person=case.person,
        kind=kind,
        form=name,
        served_on=served_on,
        served_by=served_by,
        printed_date=printed_date,
    )
    row.asks_for = asks_for.strip() or None
    row.deadline = _deadline(row, visa, by)
    save_as(row, by)
    record(Action.CREATED, by=by, target=row, fields=["kind", "served_on", "printed_date"])
    if move is not None:
        day = {"notice_date": served_on, "due_date": row.deadline.due_on, "decision_date": served_on}
        given = {key: day[key] for key in move.dates}
        advance(case, move, given, by=by, today=today, confirmed=True, keep=row)
    return row


@transaction.atomic
def change_notice(
    *,
    notice: Notice,
    form: str,
    served_on: date,
    served_by: str,
    by: User,
    today: date,
    printed_date: date | None = None,
    asks_for: str = "",
) -> Notice:
    """Correct a notice that is still open: its dates are computed again, the old ones stay, marked replaced.

    Raises PermissionDenied or ValidationError.
    """
    visa = begin(notice.visa, by)
    row = _locked(notice)
    if not row.is_open:
        raise ValidationError("This notice is settled. Its dates stay as they were.")
    name = _form(form)
    _check_days(Case(visa, row.person), name, served_on, printed_date, today)
    row.form, row.served_on, row.served_by = name, served_on, served_by
    row.printed_date, row.asks_for = printed_date, asks_for.strip() or None
    before = row.deadline
    row.deadline = _deadline(row, visa, by)
    if (
        row.deadline.pk != before.pk
        and Deadline.objects.filter(pk=before.pk, replaced_at__isnull=True).exists()
    ):
        case_dates.replace([before], by=by)
    save_as(row, by)
    record(Action.CHANGED, by=by, target=row, fields=["form", "served_on", "printed_date"])
    return row


@transaction.atomic
def record_answer(
    *,
    notice: Notice,
    by: User,
    today: date,
    sent_on: date | None = None,
    received_on: date | None = None,
) -> tuple[Notice, str]:
    """We sent the answer, or USCIS has it; gives the notice and, where the stage stays, the reason in words.

    The date is met when USCIS has the answer, not when we sent it. Raises PermissionDenied or
    ValidationError.
    """
    visa = begin(notice.visa, by)
    row = _locked(notice)
    if sent_on is None and received_on is None:
        raise ValidationError({"sent_on": "Enter the day we sent it, or the day USCIS had it."})
    if row.answered_on is not None:
        raise ValidationError(f"USCIS had this answer on {words(row.answered_on)} already.")
    check_days({"sent_on": sent_on, "received_on": received_on}, today=today)
    check_order("sent_on", sent_on, row.served_on, "the notice")
    check_order("received_on", received_on, row.served_on, "the notice")
    check_order("received_on", received_on, sent_on or row.sent_on, "the day we sent it")
    was_open = row.is_open
    row.sent_on, row.answered_on = sent_on or row.sent_on, received_on
    save_as(row, by)
    record(Action.CHANGED, by=by, target=row, fields=["sent_on", *(["answered_on"] if received_on else [])])
    if received_on is None:
        return row, ""
    said = _move_on(Case(visa, row.person), row, received_on, by, today) if was_open else ""
    settle_deadline(row.deadline, on=received_on, by=by, today=today)
    return row, said


def computed_date(notice: Notice) -> ComputedDate:
    """The date of a notice with its arithmetic; pure, and equal to what its deadline row keeps."""
    return response_deadline(
        notice.kind, notice.form, notice.served_on, notice.served_by or None, notice.printed_date
    )


def _locked(notice: Notice) -> Notice:
    rows = Notice.objects.select_for_update(of=("self",)).select_related("deadline", "person", "visa")
    found: Notice = rows.get(pk=notice.pk)
    return found


def _form(text: str) -> str:
    named = check_receipt_form(text)
    if named.form is None:
        raise ValidationError({"form": named.error})
    return named.form


def _check_days(case: Case, form: str, served_on: date, printed: date | None, today: date) -> None:
    check_whose(form, case.person)
    check_days({"served_on": served_on}, today=today)
    check_order("printed_date", printed, served_on, "the notice itself")
    if case.person is None and form == OWN_FORM[True]:
        check_order("served_on", served_on, case.visa.received_on, "the day USCIS received the package")
    kept = Receipt.objects.filter(visa=case.visa, person=case.person, form=form)
    first = kept.aggregate(day=Min("received_on"))["day"]
    check_order("served_on", served_on, first, "the day USCIS received this form")


def _deadline(row: Notice, visa: TVisa, by: User) -> Deadline:
    try:
        computed = computed_date(row)
    except (LawError, RuleInputError):
        raise ValidationError(
            {"kind": "No period is on file for this notice. Ask counsel for the date."}
        ) from None
    made = case_dates.set_deadline(
        matter=visa.matter,
        computed=computed,
        trigger=row.served_on,
        owner=visa.matter.lead,
        by=by,
        about=_about(row),
    )
    if made is None:
        raise ValidationError({"served_on": "No date can be computed from this day. Check the year."})
    return made


def _about(row: Notice) -> str:
    """What tells two dates of one kind apart, without a name: "I-914A, child 2, notice of Aug 31, 2026"."""
    whose = "" if row.person is None else f", {relative_words(row.person)}"
    return f"{row.form}{whose}, notice of {words(row.served_on)}"


def _move_of(case: Case, form: str, kind: str) -> Transition | None:
    """The move that such a notice is, from the stage the case is in; None when it moves nothing."""
    event = next((event for event, found in NOTICE_EVENTS.items() if found == kind), "")
    if form != OWN_FORM[case.person is None]:
        return None
    moves = machine(machine_key(case.person)).next_events(case.row.stage)
    return next((move for move in moves if move.event == event), None)


def _move_on(case: Case, notice: Notice, received_on: date, by: User, today: date) -> str:
    """Move the stage with an answer where it was the only one owed; "" or why the stage stays."""
    event = ANSWER_EVENTS.get(notice.kind)
    if event is None or notice.form != OWN_FORM[case.person is None]:
        return ""
    others = Notice.objects.open().filter(visa=case.visa, person=case.person, form=notice.form)
    if others.exclude(pk=notice.pk).exists():
        return "Another notice is still open, so the stage stays."
    key = "response_received_date" if event == "response_received" else "received_date"
    moves = machine(machine_key(case.person)).next_events(case.row.stage)
    move = next((found for found in moves if found.event == event), None)
    if move is None:
        return ""
    late = received_on > notice.deadline.due_on
    if late:
        return "USCIS had it after the due date: the stage stays. Tell counsel today."
    advance(
        case, move, {key: received_on, "due_date": notice.deadline.due_on}, by=by, today=today, confirmed=True
    )
    return ""

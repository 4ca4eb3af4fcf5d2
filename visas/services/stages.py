"""What happened: a T visa, or the case of one family member, moves along its machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit.services import Action, record
from cases.models import Deadline
from cases.services import dates as case_dates
from visas.models import CORRECTED, FamilyMember, Notice, TVisa, VisaEvent
from visas.permissions import check_can_correct_stage
from visas.rules.base import words
from visas.services.begin import begin, check_days, check_order, member_of, save_as
from visas.services.ends import keep_ends
from visas.services.family import reclassify
from visas.services.receipts import same_receipt, save_receipt
from visas.stages import InvalidTransition, Transition, Verdict, machine
from visas.working import facts_of, machine_key

NOTICE_EVENTS: Mapping[str, str] = {
    "rfe": Notice.Kind.RFE,
    "noid": Notice.Kind.NOID,
    "noir": Notice.Kind.NOIR,
    "denial": Notice.Kind.DENIAL,
}
"""Events that a notice brings: they are recorded with the notice, so that its date is computed."""

ANSWER_EVENTS: Mapping[str, str] = {
    Notice.Kind.RFE: "response_received",
    Notice.Kind.NOID: "response_received",
    Notice.Kind.DENIAL: "i290b_received",
}
"""What USCIS having our answer to a notice means to the machine."""

SETTLING = frozenset(
    {
        *("approval", "visa_available_approval", "denial", "withdraw", "time_passed", "dismissed"),
        *("revoked", "noir_overcome", "sustained_or_reopened", "status_ended", "not_eligible"),
    }
)
"""Events after which no earlier notice waits for an answer any more."""

BEFORE_RECEIPT = frozenset({"accept_case", "send_package"})
UP_TO_RECEIPT = BEFORE_RECEIPT | {"receipt_notice"}
CLOSING = frozenset({"closed", "denied_final", "revoked_final"})
MAY_LIE_AHEAD = frozenset({"status_end_date", "deferred_action_until", "due_date"})
MAY_BE_EMPTY = frozenset({"status_end_date", "deferred_action_until"})
MUST_BE_GIVEN = {
    "extension_granted": "status_end_date",
    "status_end_passed": "status_end_date",
    "status_ended": "status_end_date",
}
MILESTONES = ("sent_on", "received_on", "bona_fide_on", "approved_on", "status_ends_on", "waiting_from")


class ConfirmFirst(Exception):
    """A guard that dates cannot decide: a person has to read `reason` and say that it holds."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Case:
    """Whose stage moves: the client's (`person` None) or a family member's."""

    visa: TVisa
    person: FamilyMember | None

    @property
    def row(self) -> TVisa | FamilyMember:
        return self.person or self.visa


@transaction.atomic
def record_event(
    *,
    visa: TVisa,
    event: str,
    to: str,
    dates: Mapping[str, date | None],
    by: User,
    today: date,
    person: FamilyMember | None = None,
    receipt_number: str = "",
    confirmed: bool = False,
    note: str = "",
) -> VisaEvent:
    """Move along the machine, with the dates it asks for (by their keys).

    `confirmed` says that a person read the guard's words and says they hold. Raises PermissionDenied,
    InvalidTransition, ConfirmFirst, or ValidationError on the key of a date (or "receipt_number").
    """
    visa = begin(visa, by)
    case = Case(visa, member_of(visa, person))
    move = find_move(case, event, to)
    if event in NOTICE_EVENTS:
        raise InvalidTransition("Record the notice: its due date is computed with it.")
    given = {key: dates.get(key) for key in move.dates if key != "receipt_number"}
    _check_given(case, move, given, today)
    answered = _answered(case, move)
    made = advance(case, move, given, by=by, today=today, confirmed=confirmed, note=note)
    if "receipt_number" in move.dates:
        try:
            save_receipt(
                visa=visa,
                form="I-914" if case.person is None else "I-914A",
                number=receipt_number,
                received_on=given["received_date"] or today,
                by=by,
                today=today,
                person=case.person,
                # The number may have been added before the step was recorded.
                receipt=same_receipt(visa=visa, number=receipt_number, person=case.person),
            )
        except ValidationError as problem:
            raise ValidationError({"receipt_number": problem.messages}) from None
    if answered is not None:
        answered.answered_on = made.on
        save_as(answered, by)
        settle_deadline(answered.deadline, on=made.on, by=by, today=today)
    return made


def find_move(case: Case, event: str, to: str) -> Transition:
    """The machine's move of that name out of the stage. Raises InvalidTransition."""
    chosen = machine(machine_key(case.person))
    for move in chosen.next_events(case.row.stage):
        if (move.event, move.to) == (event, to):
            return move
    label = chosen.state(case.row.stage).label
    raise InvalidTransition(
        f"From “{label}” the file cannot go that way. Somebody may have recorded it already."
    )


def advance(
    case: Case,
    move: Transition,
    given: Mapping[str, date | None],
    *,
    by: User,
    today: date,
    confirmed: bool = False,
    note: str = "",
    keep: Notice | None = None,
) -> VisaEvent:
    """Ask the guard, then write stage, dates and event. `keep` is the notice that brings the move.

    Raises InvalidTransition or ConfirmFirst.
    """
    known = {key: day for key, day in given.items() if day is not None}
    facts = {**facts_of(case.visa, case.person, today), **known}
    chosen, before = machine(machine_key(case.person)), case.row.stage
    for offer in chosen.allowed(before, facts):
        same = (offer.transition.event, offer.transition.to) == (move.event, move.to)
        if same and offer.verdict is Verdict.CONFIRM and not confirmed:
            raise ConfirmFirst(offer.reason)
    chosen.check(before, event=move.event, to=move.to, facts=facts, confirmed=confirmed)
    on = known.get("notice_date") or next((known[key] for key in move.dates if key in known), today)
    case.row.stage = move.to
    received_before = case.visa.received_on
    if case.person is None:
        _set_dates(case.visa, move.event, known)
        _close_or_open(case.visa, on, by)
    save_as(case.row, by)
    if case.visa.received_on != received_before:
        reclassify(visa=case.visa, by=by, today=today)
    if move.event in SETTLING:
        withdraw_notices(case, by=by, keep=keep)
    made = write_event(case, move.event, on=on, dates=known, by=by, note=note)
    keep_ends(visa=case.visa, by=by, today=today)
    return made


def write_event(
    case: Case, event: str, *, on: date, dates: Mapping[str, date], by: User, note: str = ""
) -> VisaEvent:
    """Write down that the stage was reached, and how."""
    row = VisaEvent(
        client=case.visa.client,
        visa=case.visa,
        person=case.person,
        event=event,
        stage=case.row.stage,
        on=on,
        dates={key: day.isoformat() for key, day in dates.items()},
        by=by,
    )
    row.note = note.strip() or None
    save_as(row, by)
    record(Action.STAGE, by=by, target=case.row, fields=[case.row.stage])
    return row


@transaction.atomic
def correct_stage(
    *,
    visa: TVisa,
    to: str,
    reason: str,
    by: User,
    today: date,
    milestones: Mapping[str, date | None] | None = None,
    person: FamilyMember | None = None,
) -> VisaEvent:
    """Set a stage that was recorded wrongly, and the dates that go with it; the reason is kept.

    Counsel and advocate only. `milestones` holds those fields of the T visa that change (see
    `MILESTONES`). Raises PermissionDenied or ValidationError.
    """
    visa = begin(visa, by)
    check_can_correct_stage(by, visa.client)
    case = Case(visa, member_of(visa, person))
    chosen = machine(machine_key(case.person))
    changes = dict(milestones or {}) if case.person is None else {}
    if to not in chosen.states:
        raise ValidationError({"to": "Choose a stage of the list."})
    if not reason.strip():
        raise ValidationError({"reason": "Say what was wrong, so that the history can be read."})
    if to == case.row.stage and all(getattr(visa, name) == day for name, day in changes.items()):
        raise ValidationError({"to": "Nothing is changed. Choose the right stage or the right dates."})
    received_before = visa.received_on
    for name in MILESTONES:
        if name in changes:
            setattr(visa, name, changes[name])
    _check_milestones(visa, changes, today)
    case.row.stage = to
    if case.person is None:
        _close_or_open(visa, today, by)
    save_as(case.row, by)
    if visa.received_on != received_before:
        reclassify(visa=visa, by=by, today=today)
    known = {name: day for name, day in changes.items() if day is not None}
    made = write_event(case, CORRECTED, on=today, dates=known, by=by, note=reason)
    keep_ends(visa=visa, by=by, today=today)
    return made


def withdraw_notices(case: Case, *, by: User, keep: Notice | None = None) -> None:
    """Notices that nobody answers any more: their dates stand no longer."""
    rows = Notice.objects.open().filter(visa=case.visa, person=case.person).select_related("deadline")
    stale = [row.deadline for row in rows if keep is None or row.pk != keep.pk]
    case_dates.replace(stale, by=by)


def settle_deadline(deadline: Deadline, *, on: date, by: User, today: date) -> None:
    """Mark a date as done unless it was already, or no longer stands."""
    if deadline.done_on is None and deadline.replaced_at is None:
        case_dates.mark_done(deadline=deadline, on=on, by=by, today=today)


def _answered(case: Case, move: Transition) -> Notice | None:
    """The open notice that the move answers."""
    kinds = [kind for kind, event in ANSWER_EVENTS.items() if event == move.event]
    if not kinds:
        return None
    rows = Notice.objects.open().filter(visa=case.visa, person=case.person, kind__in=kinds)
    found: Notice | None = rows.select_related("deadline").order_by("-served_on").first()
    return found


def _check_given(case: Case, move: Transition, given: Mapping[str, date | None], today: date) -> None:
    missing = {
        key: "Enter this day."
        for key, day in given.items()
        if day is None and (key not in MAY_BE_EMPTY or MUST_BE_GIVEN.get(move.event) == key)
    }
    if missing:
        raise ValidationError(missing)
    check_days(given, today=today, may_lie_ahead=MAY_LIE_AHEAD)
    floor, what = _last_milestone(case, move)
    for key, day in given.items():
        check_order(key, day, floor, what)
    if case.person is None and move.event in BEFORE_RECEIPT:
        # The receipt may be on file while the steps before it are recorded afterwards.
        for key, day in given.items():
            received = case.visa.received_on
            if day is not None and received is not None and day > received:
                raise ValidationError(
                    {key: f"{words(day)} is after USCIS received the package, {words(received)}."}
                )
    check_order(
        "notice_date", given.get("notice_date"), given.get("received_date"), "the day USCIS received it"
    )
    check_order(
        "deferred_action_until",
        given.get("deferred_action_until"),
        given.get("bfd_date"),
        "the bona fide notice",
    )
    check_order("status_end_date", given.get("status_end_date"), given.get("approval_date"), "the approval")
    if move.event == "extension_granted":
        check_order(
            "status_end_date",
            given.get("status_end_date"),
            case.visa.status_ends_on,
            "the end of status it extends",
        )


def _last_milestone(case: Case, move: Transition) -> tuple[date | None, str]:
    """The latest thing known to have happened that later acts cannot lie before, in words."""
    if case.person is None:
        visa = case.visa
        taken = VisaEvent.objects.filter(visa=visa, person=None, event="accept_case").first()
        found = [
            (visa.approved_on, "the T-1 was granted"),
            (visa.received_on if move.event not in UP_TO_RECEIPT else None, "USCIS received the package"),
            (visa.sent_on, "the package was sent"),
            (taken.on if taken else None, "the case was taken"),
        ]
    else:
        rows = VisaEvent.objects.filter(visa=case.visa, person=case.person)
        days = {row.event: row.on for row in rows.order_by("on", "created_at")}
        found = [
            (days.get("approval"), "this approval"),
            (days.get("receipt_notice"), "USCIS received Supplement A"),
            (days.get("send_supplement_a"), "Supplement A was sent"),
        ]
    known = [(day, what) for day, what in found if day is not None]
    return max(known, key=lambda pair: pair[0]) if known else (None, "")


def _set_dates(visa: TVisa, event: str, known: Mapping[str, date]) -> None:
    match event:
        case "send_package":
            visa.sent_on = known["sent_date"]
        case "rejected":
            visa.sent_on = None
        case "receipt_notice":
            visa.received_on = known["received_date"]
            visa.waiting_from = visa.waiting_from or visa.received_on
        case "bfd_grant":
            visa.bona_fide_on = known["bfd_date"]
        case "approval" | "visa_available_approval":
            visa.approved_on = known["approval_date"]
            visa.status_ends_on = known.get("status_end_date")
        case "extension_granted" | "status_end_passed":
            visa.status_ends_on = known["status_end_date"]


def _close_or_open(visa: TVisa, on: date, by: User) -> None:
    """The matter closes with a file that is over, and opens again when that is corrected."""
    closed_on = on if visa.stage in CLOSING else None
    if (visa.matter.closed_on is None) != (closed_on is None):
        visa.matter.closed_on = closed_on
        save_as(visa.matter, by)
        record(Action.CHANGED, by=by, target=visa.matter, fields=["closed_on"])


def _check_milestones(visa: TVisa, changes: Mapping[str, date | None], today: date) -> None:
    check_days(changes, today=today, may_lie_ahead=frozenset({"status_ends_on"}))
    check_order("received_on", visa.received_on, visa.sent_on, "the package was sent")
    check_order("bona_fide_on", visa.bona_fide_on, visa.received_on, "USCIS received the package")
    check_order("approved_on", visa.approved_on, visa.received_on, "USCIS received the package")
    check_order("status_ends_on", visa.status_ends_on, visa.approved_on, "the T-1 was granted")
    if visa.status_ends_on is not None and visa.approved_on is None:
        raise ValidationError(
            {"approved_on": f"Status ends {words(visa.status_ends_on)}: enter when it was granted."}
        )

"""Dated rows: computed, replaced when their trigger moves, entered by hand, done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import Action, record
from cases.law import statute_paper
from cases.models import AgencyDuty, Deadline, Matter, Petition
from cases.models.petitions import ENDED, GRANTS, Stage
from cases.services.bound import Bound, bound_agencies
from cases.services.moves import day_words, save_as
from cases.services.waiting import is_opposed
from cases.working import working_by_hand, working_of
from clients.permissions import check_can_change
from deadlines.calendars import get_calendar
from deadlines.rules import appeal_or_cure, order_duty, petition_deadline
from deadlines.types import ComputedDate

ANSWER = "answer"
OPPOSED_HEARING = "mandatory_hearing_if_opposed"
UNOPPOSED_HEARING = "discretionary_hearing_if_unopposed"
APPEAL = "appeal"
SIDES = {"ours": Deadline.Side.OURS, "theirs": Deadline.Side.THEIRS, "court": Deadline.Side.COURT}


@transaction.atomic
def set_deadline(
    *,
    matter: Matter,
    computed: ComputedDate,
    trigger: date | None,
    owner: User,
    by: User,
    what: str = "",
    about: str = "",
    petition: Petition | None = None,
    side: str = "",
) -> Deadline | None:
    """Write a computed date down; the row that said otherwise stays, marked replaced.

    Rows are the same deadline when petition, rule and `about` are. Nothing is written when nothing moved;
    None comes back where the law gives no date, and an earlier date is then withdrawn.
    """
    rule = computed.citation_id or ""
    standing = Deadline.objects.select_for_update().filter(
        matter=matter, petition=petition, rule=rule, replaced_at__isnull=True
    )
    old = next((row for row in standing if (row.about or "") == about), None)
    same = old and (old.due_on, old.raw_on, old.trigger_on) == (computed.due, computed.raw, trigger)
    if old is not None and same:
        return old
    if old is not None:
        replace([old], by=by)
    if computed.due is None:
        return None
    row = Deadline(
        client=matter.client,
        matter=matter,
        petition=petition,
        what=what or computed.label,
        about=about or None,
        rule=rule,
        side=side or SIDES[computed.owner],
        trigger_on=trigger,
        raw_on=computed.raw,
        safe_on=computed.safe,
        due_on=computed.due,
        working=working_of(computed),
        confirmed=computed.confirmed,
        owner=owner,
    )
    if old is not None:
        carry_done(old, row)
    save_as(row, by)
    record(Action.CREATED, by=by, target=row, fields=["due_on"])
    if old is not None:
        for duty in AgencyDuty.objects.select_for_update().filter(deadline=old):
            duty.deadline = row
            save_as(duty, by)
    return row


def carry_done(old: Deadline, row: Deadline) -> None:
    """What was done stays done when its date is counted again, unless it lies before the new count began."""
    if old.done_on is not None and not (row.trigger_on and old.done_on < row.trigger_on):
        row.done_on, row.done_by = old.done_on, old.done_by


def replace(rows: Iterable[Deadline], *, by: User) -> None:
    """Mark rows as no longer standing; they stay to be read."""
    for row in rows:
        row.replaced_at = timezone.now()
        save_as(row, by)
        record(Action.CHANGED, by=by, target=row, fields=["replaced_at"])


@transaction.atomic
def add_date(
    *,
    matter: Matter,
    what: str,
    due_on: date,
    side: str,
    source: str,
    owner: User,
    by: User,
    about: str = "",
    petition: Petition | None = None,
) -> Deadline:
    """A date that a court printed or somebody agreed to: kept as entered, never moved.

    `what` is one of our fixed sentences; what names anybody goes into `about`. Raises PermissionDenied, or
    ValidationError for a petition of another matter.
    """
    check_can_change(by, matter.client)
    if petition is not None and petition.matter_id != matter.pk:
        raise ValidationError("This petition belongs to another matter.")
    row = Deadline(
        client=matter.client,
        matter=matter,
        petition=petition,
        what=what,
        about=about or None,
        side=side,
        due_on=due_on,
        safe_on=None,
        working=working_by_hand(due_on, source),
        owner=owner,
    )
    save_as(row, by)
    record(Action.CREATED, by=by, target=row, fields=["due_on"])
    return row


@transaction.atomic
def mark_done(*, deadline: Deadline, on: date, by: User, today: date) -> Deadline:
    """Say that what a date asked for was done. Raises ValidationError when it was done or replaced before."""
    row: Deadline = (
        Deadline.objects.select_for_update(of=("self",)).select_related("client").get(pk=deadline.pk)
    )
    check_can_change(by, row.client)
    if row.replaced_at is not None:
        raise ValidationError("This date was replaced by a newer one. Open the newer one.")
    if row.done_on is not None:
        raise ValidationError("This was marked as done already.")
    if on > today:
        raise ValidationError(
            {
                "on": f"{day_words(on)} lies ahead; today is {day_words(today)}. Enter the day on which it "
                "was done."
            }
        )
    meet(row, on, by)
    return row


def meet(row: Deadline, on: date, by: User) -> None:
    """What the date asked for was done."""
    row.done_on, row.done_by = on, by
    save_as(row, by)
    record(Action.CHANGED, by=by, target=row, fields=["done_on"])


def reopen(row: Deadline, by: User) -> None:
    """What was marked as done was not: the date stands open again."""
    row.done_on = row.done_by = None
    save_as(row, by)
    record(Action.CHANGED, by=by, target=row, fields=["done_on"])


def finish(*, petition: Petition, rule: str, on: date, by: User) -> None:
    """The open deadline of a rule is met, by an act that was just recorded."""
    rule_id = rule if "/" in rule else f"{petition.statute}/deadlines/{rule}"
    for row in Deadline.objects.open().filter(petition=petition, rule=rule_id):
        meet(row, on, by)


def finish_hearing_window(*, petition: Petition, on: date, by: User) -> None:
    """A hearing is set: the court's window is met."""
    for rule in (OPPOSED_HEARING, UNOPPOSED_HEARING):
        finish(petition=petition, rule=rule, on=on, by=by)


def reopen_hearing_window(*, petition: Petition, by: User) -> None:
    """The hearing that met the court's window was never set: the window stands open again."""
    rule = f"{petition.statute}/deadlines/{_window(is_opposed(petition))}"
    met = Deadline.objects.filter(petition=petition, rule=rule, replaced_at__isnull=True)
    for row in met.filter(done_on__isnull=False):
        reopen(row, by)


def withdraw_all(*, petition: Petition, by: User) -> None:
    """Nothing of a withdrawn petition is due any more."""
    replace(Deadline.objects.open().filter(petition=petition), by=by)


def drop_waiting(*, petition: Petition, by: User) -> None:
    """Once the court has decided, nobody waits for an answer or a hearing window any more."""
    waiting = Deadline.objects.open().filter(petition=petition)
    replace(waiting.filter(side__in=[Deadline.Side.THEIRS, Deadline.Side.COURT]), by=by)


@dataclass(frozen=True, slots=True)
class Run:
    """One clock of the law: the day it runs from, and what the count gives."""

    trigger: date | None
    computed: ComputedDate


def _answer(petition: Petition) -> Run:
    """The other side's answer: from receipt of service in California, from filing in a federal court."""
    paper = statute_paper(petition.statute)
    return _run(
        petition, paper.answer, petition.served_on if paper.answer_from == "service" else petition.filed_on
    )


def _window(opposed: bool) -> str:
    return OPPOSED_HEARING if opposed else UNOPPOSED_HEARING


def _hearing_window(petition: Petition, opposed: bool) -> Run | None:
    """A federal court's window, from the opposition or, without one, from filing; California has none."""
    if not petition.is_federal:
        return None
    return _run(petition, _window(opposed), petition.answered_on if opposed else petition.filed_on)


def _appeal(petition: Petition) -> Run | None:
    """Our notice of appeal, from the denial, where the law on file gives a clock."""
    if petition.statute != "us-18usc3771a-vacatur":
        return None
    # Not petition_deadline: the row names no number, only the shorter clock that is worked to.
    day = petition.decided_on
    computed = appeal_or_cure(petition.statute, APPEAL, trigger_date=day, court_calendar=_calendar(petition))
    return Run(day, computed)


def _duty(petition: Petition, bound: Bound) -> Run | None:
    """An agency's sealing, from the order that bound it first; None where the law has no number.

    Never from the petition's own day of decision: a later order, or a denial, moves that one.
    """
    index = statute_paper(petition.statute).duty_index
    if index is None:
        return None
    events = {"arrest_date": bound.arrested_on, "order_entered": bound.ordered_on}
    computed = order_duty(petition.statute, index, events=events, court_calendar=_calendar(petition))
    return Run(bound.ordered_on, computed)


def compute_answer(*, petition: Petition, by: User) -> Deadline | None:
    """The date of the other side's answer."""
    state = statute_paper(petition.statute).level == "state"
    return _keep(petition, _answer(petition), by, what="Prosecutor’s answer" if state else "")


def last_day_to_answer(petition: Petition) -> date | None:
    """The last day of the prosecutor's time; the bare count where no calendar reaches it."""
    computed = _answer(petition).computed
    return computed.due or computed.raw


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A date that runs and could not be set, and why."""

    what: str
    why: str

    @property
    def title(self) -> str:
        """The head of the notice."""
        return f"{self.what}: no date is set."


def uncounted(petition: Petition) -> list[Uncounted]:
    """The dates of the law whose trigger is on file and that no court calendar reaches.

    Without a calendar nobody knows which days the court is closed, so no date is set rather than a wrong one.
    """
    runs: list[Run | None] = []
    if petition.stage not in ENDED:
        runs.append(_answer(petition))
        if petition.answered_on:
            runs.append(_hearing_window(petition, is_opposed(petition)))
    if petition.stage == Stage.DENIED:
        runs.append(_appeal(petition))
    if petition.stage in GRANTS:
        runs += _bare_duties(petition)
    found = [run.computed for run in runs if run is not None and run.trigger is not None]
    calendar = get_calendar(_calendar(petition))
    reach = f"{day_words(calendar.valid_from)} to {day_words(calendar.valid_to)}"
    return [
        Uncounted(
            one.label[0].upper() + one.label[1:],
            f"The count ends on {day_words(one.raw)}, and the court calendar on file goes from {reach}. "
            "Count it by hand and enter it under Dates, or check the year of the day it runs from.",
        )
        for one in found
        if one.due is None and one.raw is not None
    ]


def _bare_duties(petition: Petition) -> list[Run | None]:
    """The clocks of agencies that have no date and have not confirmed: one for each order."""
    bare = set(
        petition.duties.filter(deadline__isnull=True, confirmed_on__isnull=True).values_list(
            "agency_id", flat=True
        )
    )
    if not bare:
        return []
    bound = bound_agencies(petition, add=False)
    clocks = {(row.ordered_on, row.arrested_on): row for pk, row in bound.items() if pk in bare}
    return [_duty(petition, row) for row in clocks.values()]


def compute_hearing_window(*, petition: Petition, opposed: bool, by: User) -> Deadline | None:
    """The date by which a federal court hears a motion."""
    run = _hearing_window(petition, opposed)
    if run is None:
        return None
    other = f"{petition.statute}/deadlines/{_window(not opposed)}"
    replace(Deadline.objects.open().filter(petition=petition, rule=other), by=by)
    return _keep(petition, run, by)


def compute_appeal(*, petition: Petition, by: User) -> Deadline | None:
    """The date of our notice of appeal after a denial."""
    run = _appeal(petition)
    return _keep(petition, run, by) if run is not None else None


def drop_appeal(*, petition: Petition, by: User) -> None:
    """What was recorded as a denial was none: nothing is to be appealed."""
    rule = f"{petition.statute}/deadlines/{APPEAL}"
    replace(Deadline.objects.filter(petition=petition, rule=rule, replaced_at__isnull=True), by=by)


def wait_again(*, petition: Petition, by: User) -> None:
    """What was recorded as decided is not: the prosecutor's and the court's dates stand again."""
    answer = compute_answer(petition=petition, by=by)
    if petition.answered_on is None:
        return
    if answer is not None and answer.done_on is None:
        meet(answer, petition.answered_on, by)
    compute_hearing_window(petition=petition, opposed=is_opposed(petition), by=by)


def compute_duty(*, duty: AgencyDuty, petition: Petition, bound: Bound, by: User) -> Deadline | None:
    """By when an agency seals: the later of two clocks."""
    run = _duty(petition, bound)
    if run is None:
        return None
    return set_deadline(
        matter=petition.matter,
        petition=petition,
        computed=run.computed,
        trigger=run.trigger,
        owner=petition.matter.lead,
        by=by,
        what="Agency seals its records",
        about=duty.agency.name,
        side=Deadline.Side.AGENCY,
    )


def _calendar(petition: Petition) -> str:
    return petition.court.calendar or ("us-federal" if petition.is_federal else "us-ca")


def _run(petition: Petition, name: str, trigger: date | None) -> Run:
    computed = petition_deadline(
        petition.statute, name, trigger_date=trigger, court_calendar=_calendar(petition)
    )
    return Run(trigger, computed)


def _keep(petition: Petition, run: Run, by: User, what: str = "") -> Deadline | None:
    return set_deadline(
        matter=petition.matter,
        petition=petition,
        computed=run.computed,
        trigger=run.trigger,
        owner=petition.matter.lead,
        by=by,
        what=what,
        about=f"Petition {petition.number}, {petition.place}",
    )

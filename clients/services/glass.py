"""Break-glass: open a file one does not work on, for a quarter of an hour, with others looking on.

Who may: anybody active who does casework and stands behind no wall for this client. What it gives: the
right to see the file, and no other; nothing is exported meanwhile. The care team and the supervisors of
the office are told at once, and a second person judges it (docs/decisions/0006-break-glass.md).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import NoReturn

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.mail import tell
from accounts.models import Role, User
from audit.models import AccessEvent
from audit.services import Action, record
from clients import grants
from clients.models import BreakGlass, Client, Wall
from clients.models.glass import OPEN_FOR, BreakGlassQuerySet
from clients.permissions import VIEW, check_does_casework, has_right
from clients.services.rows import Altered, alarm, guarded, lock_row, locked, unaltered

KIND = "breakglass"
A_DAY = 2
REFUSED_A_DAY = 6
LEAST_REASON = 20
REVIEW_WITHIN = 2
"""Working days (Monday to Friday) after which an unreviewed opening is brought before everybody again."""

NOT_OPENED = (
    "No file was opened. Either no file has this number, or it is not one that you can open this way. "
    "Check the number, or ask a supervisor."
)
TOO_OFTEN = "You have opened two files this way today. Ask a supervisor for another."
TOO_MANY_TRIES = "Too many numbers that opened nothing today. Ask a supervisor."
OPEN_ALREADY = "This file is open to you already: it stands under Clients."
TOO_SHORT = "Say in at least 20 characters why you need this file now."


def open_file(
    *, file_number: str, category: str, reason: str, by: User, at: datetime | None = None
) -> BreakGlass:
    """Open the file with exactly this number to `by` until a quarter of an hour after `at` (now).

    A number that nobody has and one behind a wall are refused alike, and on record; a file that `by` may see
    already is said to be open. The caller has seen a fresh second step (accounts.fresh). Raises
    PermissionDenied or ValidationError.
    """
    at = at or timezone.now()
    if not by.is_active:
        raise PermissionDenied("This account is closed.")
    check_does_casework(by)
    client = Client.objects.filter(file_number=file_number.strip()).first()
    if client is not None and has_right(by, client, VIEW):
        # Nothing is told that she does not know, and nothing was refused to her.
        raise ValidationError({"file_number": OPEN_ALREADY})
    if len(reason.strip()) < LEAST_REASON:
        _refuse(by, client, "reason", {"reason": TOO_SHORT})
    if category not in BreakGlass.Category.values:
        _refuse(by, client, "category", {"category": "Choose why it is urgent."})
    with transaction.atomic():
        # Under a lock of the person, and with the refusal's entry: two windows at the same moment do not make
        # three, nor fifty guesses more than six. Rows that name the person may be written meanwhile.
        by = User.objects.select_for_update(no_key=True).get(pk=by.pk)
        why = _too_much(by, at)
        client = locked(client) if client is not None and not why else client
        if not why and client is not None and _may_open(by, client):
            return _open(client, category, reason.strip(), by, at)
        why = why or "number"
        _enter_refusal(by, client, why)
    raise ValidationError(SAID[why])


SAID: dict[str, str | dict[str, str]] = {
    "tries": TOO_MANY_TRIES,
    "often": TOO_OFTEN,
    "number": {"file_number": NOT_OPENED},
}


def _too_much(by: User, at: datetime) -> str:
    """Why nothing more is opened today: too many guesses, or two files; "" where there is no reason."""
    since = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    tries = AccessEvent.objects.filter(
        actor_id=by.pk, action=Action.REFUSED, object_kind=KIND, fields=["number"], at__gte=since
    )
    if tries.count() >= REFUSED_A_DAY:
        return "tries"
    today = BreakGlass.objects.filter(user=by, opened_at__gte=since, opened_at__lt=since + timedelta(1))
    return "often" if today.count() >= A_DAY else ""


def _may_open(user: User, client: Client) -> bool:
    walled = Wall.objects.filter(client=client, user=user).in_force().exists()
    return not walled and not has_right(user, client, VIEW)


def _open(client: Client, category: str, reason: str, by: User, at: datetime) -> BreakGlass:
    row = BreakGlass(client=client, user=by, category=category, opened_at=at, until=at + OPEN_FOR)
    row.reason = reason
    row._history_user = by
    grants.sign_glass(row)
    row.full_clean()
    row.save()
    record(Action.BREAK_GLASS, by=by, target=row, fields=[category])
    grants.forget(by)
    people = [person.email for person in told(client, by)]
    transaction.on_commit(partial(tell, people, OPENED_SUBJECT, OPENED.format(number=client.file_number)))
    return row


def _refuse(by: User, client: Client | None, why: str, problem: str | dict[str, str]) -> NoReturn:
    """Record the refusal, with the client where there is one, and raise it."""
    _enter_refusal(by, client, why)
    raise ValidationError(problem)


def _enter_refusal(by: User, client: Client | None, why: str) -> None:
    record(Action.REFUSED, by=by, kind=KIND, client=client.pk if client else None, fields=[why])


# --- Telling ----------------------------------------------------------------------------------------------

OPENED_SUBJECT = "A file was opened by break-glass"
OPENED = (
    "File {number} was opened by somebody who does not work on it.\n\n"
    "Who, when and why stand in Afterword, under Break-glass and on the file. It closes after 15 minutes."
)
WAITS_SUBJECT = "A break-glass look waits for review"
WAITS = (
    "File {number} was opened by break-glass more than two working days ago, and nobody has reviewed it.\n\n"
    "See Break-glass in Afterword."
)


def told(client: Client, by: User) -> list[User]:
    """The care team and the supervisors of the office, without `by` and whom a wall keeps from the file.

    Where that leaves nobody, the auditors: somebody always hears of it.
    """
    team = Q(team_places__client=client, team_places__left_on__isnull=True)
    supervisors = Q(role=Role.SUPERVISOR, office=client.office_id)
    walled = Wall.objects.filter(client=client).in_force().values("user_id")
    people = User.objects.filter(is_active=True).exclude(pk=by.pk).exclude(pk__in=walled)
    return list(people.filter(team | supervisors).distinct()) or list(people.filter(role=Role.AUDITOR))


# --- Ending -----------------------------------------------------------------------------------------------


def own(user: User) -> BreakGlassQuerySet:
    """What `user` opened herself."""
    return BreakGlass.objects.filter(user=user)


def _again(row: BreakGlass) -> BreakGlass:
    """The row as it is now, under the lock of its file and its own, in this order as everywhere.

    Raises Altered for one that was changed behind the log.
    """
    lock_row(row.client_id)
    found: BreakGlass = BreakGlass.objects.select_for_update().get(pk=row.pk)
    unaltered(found)
    return found


@guarded
def end(*, row: BreakGlass, by: User, at: datetime | None = None) -> BreakGlass:
    """Close the file before its time: its own person, or whoever takes it away.

    Raises PermissionDenied, or Altered for a row that was changed behind the log: it opens nothing.
    """
    at = at or timezone.now()
    row = _again(row)
    if row.user_id != by.pk:
        raise PermissionDenied("Only who opened the file closes it before its time.")
    return _end(row, by, at)


def _end(row: BreakGlass, by: User, at: datetime) -> BreakGlass:
    if row.ended_at is None and row.until > at:
        row.ended_at = at
        row._history_user = by
        grants.sign_glass(row)
        row.save()
        record(Action.CHANGED, by=by, target=row, fields=["ended"])
        grants.forget(row.user)
    return row


def end_for(client: Client, user: User, by: User) -> None:
    """A wall was set: what the person has open ends. Call it inside the transaction.

    A row that was altered behind the log keeps no wall from standing: it is an alarm, and stays as it is.
    """
    at = timezone.now()
    for row in BreakGlass.objects.running(at).filter(client=client, user=user):
        try:
            _end(_again(row), by, at)
        except Altered:
            alarm(row)


# --- Review -----------------------------------------------------------------------------------------------


def can_review(user: User) -> bool:
    """Whether the queue is open to this role."""
    return user.is_active and user.role in (Role.SUPERVISOR, Role.AUDITOR)


def check_can_review(user: User) -> None:
    if not can_review(user):
        raise PermissionDenied("Break-glass is reviewed by supervisors and the auditor.")


def queue(user: User) -> BreakGlassQuerySet:
    """What `user` may review: a supervisor that of her office and of files she sees, the auditor all.

    Nothing of a file that a wall keeps from her. Raises PermissionDenied.
    """
    check_can_review(user)
    rows = BreakGlass.objects.exclude(client__in=grants.walls(user).values("client_id"))
    if user.role == Role.SUPERVISOR:
        rows = rows.filter(
            Q(client__office=user.office_id) | Q(client__in=Client.objects.visible_to(user).values("pk"))
        )
    found: BreakGlassQuerySet = rows.select_related("client", "user", "reviewed_by")
    return found.order_by("-opened_at", "pk")


def waiting(user: User) -> int:
    """How many openings wait for this person's review; 0 for who reviews none."""
    return queue(user).unreviewed().exclude(user=user).count() if can_review(user) else 0


@guarded
def review(*, row: BreakGlass, outcome: str, note: str, by: User, at: datetime | None = None) -> BreakGlass:
    """Close an opening with an outcome and a note; never by who opened it. Ends it, if it still runs.

    Raises PermissionDenied or ValidationError, Altered among them.
    """
    at = at or timezone.now()
    if not queue(by).filter(pk=row.pk).exists():
        raise PermissionDenied("This is not yours to review.")
    row = _again(row)
    if row.user_id == by.pk:
        record(Action.REFUSED, by=by, target=row, fields=["own"])
        raise ValidationError("A second person reviews what you opened.")
    if row.reviewed_at is not None:
        raise ValidationError("This was reviewed already.")
    if outcome not in BreakGlass.Outcome.values:
        raise ValidationError({"outcome": "Choose what you found."})
    if not note.strip():
        raise ValidationError({"note": "Say in a few words why."})
    if row.ended_at is None and row.until > at:
        row.ended_at = at
        grants.forget(row.user)
    row.reviewed_at, row.reviewed_by, row.outcome, row.note = at, by, outcome, note.strip()
    row._history_user = by
    grants.sign_glass(row)
    row.full_clean()
    row.save()
    record(Action.BREAK_GLASS_CLOSED, by=by, target=row, fields=[outcome])
    return row


def is_late(row: BreakGlass, on: date) -> bool:
    """Whether more than two working days have passed without a review."""
    if row.reviewed_at is not None:
        return False
    day, passed = timezone.localtime(row.opened_at).date(), 0
    while day < on:
        day += timedelta(days=1)
        passed += day.weekday() < 5
    return passed > REVIEW_WITHIN


def tick(now: datetime) -> str:
    """Timed work: what nobody reviewed in time goes before the office's supervisors and the auditors."""
    count = 0
    rows = BreakGlass.objects.unreviewed().filter(escalated_at__isnull=True).select_related("client")
    for row in rows:
        if is_late(row, timezone.localtime(now).date()):
            try:
                count += _escalate(row, now)
            except Altered:
                continue  # the alarm was raised; the others are looked at all the same
    return f"{count} break-glass looks escalated" if count else ""


@guarded
def _escalate(row: BreakGlass, now: datetime) -> bool:
    row = _again(row)
    if row.escalated_at is not None or row.reviewed_at is not None:
        return False
    row.escalated_at = now
    row._history_user = None
    row.save()
    record(Action.CHANGED, by=None, target=row, fields=["escalated"])
    walled = Wall.objects.filter(client=row.client_id).in_force().values("user_id")
    reviewers = Q(role=Role.SUPERVISOR, office=row.client.office_id) | Q(role=Role.AUDITOR)
    people = User.objects.filter(reviewers, is_active=True).exclude(pk__in=walled).exclude(pk=row.user_id)
    addresses = list(people.values_list("email", flat=True))
    transaction.on_commit(
        partial(tell, addresses, WAITS_SUBJECT, WAITS.format(number=row.client.file_number))
    )
    return True

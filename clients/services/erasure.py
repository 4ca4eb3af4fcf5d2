"""Erase a client's file for good: two people, the office's retention rule, no legal hold, a fresh sign-in.

From the commit on nothing of hers opens, in this database, its history, its files or a backup without her
keys (`erasing` has how). A tombstone stays (`Erasure`). A passage or a document alone goes the same way of
two people, without the retention rule (`purge`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Role, User
from audit.services import Action, record
from clients import decisions
from clients.models import Client, Erasure, ErasureReason, ErasureRequest, LegalHold, Wall
from clients.permissions import TEAM, check_can_manage_team
from clients.services import purge
from clients.services.erasing import after_erasure, clean_up, clean_up_part, erase_rows, stored_files
from clients.services.rows import locked
from vault import datakeys

logger = logging.getLogger(__name__)
Scope, State = ErasureRequest.Scope, ErasureRequest.State
CLOSED = (Client.State.CLOSED, Client.State.DECLINED)

# --- What stands in the way -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Missing:
    """A condition that is not met: a fixed word for the log, and a sentence."""

    code: str
    words: str


def kept_until(client: Client) -> date | None:
    """The first day on which a closed file may be erased by the office's own rule; None while it is open."""
    if client.closed_on is None:
        return None
    year = client.closed_on.year + settings.AFTERWORD_RETENTION_YEARS
    try:
        return client.closed_on.replace(year=year)
    except ValueError:  # February 29: the file is kept for the day longer
        return date(year, 3, 1)


def held(client: Client) -> list[Missing]:
    """The legal holds in the way."""
    count = LegalHold.objects.filter(client=client).in_force().count()
    if not count:
        return []
    stands = "A legal hold stands" if count == 1 else f"{count} legal holds stand"
    return [Missing("hold", f"{stands}: nothing of this file is erased before it is lifted.")]


def not_due(client: Client, today: date) -> list[Missing]:
    """Why the whole file may not be erased yet."""
    until = kept_until(client)
    if client.state not in CLOSED or until is None:
        return [Missing("not_closed", "The file is not closed.")]
    if today < until:
        years = settings.AFTERWORD_RETENTION_YEARS
        day = f"{until:%B} {until.day}, {until.year}"
        return [
            Missing(
                "kept", f"The office’s own rule keeps a closed file for {years} years: this one until {day}."
            )
        ]
    return []


def missing(
    client: Client, *, scope: str, object_id: UUID | None = None, today: date | None = None
) -> list[Missing]:
    """What of the file itself stands in the way of erasing it, or a part of it."""
    today = today or timezone.localdate()
    found = held(client)
    if scope == Scope.FILE:
        return found + not_due(client, today)
    if object_id is not None:
        found += [Missing("in_use", words) for words in purge.stops(client, scope, object_id)]
    return found


def missing_of(request: ErasureRequest, client: Client, today: date) -> list[Missing]:
    """What stands in the way of what was asked."""
    return missing(client, scope=request.scope, object_id=request.object_id, today=today)


def missing_to_decide(request: ErasureRequest, *, by: User, fresh: bool, today: date) -> list[Missing]:
    """Everything that is missing for `by` to have it erased now."""
    found = []
    if request.asked_by_id == by.pk:
        found.append(Missing("same_person", "You asked for this. Somebody else has to decide it."))
    if not request.is_open:
        found.append(Missing("not_open", f"This request is settled: {request.get_state_display().lower()}."))
    found += missing_of(request, request.client, today)
    if not fresh:
        found.append(
            Missing("not_fresh", "Confirm that it is you, with your second step, before you decide.")
        )
    return found


@contextmanager
def _refusals_on_record(client: Client, by: User | None) -> Iterator[None]:
    """What a service refuses inside is entered in the log, in a transaction of its own, and raised."""
    try:
        yield
    except _Refused as refused:
        with transaction.atomic():
            if refused.doubtful is not None:
                decisions.alarm(refused.doubtful, [found.code for found in refused.missing])
            codes = [found.code for found in refused.missing]
            record(Action.ERASURE_REFUSED, by=by, kind="client", client=client.pk, fields=codes)
        raise ValidationError([found.words for found in refused.missing]) from None


class _Refused(Exception):
    def __init__(self, missing: list[Missing], doubtful: ErasureRequest | None = None) -> None:
        self.missing, self.doubtful = missing, doubtful
        super().__init__()


def _refuse(missing: list[Missing]) -> None:
    if missing:
        raise _Refused(missing)


DOUBTS = {
    "forged_request": "This request is not what the application wrote: nothing is erased on it.",
    "altered_file": "The file was altered in the database, past the application: nothing is erased.",
    "altered_hold": "A legal hold was altered in the database, past the application: nothing is erased.",
    "missing_hold": "A legal hold was removed from the database, past the application: nothing is erased.",
}


def _check_genuine(request: ErasureRequest, client: Client) -> None:
    found = decisions.doubts(request, client)
    if found:
        raise _Refused([Missing(code, DOUBTS[code]) for code in found], doubtful=request)


# --- Asking ---------------------------------------------------------------------------------------


def ask(
    *,
    client: Client,
    reason: str,
    by: User,
    note: str = "",
    scope: str = Scope.FILE,
    object_id: UUID | None = None,
    today: date | None = None,
) -> ErasureRequest:
    """Ask that a file, a passage or a document be erased; somebody else decides.

    Raises PermissionDenied, or ValidationError with every condition that is missing (on record) or for
    something that is asked for already.
    """
    with _refusals_on_record(client, by):
        return _ask(client, reason, by, note, scope, object_id, today or timezone.localdate())


@transaction.atomic
def _ask(
    client: Client, reason: str, by: User, note: str, scope: str, object_id: UUID | None, today: date
) -> ErasureRequest:
    client = locked(client)
    check_can_manage_team(by, client)
    _refuse(missing(client, scope=scope, object_id=object_id, today=today))
    if reason not in ErasureReason.values:
        raise ValidationError({"reason": "Choose a reason."})
    if reason == ErasureReason.OTHER and not note.strip():
        raise ValidationError({"note": "Say what the reason is."})
    if scope != Scope.FILE and not any(key == f"{scope}-{object_id}" for key, _ in purge.choices(client)):
        raise ValidationError("This is erased, or asked for, already.")
    request = ErasureRequest(
        client=client,
        scope=scope,
        object_id=object_id,
        reason=reason,
        note=note.strip() or None,
        asked_by=by,
    )
    _save(request, by)
    record(Action.ERASURE_ASKED, by=by, target=request, fields=[scope, reason])
    return request


def _save(request: ErasureRequest, by: User) -> None:
    request._history_user = by
    decisions.sign(request)
    request.full_clean()
    request.save()


@transaction.atomic
def withdraw(*, request: ErasureRequest, by: User) -> ErasureRequest:
    """Take a request back. Raises PermissionDenied, or ValidationError for one that is settled."""
    client = locked(request.client)
    check_can_manage_team(by, client)
    request = ErasureRequest.objects.get(pk=request.pk, client=client)
    if not request.is_open:
        raise ValidationError("This request is settled already.")
    request.state, request.decided_by, request.decided_at = State.WITHDRAWN, by, timezone.now()
    _save(request, by)
    record(Action.CHANGED, by=by, target=request, fields=["withdrawn"])
    return request


# --- Deciding -------------------------------------------------------------------------------------


def decidable(user: User) -> models.QuerySet[ErasureRequest]:
    """Open requests that `user` may look at in order to decide them; nothing sealed of them is shown.

    An administrator's and, in the own office, a supervisor's; for a part of a file also whoever manages
    its team. A wall takes them away. Who asked sees the own request there, and cannot decide it.
    """
    rows = ErasureRequest.objects.filter(state__in=ErasureRequest.OPEN)
    if not user.is_active:
        return rows.none()
    walled = Wall.objects.filter(user=user).in_force()
    rows = rows.exclude(client__in=walled.values("client"))
    rows = rows.select_related("client__office", "asked_by", "decided_by")
    if user.role == Role.ADMINISTRATOR:
        return rows
    managed = Q(client__in=Client.objects.with_right(user, TEAM)) & ~Q(scope=Scope.FILE)
    if user.role == Role.SUPERVISOR:
        return rows.filter(managed | Q(client__office=user.office_id))
    return rows.filter(managed)


def _check_may_decide(user: User, request: ErasureRequest) -> None:
    if not decidable(user).filter(pk=request.pk).exists():
        raise PermissionDenied("Another supervisor of the office or an administrator decides this.")


def sees_erased(user: User) -> bool:
    """Whether the list of erased files is open to this person."""
    return user.is_active and user.role in (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR)


def erased_for(user: User) -> models.QuerySet[Erasure]:
    """Tombstones: a supervisor's of the own office, everybody's for administrators and auditors."""
    rows = Erasure.objects.select_related("office", "asked_by", "decided_by")
    if not sees_erased(user):
        return rows.none()
    return rows.filter(office=user.office_id) if user.role == Role.SUPERVISOR else rows


def refuse(*, request: ErasureRequest, answer: str, by: User) -> ErasureRequest:
    """Decide that nothing is erased, with the reason. Raises PermissionDenied or ValidationError."""
    with _refusals_on_record(request.client, by):
        return _decide(request, by, State.REFUSED, answer, fresh=True, today=timezone.localdate())


def approve(*, request: ErasureRequest, by: User, fresh: bool, today: date | None = None) -> Erasure | None:
    """Decide that it is erased, and erase it at once.

    `fresh` is whether `by` has passed the second step in the last minutes. The decision is kept by itself:
    where carrying it out fails, `manage tick` and `manage keyring destroy-client` try again. Raises
    PermissionDenied, or ValidationError with every condition that is missing, on record.
    """
    today = today or timezone.localdate()
    with _refusals_on_record(request.client, by):
        request = _decide(request, by, State.DECIDED, "", fresh=fresh, today=today)
    return carry_out(request=request, today=today)


@transaction.atomic
def _decide(
    request: ErasureRequest, by: User, to: str, answer: str, *, fresh: bool, today: date
) -> ErasureRequest:
    client = locked(request.client)
    request = ErasureRequest.objects.select_related("asked_by").get(pk=request.pk, client=client)
    request.client = client
    _check_may_decide(by, request)
    if request.is_open:
        _check_genuine(request, client)
    found = missing_to_decide(request, by=by, fresh=fresh, today=today)
    if to == State.REFUSED:
        _refuse([one for one in found if one.code in ("same_person", "not_open")])
        if not answer.strip():
            raise ValidationError({"answer": "Say why it stays."})
        request.answer = answer.strip()
    else:
        _refuse(found)
    request.state, request.decided_by, request.decided_at = to, by, timezone.now()
    _save(request, by)
    action = Action.ERASURE_REFUSED if to == State.REFUSED else Action.CHANGED
    record(action, by=by, target=request, fields=[to])
    return request


def decided_request(file_number: str) -> ErasureRequest | None:
    """The decided request for a whole file that was not carried out yet; or the one that still waits."""
    rows = ErasureRequest.objects.filter(client__file_number=file_number, scope=Scope.FILE)
    return (
        rows.filter(state__in=ErasureRequest.OPEN).select_related("client", "asked_by", "decided_by").first()
    )


# --- Erasing --------------------------------------------------------------------------------------


def carry_out(*, request: ErasureRequest, today: date | None = None) -> Erasure | None:
    """Erase what was decided. Gives the tombstone of a file, None for a part of one.

    Raises ValidationError with what is missing now, on record: a hold may have been set since.
    """
    today = today or timezone.localdate()
    with _refusals_on_record(request.client, request.decided_by):
        if request.scope == Scope.FILE:
            return _erase_file(request, today)
        _erase_part(request, today)
        return None


def _decided(request: ErasureRequest, client: Client, today: date) -> ErasureRequest:
    """The request read again under the client's lock; refused unless two people stand behind it."""
    rows = ErasureRequest.objects.select_related("asked_by", "decided_by")
    request = rows.get(pk=request.pk, client=client)
    if request.state != State.DECIDED:
        _refuse([Missing("not_decided", "Nobody has decided this yet, or it is settled.")])
    if request.asked_by_id == request.decided_by_id:
        _refuse([Missing("same_person", "One person asked and decided. Somebody else has to decide it.")])
    _check_genuine(request, client)
    _refuse(missing_of(request, client, today))
    return request


@transaction.atomic
def _erase_file(request: ErasureRequest, today: date) -> Erasure:
    client = locked(request.client)
    request = _decided(request, client, today)
    erasure = _tombstone(client, request)
    erase_rows(client.pk)
    _keep(erasure, request.decided_by)
    record(Action.ERASED, by=request.decided_by, kind="client", client=client.pk)
    transaction.on_commit(partial(clean_up, erasure.pk))
    return erasure


@transaction.atomic
def _erase_part(request: ErasureRequest, today: date) -> None:
    client = locked(request.client)
    request = _decided(request, client, today)
    at, by = timezone.now(), request.decided_by
    if by is None or request.object_id is None:
        raise ValueError("A decided request for a part names who decided and what.")
    files = purge.blank(purge.parts_of(client, request.scope, request.object_id, at), by=by)
    request.state, request.done_at, request.files_left = State.DONE, at, files
    _save(request, by)
    record(Action.PURGED, by=by, target=request, fields=[request.scope])
    transaction.on_commit(partial(clean_up_part, request.pk))


def _tombstone(client: Client, request: ErasureRequest | None) -> Erasure:
    """What remains, with the files that are still to be removed; not stored yet."""
    return Erasure(
        client_uuid=client.pk,
        file_number=client.file_number,
        office=client.office,
        opened_on=client.opened_on,
        closed_on=client.closed_on,
        reason=request.reason if request else ErasureReason.OTHER,
        asked_by=request.asked_by if request else None,
        asked_at=request.asked_at if request else None,
        decided_by=request.decided_by if request else None,
        files_left=stored_files(client.pk),
    )


def _keep(erasure: Erasure, by: User | None) -> None:
    erasure._history_user = by
    erasure.save()
    record(Action.CREATED, by=by, target=erasure)


def replay(client_uuid: UUID, *, erased_at: datetime | None = None) -> Erasure | None:
    """Erase again a client whom a restored backup brought back; None when there is nobody of this id.

    `erased_at` is when she was erased first; now, where nothing is said.

    For the ledger of erased clients (config/upkeep): two people decided it already, in a later state of the
    database than this one, so nothing is asked again. Her keys are destroyed in any case.
    """
    with transaction.atomic():
        datakeys.destroy(client_uuid)
        client = Client.objects.select_for_update().filter(pk=client_uuid).first()
        if client is None:
            return None
        request = (
            ErasureRequest.objects.filter(client=client, scope=Scope.FILE, state=State.DECIDED)
            .select_related("asked_by", "decided_by")
            .first()
        )
        erasure = _tombstone(client, request)
        erasure.erased_at = erased_at or erasure.erased_at
        erase_rows(client.pk)
        _keep(erasure, None)
        record(Action.ERASED, by=None, kind="client", client=client_uuid, fields=["replayed"])
        transaction.on_commit(partial(clean_up, erasure.pk))
    return erasure


# --- Afterwards -----------------------------------------------------------------------------------


def tick(now: datetime) -> str:
    """Carry out what was decided and did not go through, and go on cleaning up after it."""
    done = 0
    for request in ErasureRequest.objects.filter(state=State.DECIDED).select_related("client", "decided_by"):
        if found := decisions.doubts(request, request.client):
            decisions.alarm(request, found)
        elif not missing_of(request, request.client, timezone.localdate(now)):
            try:
                carry_out(request=request, today=timezone.localdate(now))
            except Exception:
                # One that fails again keeps nobody else's from being carried out.
                logger.exception("A decided erasure did not go through")
            else:
                done += 1
    waiting = list(Erasure.objects.filter(Q(backups_cleaned_at__isnull=True) | ~Q(files_left=[])))
    cleaned = sum(_guarded(clean_up, erasure.pk) for erasure in waiting)
    for request in ErasureRequest.objects.filter(state=State.DONE).exclude(files_left=[]):
        _guarded(clean_up_part, request.pk)
    said = []
    if done:
        said.append(f"{done} decided erasure{'s' if done > 1 else ''} carried out")
    if waiting:
        said.append(f"{cleaned} of {len(waiting)} erased files cleaned up")
    return ", ".join(said)


def _guarded(clean: Callable[[UUID], bool], pk: UUID) -> bool:
    """Clean up after one erasure; one that fails keeps nobody else's from it."""
    try:
        return clean(pk)
    except Exception:
        logger.exception("The cleaning after an erasure did not go through")
        return False


__all__ = [
    "Missing",
    "after_erasure",
    "approve",
    "ask",
    "carry_out",
    "clean_up",
    "decidable",
    "decided_request",
    "erased_for",
    "kept_until",
    "missing",
    "missing_to_decide",
    "refuse",
    "replay",
    "sees_erased",
    "tick",
    "withdraw",
]

"""Promises to the client, and what the client told us."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from audit.services import Action, record
from clients.days import check_past
from clients.models import CareTeamMember, Client, Commitment, Passage
from clients.permissions import check_can_change, check_can_read_statement
from clients.services.rows import locked


@transaction.atomic
def make_commitment(
    *, client: Client, what: str, due_at: datetime, owner: User, by: User, follows: Commitment | None = None
) -> Commitment:
    """Write down a promise. Its owner is on the client's team, so that it can be kept."""
    client = locked(client)
    check_can_change(by, client)
    places = CareTeamMember.objects.filter(client=client, user=owner, left_on__isnull=True)
    if not owner.is_active or not places.exists():
        raise ValidationError({"owner": f"{owner} is not on this client’s team."})
    promise = Commitment(client=client, what=what, due_at=due_at, owner=owner, follows=follows)
    promise._history_user = by
    promise.full_clean()
    promise.save()
    record(Action.CREATED, by=by, target=promise)
    return promise


@transaction.atomic
def settle_commitment(
    *, commitment: Commitment, state: str, by: User, now: datetime | None = None
) -> Commitment:
    """Say what became of a promise: kept, broken or renegotiated."""
    promise = (
        Commitment.objects.select_for_update(of=["self"])
        .select_related("client", "owner")
        .get(pk=commitment.pk)
    )
    check_can_change(by, promise.client)
    if state == Commitment.State.OWED:
        raise ValidationError("Say what became of the promise.")
    if promise.state != Commitment.State.OWED:
        raise ValidationError("This promise was settled already.")
    promise.state, promise.settled_at = state, now or timezone.now()
    promise._history_user = by
    promise.full_clean()
    promise.save()
    record(Action.CHANGED, by=by, target=promise, fields=[state])
    return promise


@transaction.atomic
def renegotiate_commitment(*, commitment: Commitment, due_at: datetime, by: User) -> Commitment:
    """Agree a new time with the client: the old promise is settled, a new one follows it."""
    settled = settle_commitment(commitment=commitment, state=Commitment.State.RENEGOTIATED, by=by)
    if due_at <= timezone.now():
        raise ValidationError({"due_at": "The new time has to lie ahead."})
    return make_commitment(
        client=settled.client, what=settled.what, due_at=due_at, owner=settled.owner, by=by, follows=settled
    )


@transaction.atomic
def add_passage(
    *,
    client: Client,
    title: str,
    text: str,
    agreed_uses: Iterable[str],
    by: User,
    read_back_on: date | None = None,
) -> Passage:
    """Add a passage of the client's account, with the uses the client agreed to."""
    client = locked(client)
    check_can_change(by, client)
    check_can_read_statement(by, client)
    last = Passage.objects.filter(client=client).aggregate(Max("number"))["number__max"] or 0
    passage = Passage(
        client=client,
        number=last + 1,
        title=title,
        text=text,
        agreed_uses=sorted(agreed_uses),
        read_back_on=read_back_on,
    )
    return _save_passage(passage, by, Action.CREATED)


@transaction.atomic
def change_passage(
    *,
    passage: Passage,
    title: str,
    text: str,
    agreed_uses: Iterable[str],
    by: User,
    read_back_on: date | None = None,
) -> Passage:
    """Change a passage; the earlier wording stays in its history."""
    passage = Passage.objects.select_for_update(of=["self"]).select_related("client").get(pk=passage.pk)
    check_can_change(by, passage.client)
    check_can_read_statement(by, passage.client)
    if passage.erased_at is not None:
        raise ValidationError("This passage was erased. Add a new one.")
    passage.title, passage.text, passage.agreed_uses = title, text, sorted(agreed_uses)
    passage.read_back_on = read_back_on
    return _save_passage(passage, by, Action.CHANGED)


def _save_passage(passage: Passage, by: User, action: Action) -> Passage:
    if passage.read_back_on is not None:
        check_past(passage.read_back_on)
    unknown = set(passage.agreed_uses) - set(Passage.Use.values)
    if unknown:
        raise ValidationError("Choose the uses from the list.")
    passage._history_user = by
    passage.full_clean()
    passage.save()
    record(action, by=by, target=passage)
    return passage

"""Legal holds: while one stands, nothing of the file is erased."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import Action, record
from clients.models import Client, LegalHold
from clients.permissions import check_can_manage_team
from clients.services.rows import locked


@transaction.atomic
def set_hold(*, client: Client, reason: str, by: User) -> LegalHold:
    """Keep the file as it is, from now on. Raises PermissionDenied, or ValidationError without a reason."""
    client = locked(client)
    check_can_manage_team(by, client)
    if not reason.strip():
        raise ValidationError({"reason": "Say what the file has to be kept for."})
    hold = LegalHold(client=client, reason=reason.strip(), set_by=by)
    hold._history_user = by
    hold.full_clean()
    hold.save()
    record(Action.HOLD_SET, by=by, target=hold)
    return hold


@transaction.atomic
def lift_hold(*, hold: LegalHold, by: User) -> LegalHold:
    """Lift a hold; what was asked before it is not carried out by that. Raises PermissionDenied."""
    client = locked(hold.client)
    check_can_manage_team(by, client)
    hold = LegalHold.objects.get(pk=hold.pk, client=client)
    if hold.lifted_at is not None:
        raise ValidationError("This hold was lifted already.")
    hold.lifted_by, hold.lifted_at = by, timezone.now()
    hold._history_user = by
    hold.full_clean()
    hold.save()
    record(Action.HOLD_LIFTED, by=by, target=hold)
    return hold

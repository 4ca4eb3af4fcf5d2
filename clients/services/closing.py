"""Close a file when the work is done, and open it again."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit.services import Action, record
from clients.models import Client, Commitment, ErasureRequest
from clients.permissions import check_can_manage_team
from clients.services.rows import locked


@transaction.atomic
def close_file(*, client: Client, by: User, today: date) -> Client:
    """Close an open file. The day is today's, never an earlier one: the time for keeping it runs from there.

    Raises PermissionDenied, or ValidationError for a file that is not open or a promise that is still owed.
    """
    client = locked(client)
    check_can_manage_team(by, client)
    if client.state != Client.State.OPEN:
        raise ValidationError("Only an open file can be closed.")
    owed = Commitment.objects.filter(client=client).not_kept_yet().count()
    if owed:
        promises = "A promise to the client is" if owed == 1 else f"{owed} promises to the client are"
        raise ValidationError(f"{promises} still owed. Settle that first.")
    client.state, client.closed_on = Client.State.CLOSED, today
    return _save(client, by)


@transaction.atomic
def reopen_file(*, client: Client, by: User) -> Client:
    """Open a closed file again. Raises PermissionDenied, or ValidationError while erasing it is asked for."""
    client = locked(client)
    check_can_manage_team(by, client)
    if client.state != Client.State.CLOSED:
        raise ValidationError("Only a closed file can be opened again.")
    asked = ErasureRequest.objects.filter(client=client, scope=ErasureRequest.Scope.FILE)
    if asked.filter(state__in=ErasureRequest.OPEN).exists():
        raise ValidationError("Somebody asked that this file be erased. Withdraw that first.")
    client.state, client.closed_on = Client.State.OPEN, None
    return _save(client, by)


def _save(client: Client, by: User) -> Client:
    client._history_user = by
    client.full_clean()
    client.save()
    record(Action.STAGE, by=by, target=client, fields=[client.state])
    return client

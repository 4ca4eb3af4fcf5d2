"""Who may do what to a T visa: everything hangs on the client's rights."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from accounts.models import User
from clients.models import Client
from clients.permissions import CHANGE, STATEMENT, rights_on

NOT_YOURS_TO_CORRECT = (
    "Only counsel or the client’s advocate corrects a stage. Ask the client’s point of contact."
)


def can_correct_stage(user: User, client: Client) -> bool:
    """Counsel and advocate: the two who may both change the file and read the account behind it."""
    return {CHANGE, STATEMENT} <= rights_on(user, client)


def check_can_correct_stage(user: User, client: Client) -> None:
    """Raises PermissionDenied with the reason and whom to ask."""
    if not can_correct_stage(user, client):
        raise PermissionDenied(NOT_YOURS_TO_CORRECT)

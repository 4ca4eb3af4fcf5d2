"""Who may do what to a petition: everything hangs on the client's rights."""

from __future__ import annotations

from accounts.models import User
from cases.models import Petition
from cases.stages import Act
from clients import permissions
from clients.permissions import FILE


def check_may(user: User, petition: Petition, act: Act) -> None:
    """May record this act. Raises PermissionDenied with the reason."""
    if act.right == FILE:
        permissions.check_can_file(user, petition.client)
    else:
        permissions.check_can_change(user, petition.client)


def check_can_draft(user: User, petition: Petition, *, with_account: bool) -> None:
    """May draft papers; the declaration is made of the client's account, which has its own right."""
    permissions.check_can_change(user, petition.client)
    if with_account:
        permissions.check_can_read_statement(user, petition.client)

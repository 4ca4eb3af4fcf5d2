"""Who may work on a client's record.

Reading it needs the right to see the file. Importing a sheet, correcting it and deciding how a charge
ties to the trafficking need the right to change the file; screening only proposes.
"""

from __future__ import annotations

from accounts.models import User
from clients.models import Client
from clients.permissions import CHANGE, can_change, check_can_change

__all__ = ["CHANGE", "can_review", "check_can_review"]


def check_can_review(user: User, client: Client) -> None:
    """May import, correct, accept and decide. Raises PermissionDenied with whom to ask."""
    check_can_change(user, client)


def can_review(user: User, client: Client) -> bool:
    return can_change(user, client)

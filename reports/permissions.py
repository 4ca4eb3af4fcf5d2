"""Who may read the log of everybody."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from accounts.models import Role, User


def can_audit(user: User) -> bool:
    """Whether pages of the auditor are open to this person."""
    return user.is_active and user.role == Role.AUDITOR


def check_can_audit(user: User) -> None:
    """The log of everybody is the auditor's; who has seen one client's file stands on that file."""
    if not can_audit(user):
        raise PermissionDenied(
            "The access log is open to auditors. Who has seen one client’s file stands on that file."
        )

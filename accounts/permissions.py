"""Who keeps the accounts: administrators, and nobody else."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from accounts.models import Role, User


def can_keep_accounts(user: User) -> bool:
    """Whether pages of accounts are open to this person."""
    return user.is_active and user.role == Role.ADMINISTRATOR


def check_can_keep_accounts(user: User) -> None:
    """Raises PermissionDenied with whom to ask."""
    if not can_keep_accounts(user):
        raise PermissionDenied("Accounts are kept by the system administrator. Ask there.")

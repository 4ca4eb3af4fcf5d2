"""Who may do what for a client.

Rights hang on the client. `check_*` raises `PermissionDenied` with the reason and whom to ask;
`can_*` answers for templates. A wall takes everything away, also where a right was granted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from clients import grants
from clients.models import Client, TeamRole

if TYPE_CHECKING:
    from accounts.models import User

VIEW, CHANGE = "view_client", "change_client"
STATEMENT, FILE, TEAM = "view_statement", "file_for_client", "manage_team"
RIGHTS = (VIEW, CHANGE, STATEMENT, FILE, TEAM)

RIGHTS_OF_ROLE: dict[str, frozenset[str]] = {
    TeamRole.COUNSEL: frozenset({VIEW, CHANGE, STATEMENT, FILE, TEAM}),
    TeamRole.CO_COUNSEL: frozenset({VIEW, CHANGE, STATEMENT, FILE}),
    TeamRole.ADVOCATE: frozenset({VIEW, CHANGE, STATEMENT}),
    TeamRole.PARALEGAL: frozenset({VIEW, CHANGE}),
    TeamRole.SUPERVISION: frozenset({VIEW, TEAM}),
}
"""A team role is a fixed set of rights. A supervisor reads the case but not the account."""

REFUSALS = {
    VIEW: "You do not work on this file. Ask the client’s point of contact.",
    CHANGE: "You may read this file but not change it. Ask the client’s point of contact.",
    STATEMENT: "What the client told us is open to counsel and advocate only.",
    FILE: "Only counsel of record signs and files for this client.",
    TEAM: "Only counsel of record or a supervisor changes the care team.",
}


def has_right(user: User, client: Client, right: str) -> bool:
    """Whether `user` holds `right` on `client` now, walls considered. One query."""
    return right in rights_on(user, client)


def rights_on(user: User, client: Client) -> frozenset[str]:
    """Every right `user` holds on `client`; empty behind a wall. One query."""
    return grants.held(user, [client.pk])[client.pk]


def _check(user: User, client: Client, right: str) -> None:
    if not has_right(user, client, right):
        raise PermissionDenied(REFUSALS[right])


def check_can_see(user: User, client: Client) -> None:
    """May look at the file."""
    _check(user, client, VIEW)


def check_can_change(user: User, client: Client) -> None:
    """May write to the file."""
    _check(user, client, CHANGE)


def can_change(user: User, client: Client) -> bool:
    return has_right(user, client, CHANGE)


def check_can_read_statement(user: User, client: Client) -> None:
    """May read the client's account."""
    _check(user, client, STATEMENT)


def can_read_statement(user: User, client: Client) -> bool:
    return has_right(user, client, STATEMENT)


def check_can_file(user: User, client: Client) -> None:
    """May sign and file: counsel of record only."""
    _check(user, client, FILE)


def can_file(user: User, client: Client) -> bool:
    return has_right(user, client, FILE)


def check_can_manage_team(user: User, client: Client) -> None:
    """May add and remove people, and set walls."""
    _check(user, client, TEAM)


def can_manage_team(user: User, client: Client) -> bool:
    return has_right(user, client, TEAM)


def check_does_casework(user: User) -> None:
    """May open an intake at all: administrators and auditors hold no right on any client."""
    if not user.does_casework:
        raise PermissionDenied("Clients are not open to this account. Ask a supervisor.")

"""The plainest valid thing of each kind; a test names only what it is about."""

from __future__ import annotations

import itertools
from datetime import date

from accounts.models import Office, Role, User
from clients import grants
from clients.models import Client, ClientUserPermission, ConflictCheck, TeamRole
from clients.permissions import VIEW
from clients.services import decide_conflict, join_team, run_conflict_check, start_intake

_numbers = itertools.count(1)
TODAY = date(2026, 11, 23)


def make_office(name: str = "Juniper Street Legal") -> Office:
    return Office.objects.get_or_create(name=name)[0]


def make_user(
    role: str = Role.ATTORNEY, *, may: tuple[str, ...] = (), on: Client | None = None, **fields: object
) -> User:
    """A user without any right; `may` lists rights on the client `on`."""
    number = next(_numbers)
    fields.setdefault("name", f"Wren Alder {number}")
    fields.setdefault("email", f"wren.{number}@juniper.example")
    fields.setdefault("office", make_office())
    fields.setdefault("is_demo", True)
    user = User.objects.create_user(password=None, role=role, **fields)
    if may:
        ClientUserPermission.objects.bulk_create(grants.new(user, on, may))
    return user


def make_client(*, counsel: User | None = None, name_used: str = "Linnet", **values: object) -> Client:
    """An open file with counsel of record; further values go through the service."""
    from clients.services import change_client, take_on

    counsel = counsel or make_user()
    client = start_intake(name_used=name_used, by=counsel, today=TODAY)
    client = change_client(client=client, by=counsel, replies={"channel": "not_asked"}, **values)
    settle_conflicts(client, by=counsel)
    return take_on(client=client, by=counsel)


def settle_conflicts(client: Client, *, by: User) -> ConflictCheck:
    """A conflict check that was run and decided: nobody stands in the way."""
    check = run_conflict_check(client=client, by=by)
    return decide_conflict(check=check, decision=ConflictCheck.Decision.CLEAR, note="Other people.", by=by)


def counsel_of(client: Client) -> User:
    return User.objects.get(team_places__client=client, team_places__role=TeamRole.COUNSEL)


def add_to_team(client: Client, role: str, user_role: str) -> User:
    """Somebody new on the team in this role."""
    user = make_user(user_role)
    join_team(client=client, user=user, role=role, by=None)
    return user


__all__ = [
    "TODAY",
    "VIEW",
    "add_to_team",
    "counsel_of",
    "make_client",
    "make_office",
    "make_user",
    "settle_conflicts",
]

"""The care team: a place on it and the rights that come with it change in one transaction."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from audit.services import Action, record
from clients import grants
from clients.models import CareTeamMember, Client, TeamRole, Wall
from clients.permissions import RIGHTS_OF_ROLE, check_can_manage_team
from clients.services.glass import end_for
from clients.services.rows import guarded, locked, unaltered

LAWYERS = frozenset({Role.ATTORNEY, Role.SUPERVISOR})
MAY_BE: dict[str, frozenset[str]] = {
    TeamRole.COUNSEL: LAWYERS,
    TeamRole.CO_COUNSEL: LAWYERS,
    TeamRole.SUPERVISION: frozenset({Role.SUPERVISOR}),
}
"""Places on a team that ask for a certain account: a paralegal's cannot sign and file."""


@transaction.atomic
def join_team(
    *, client: Client, user: User, role: str, by: User | None, on: date | None = None
) -> CareTeamMember:
    """Give `user` a place on the team and its rights.

    `by` None is the intake itself, which puts its own maker on the team. Raises PermissionDenied,
    or ValidationError for somebody behind a wall, inactive, already there, not doing casework, or
    whose account does not fit the place.
    """
    client = locked(client)
    if by is not None:
        check_can_manage_team(by, client)
    if not user.is_active or not user.does_casework:
        raise ValidationError(f"{user} does not work on cases.")
    if role in MAY_BE and user.role not in MAY_BE[role]:
        raise ValidationError(f"{user} is no {' or '.join(sorted(MAY_BE[role]))}: choose another place.")
    if Wall.objects.filter(client=client, user=user).in_force().exists():
        raise ValidationError("This person stands behind a wall for this client. Lift the wall first.")
    if CareTeamMember.objects.filter(client=client, user=user, left_on__isnull=True).exists():
        raise ValidationError(f"{user} is on the team already.")
    member = CareTeamMember(client=client, user=user, role=role, joined_on=on or timezone.localdate())
    member._history_user = by
    member.full_clean()
    member.save()
    grants.set_rights(client, user, RIGHTS_OF_ROLE[role])
    record(Action.TEAM_JOINED, by=by, target=member, fields=[role])
    return member


@transaction.atomic
def leave_team(*, member: CareTeamMember, by: User, on: date | None = None) -> CareTeamMember:
    """End a place on the team and take its rights away.

    The last counsel of record and the point of contact cannot leave: somebody has to take over first.
    """
    # The file is locked, not the place: of two counsel who leave at the same moment one has to stay.
    client = locked(member.client)
    check_can_manage_team(by, client)
    member = CareTeamMember.objects.select_related("client", "user").get(pk=member.pk)
    if member.left_on is not None:
        raise ValidationError("This person has left the team already.")
    others = CareTeamMember.objects.filter(client=client, role=member.role, left_on__isnull=True)
    if member.role == TeamRole.COUNSEL and not others.exclude(pk=member.pk).exists():
        raise ValidationError("Name another counsel of record before this one leaves.")
    if client.point_of_contact_id == member.user_id:
        raise ValidationError("Name another point of contact before this one leaves.")
    return _end(member, by, on)


def _end(member: CareTeamMember, by: User, on: date | None) -> CareTeamMember:
    # A place that was to begin later ends on the day it begins.
    member.left_on = max(on or timezone.localdate(), member.joined_on)
    member._history_user = by
    member.full_clean()
    member.save()
    grants.set_rights(member.client, member.user, frozenset())
    record(Action.TEAM_LEFT, by=by, target=member, fields=[member.role])
    return member


@transaction.atomic
def set_wall(*, client: Client, user: User, reason: str, by: User) -> Wall:
    """Shut `user` out of everything about `client`, at once: a wall waits for no successor.

    Ends a place on the team and takes every right away; a point of contact behind a wall leaves the file
    without one.
    """
    client = locked(client)
    check_can_manage_team(by, client)
    if user == by:
        raise ValidationError("Ask somebody else to set a wall against yourself.")
    if Wall.objects.filter(client=client, user=user).in_force().exists():
        raise ValidationError("This wall stands already.")
    wall = Wall(client=client, user=user, reason=reason)
    wall._history_user = by
    wall.full_clean()
    grants.sign_wall(wall)
    wall.save()
    place = CareTeamMember.objects.filter(client=client, user=user, left_on__isnull=True).first()
    if place is not None:
        _end(place, by, None)
    grants.set_rights(client, user, frozenset())
    end_for(client, user, by)
    if client.point_of_contact_id == user.pk:
        client.point_of_contact = None
        client._history_user = by
        client.save()
    record(Action.WALL_SET, by=by, target=wall, fields=[reason])
    return wall


def has_counsel(client: Client) -> bool:
    """Whether somebody whose account is open is counsel of record now."""
    places = CareTeamMember.objects.filter(client=client, left_on__isnull=True)
    return places.filter(role=TeamRole.COUNSEL, user__is_active=True).exists()


@guarded
def lift_wall(*, wall: Wall, by: User) -> Wall:
    """Lift a wall; no right comes back by itself. Raises Altered for one that was changed behind the log."""
    client = locked(wall.client)
    check_can_manage_team(by, client)
    wall = Wall.objects.get(pk=wall.pk, client=client)
    unaltered(wall)
    if not Wall.objects.filter(pk=wall.pk).in_force().exists():
        raise ValidationError("This wall was lifted already.")
    wall.lifted_at = timezone.now()
    wall._history_user = by
    grants.sign_wall(wall)
    wall.save()
    record(Action.WALL_LIFTED, by=by, target=wall)
    return wall


@transaction.atomic
def change_point_of_contact(*, client: Client, user: User, by: User) -> Client:
    """Hand the client over to another named person of the team; history keeps the count of hands."""
    client = locked(client)
    check_can_manage_team(by, client)
    places = CareTeamMember.objects.filter(client=client, user=user, left_on__isnull=True)
    if not user.is_active or not places.exists():
        raise ValidationError(f"{user} is not on this client’s team.")
    client.point_of_contact = user
    client._history_user = by
    client.save()
    record(Action.CHANGED, by=by, target=client, fields=["point_of_contact"])
    return client

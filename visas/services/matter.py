"""A T visa matter is opened."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import Role, User
from audit.services import Action, record
from cases.models import Matter
from clients.models import CareTeamMember, Client, TeamRole
from clients.permissions import check_can_change
from visas.models import TVisa
from visas.services.begin import save_as
from visas.stages import machine


@transaction.atomic
def open_visa(*, client: Client, by: User, today: date) -> TVisa:
    """The client's T visa, opened in the stage "screening" when there is none yet.

    An attorney or advocate who opens it leads it; for anybody else counsel of record does.
    Raises PermissionDenied.
    """
    client = Client.objects.select_for_update().get(pk=client.pk)
    check_can_change(by, client)
    found: TVisa | None = TVisa.objects.filter(client=client).first()
    if found is not None:
        return found
    matter = Matter.objects.filter(client=client, kind=Matter.Kind.T_VISA, closed_on__isnull=True).first()
    if matter is None:
        matter = Matter(client=client, kind=Matter.Kind.T_VISA, lead=_lead(client, by), opened_on=today)
        save_as(matter, by)
        record(Action.CREATED, by=by, target=matter)
    visa = TVisa(client=client, matter=matter, stage=machine("t1_matter").initial)
    save_as(visa, by)
    record(Action.CREATED, by=by, target=visa)
    return visa


def _lead(client: Client, by: User) -> User:
    if by.role in (Role.ATTORNEY, Role.ADVOCATE):
        return by
    counsel = (
        CareTeamMember.objects.filter(client=client, role=TeamRole.COUNSEL, left_on__isnull=True)
        .select_related("user")
        .order_by("joined_on")
        .first()
    )
    return counsel.user if counsel else by

"""Who works for a client, the rights that come with it, and the walls that take them away."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from audit.history import History
from clients.models.base import ClientOwned, ClientOwnedQuerySet


class ClientUserPermission(UserObjectPermissionBase):
    """One right of one user on one client (django-guardian, with a real foreign key).

    Made and read in `clients.grants` alone: a row without the right MAC grants nothing.
    """

    content_object = models.ForeignKey("clients.Client", on_delete=models.CASCADE)
    mac = models.BinaryField(max_length=16, null=True)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        indexes = [
            # Everything that checking a person's rights reads, in one place of the disk.
            models.Index(fields=["user", "permission", "content_object", "mac"], name="grant_of_user")
        ]


class ClientGroupPermission(GroupObjectPermissionBase):
    """Required by django-guardian beside the table above; nothing grants rights to groups."""

    content_object = models.ForeignKey("clients.Client", on_delete=models.CASCADE)


class TeamRole(models.TextChoices):
    """A person's part in one client's case; each is a fixed set of rights (clients.permissions)."""

    COUNSEL = "counsel", "Counsel of record"
    CO_COUNSEL = "co_counsel", "Co-counsel"
    ADVOCATE = "advocate", "Advocate"
    PARALEGAL = "paralegal", "Paralegal"
    SUPERVISION = "supervision", "Supervision"


class CareTeamMember(ClientOwned):
    """A person's time on a client's team. Leaving ends it and removes the rights."""

    released = True

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="team_places")
    role = models.CharField(max_length=12, choices=TeamRole)
    joined_on = models.DateField(default=timezone.localdate)
    left_on = models.DateField(null=True, blank=True)
    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "user"], condition=Q(left_on__isnull=True), name="team_one_place_a_person"
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=models.F("joined_on")),
                name="team_left_after_joined",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


class WallQuerySet(ClientOwnedQuerySet):
    """Walls."""

    def in_force(self) -> WallQuerySet:
        """Walls that stand now; narrow to a client or a person first. One query.

        A wall that was lifted in the database alone stands (clients.grants).
        """
        from clients import grants

        return grants.in_force(self)


class Wall(ClientOwned):
    """A person who must never see this file: an ethics screen, or the client's own wish."""

    class Reason(models.TextChoices):
        """Why it stands; the story behind it is not kept here."""

        ETHICS = "ethics", "Ethics screen"
        CLIENT_WISH = "client_wish", "The client asked for it"
        FORMER = "former", "Former opposing side"

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="walls")
    reason = models.CharField(max_length=12, choices=Reason)
    set_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)
    mac = models.BinaryField(max_length=16, null=True)
    objects: ClassVar[Any] = WallQuerySet.as_manager()
    history = History()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "user"], condition=Q(lifted_at__isnull=True), name="wall_one_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"wall {self.pk}"

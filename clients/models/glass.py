"""Break-glass: a file that somebody outside its team opened for a while, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.history import History
from clients.models.base import ClientOwned, ClientOwnedQuerySet
from vault.fields import SealedTextField

OPEN_FOR = timedelta(minutes=15)


class BreakGlassQuerySet(ClientOwnedQuerySet):
    """Files opened by break-glass."""

    def running(self, at: datetime) -> BreakGlassQuerySet:
        """Open at this moment, as their rows say; whether a row is genuine says `clients.grants`."""
        return self.filter(opened_at__lte=at, until__gt=at, ended_at__isnull=True)

    def unreviewed(self) -> BreakGlassQuerySet:
        """Those that nobody has closed yet."""
        return self.filter(reviewed_at__isnull=True)


class BreakGlass(ClientOwned):
    """One opening: by whom, why, for how long, and how a second person judged it.

    It lets its person see the file, nothing else, until `until`. The row carries a MAC (clients.grants).
    """

    class Category(models.TextChoices):
        """What pressed; the story stands in the reason, sealed."""

        SAFETY = "safety", "Somebody’s safety"
        DEADLINE = "deadline", "A deadline or hearing today"
        CONTACT = "contact", "The client or a court is on the phone"
        COVER = "cover", "Standing in for somebody who is away"

    class Outcome(models.TextChoices):
        """What the second person found."""

        JUSTIFIED = "justified", "Justified"
        NOT_JUSTIFIED = "not_justified", "Not justified"
        FOLLOW_UP = "follow_up", "Needs follow-up"

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=10, choices=Category)
    reason = SealedTextField(context="break_glass", seal_name="reason", long=True)
    opened_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    mac = models.BinaryField(max_length=16)
    escalated_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=15, choices=Outcome, blank=True)
    note = SealedTextField(context="break_glass", seal_name="note", long=True, null=True, blank=True)
    objects: ClassVar[Any] = BreakGlassQuerySet.as_manager()
    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, outcome="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(outcome=""),
                name="break_glass_reviewed_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")),
                name="break_glass_second_person",
            ),
        ]
        indexes = [models.Index(fields=["user", "-until"], name="break_glass_of_user")]

    def __str__(self) -> str:
        return f"break-glass {self.pk}"

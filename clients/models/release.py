"""What lets a client's file, or a part of it, leave the office."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from audit.history import History
from clients.models.base import ClientOwned
from vault.fields import SealedTextField


class Release(ClientOwned):
    """A ground on which the file may be given to somebody: who, why, and until when. It can be revoked."""

    class Basis(models.TextChoices):
        """What it rests on."""

        CLIENT = "client", "The client’s signed release"
        ORDER = "order", "Court order"
        SUBPOENA = "subpoena", "Subpoena"

    basis = models.CharField(max_length=10, choices=Basis)
    recipient = SealedTextField(context="release", seal_name="recipient")
    note = SealedTextField(context="release", seal_name="note", long=True)
    signed_on = models.DateField()
    expires_on = models.DateField()
    client_told_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    exported_at = models.DateTimeField(null=True, blank=True, help_text="the last time")
    history = History()

    class Meta:
        ordering = ["-signed_on", "-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__gte=F("signed_on")), name="release_ends_after_it_was_signed"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="release_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"release {self.pk}"

    def holds_on(self, day: date) -> bool:
        """Whether the file may be given on this day; the last day counts."""
        return self.revoked_at is None and self.signed_on <= day <= self.expires_on

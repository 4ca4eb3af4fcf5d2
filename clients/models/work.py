"""What the client told us, and what we promised the client."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from audit.history import History
from clients.models.base import ClientOwned, ClientOwnedQuerySet
from vault.fields import SealedTextField


class Passage(ClientOwned):
    """A passage of the client's account, written once; each paper takes those agreed to for it."""

    released = True

    class Use(models.TextChoices):
        """What the client agreed the passage may be used for."""

        DECLARATION = "declaration", "Court declaration"
        T_VISA = "t_visa", "T visa statement"
        REVIEW = "review", "Reviewing charges, inside the office"

    number = models.PositiveIntegerField()
    title = SealedTextField(context="passage", seal_name="title")
    text = SealedTextField(context="passage", seal_name="text", long=True)
    agreed_uses = models.JSONField(default=list, blank=True)
    read_back_on = models.DateField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    history = History()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["client", "number"], name="passage_numbered_once")]

    def __str__(self) -> str:
        return f"passage {self.number}"

    def agreed_for(self, use: str) -> bool:
        """Whether the client agreed to this use of the passage."""
        return use in self.agreed_uses


class CommitmentQuerySet(ClientOwnedQuerySet):
    """Promises."""

    def not_kept_yet(self) -> CommitmentQuerySet:
        """Promises that are still owed."""
        return self.filter(state=Commitment.State.OWED)


class Commitment(ClientOwned):
    """A promise made to the client: who promised what, and by when."""

    released = True

    class State(models.TextChoices):
        """How the promise stands."""

        OWED = "owed", "Owed"
        KEPT = "kept", "Kept"
        BROKEN = "broken", "Not kept"
        RENEGOTIATED = "renegotiated", "A new time was agreed"

    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="commitments")
    due_at = models.DateTimeField()
    what = SealedTextField(context="commitment", seal_name="what")
    state = models.CharField(max_length=12, choices=State, default=State.OWED)
    settled_at = models.DateTimeField(null=True, blank=True)
    follows = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    objects: ClassVar[Any] = CommitmentQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="owed", settled_at__isnull=True)
                | Q(~Q(state="owed"), settled_at__isnull=False),
                name="commitment_settled_has_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"promise {self.pk}"

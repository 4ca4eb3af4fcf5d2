"""People around a client, and the check that nobody we act against is one of ours."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from audit.history import History
from clients.models.base import ClientOwned
from vault.fields import SealedDateField, SealedJSONField, SealedTextField
from vault.names import new_person_number


class RelatedPerson(ClientOwned):
    """Somebody in the client's story or family, with the word the client uses for them."""

    released = True

    class Relation(models.TextChoices):
        """What the office calls the tie; the client's own word stands beside it."""

        TRAFFICKER = "trafficker", "Trafficker"
        CO_DEFENDANT = "co_defendant", "Co-defendant"
        FAMILY = "family", "Family"
        EMPLOYER = "employer", "Employer"
        OTHER = "other", "Other"

    relation = models.CharField(max_length=12, choices=Relation)
    must_not_meet = models.BooleanField(default=False)
    person_number = models.BigIntegerField(default=new_person_number, unique=True, editable=False)
    name = SealedTextField(context="related_person", seal_name="name")
    her_word = SealedTextField(context="related_person", seal_name="her_word", null=True, blank=True)
    date_of_birth = SealedDateField(context="related_person", seal_name="dob", null=True, blank=True)
    note = SealedTextField(context="related_person", seal_name="note", long=True, null=True, blank=True)
    history = History()

    def __str__(self) -> str:
        return f"{self.relation} {self.pk}"

    @property
    def reveal_key(self) -> str:
        """What the mask over the name posts."""
        return f"person-{self.pk}"


class ConflictCheck(ClientOwned):
    """One run over everybody on file, what it found and why, and what a person decided."""

    class Decision(models.TextChoices):
        """What was decided on the hits."""

        OPEN = "open", "Not decided"
        CLEAR = "clear", "No conflict"
        SCREENED = "screened", "Go on behind a wall"
        CONFLICT = "conflict", "Conflict: not taken on"

    run_at = models.DateTimeField(default=timezone.now)
    run_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    names_checked = SealedJSONField(context="conflict_check", seal_name="names")
    hits = SealedJSONField(context="conflict_check", seal_name="hits", blank=True)
    hit_count = models.PositiveIntegerField(default=0)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.OPEN)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = SealedTextField(context="conflict_check", seal_name="note", long=True, null=True, blank=True)
    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision="open", decided_at__isnull=True)
                | models.Q(~models.Q(decision="open"), decided_at__isnull=False),
                name="conflict_check_decided_has_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"conflict check {self.pk}"

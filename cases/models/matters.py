"""A matter: one piece of legal work for a client."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import History
from clients.models import ClientOwned


class Matter(ClientOwned):
    """Clearing a record, or a T visa; led by one person."""

    released = True

    class Kind(models.TextChoices):
        """What the work is."""

        VACATUR = "vacatur", "Clearing the record"
        T_VISA = "t_visa", "T visa and green card"

    kind = models.CharField(max_length=10, choices=Kind)
    lead = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="matters")
    opened_on = models.DateField(default=timezone.localdate)
    closed_on = models.DateField(null=True, blank=True)
    history = History()

    class Meta:
        ordering = ["opened_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "kind"],
                condition=Q(closed_on__isnull=True),
                name="matter_one_open_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

"""Dates the law or a court sets, with the arithmetic behind them and somebody who owns each."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import History
from cases.working import Due, due_from
from clients.models import ClientOwned, ClientOwnedQuerySet
from vault.fields import SealedTextField

if TYPE_CHECKING:
    from accounts.models import User


class DeadlineQuerySet(ClientOwnedQuerySet):
    """Deadlines."""

    def open(self) -> DeadlineQuerySet:
        """Neither done nor replaced by a newer computation."""
        return self.filter(done_on__isnull=True, replaced_at__isnull=True)

    def overdue(self, today: date) -> DeadlineQuerySet:
        """Open and past their due date."""
        return self.open().filter(due_on__lt=today)

    def due_by(self, last: date) -> DeadlineQuerySet:
        """Open and due on or before `last`; what is overdue is among them."""
        return self.open().filter(due_on__lte=last)

    def owned_by(self, user: User) -> DeadlineQuerySet:
        """Those that `user` answers for."""
        return self.filter(owner=user)

    def with_places(self) -> DeadlineQuerySet:
        """With everything a list of dates shows."""
        return self.select_related("client", "owner", "matter", "petition__court", "done_by")


class Deadline(ClientOwned):
    """One date with its working. Recomputing replaces the row; the old one stays, marked replaced.

    `working` holds what `deadlines.types.ComputedDate` says: steps (text, note, role), citation,
    flag, reasons to ask an attorney. `what` is one of our own fixed sentences, never a client's words;
    `about` tells two dates of one kind apart and may name whoever the record names, so it is sealed.
    """

    released = True

    class Side(models.TextChoices):
        """Who has to act by the date."""

        OURS = "ours", "We act"
        THEIRS = "theirs", "The other side acts"
        COURT = "court", "The court acts"
        AGENCY = "agency", "An agency acts"

    matter = models.ForeignKey("cases.Matter", on_delete=models.PROTECT, related_name="deadlines")
    petition = models.ForeignKey(
        "cases.Petition", on_delete=models.PROTECT, null=True, blank=True, related_name="deadlines"
    )
    what = models.CharField(max_length=160)
    about = SealedTextField(context="deadline", seal_name="about", max_length=160, null=True, blank=True)
    rule = models.CharField(
        max_length=80, blank=True, help_text="id of the rule; empty for a date entered by hand"
    )
    side = models.CharField(max_length=8, choices=Side, default=Side.OURS)
    trigger_on = models.DateField(null=True, blank=True)
    raw_on = models.DateField(null=True, blank=True)
    safe_on = models.DateField(null=True, blank=True)
    due_on = models.DateField()
    working = models.JSONField(default=dict)
    confirmed = models.BooleanField(default=False)
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="deadlines")
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    replaced_at = models.DateTimeField(null=True, blank=True)
    objects: ClassVar[Any] = DeadlineQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["due_on"]
        indexes = [models.Index(fields=["due_on"], name="deadline_by_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, done_by__isnull=True)
                | Q(done_on__isnull=False, done_by__isnull=False),
                name="deadline_done_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"deadline {self.pk}"

    @property
    def work_to(self) -> date:
        """The date the office works to: the safe one where there is one."""
        return self.safe_on if self.side == self.Side.OURS and self.safe_on else self.due_on

    def due(self, today: date | None = None) -> Due:
        """The date with its working, in the shape that the components due, sum, sumcol and dates read."""
        return due_from(
            self.working,
            day=self.due_on,
            raw=self.raw_on,
            safe=self.safe_on if self.side == self.Side.OURS else None,
            confirmed=self.confirmed,
            today=today or timezone.localdate(),
        )

    @property
    def whose(self) -> str:
        """Who acts, in words."""
        return self.get_side_display()

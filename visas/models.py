"""A client's T visa: its stage, receipts, notices, family and work permits."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from audit.history import History
from clients.models import ClientOwned, ClientOwnedQuerySet
from clients.normalise import identifier
from vault.fields import LookupField, SealedDateField, SealedTextField
from vault.lookups import LookedUp

ENDED = ("lpr", "closed", "denied_final", "revoked_final", "withdrawn")
"""Stages after which nothing of the T visa itself is waited for."""

BEFORE_SENDING = ("screening", "preparing")
"""Stages in which USCIS has nothing from us that it could answer."""

RELATIVE_GRANTED = ("approved_in_us", "approved_abroad", "visa_issued", "admitted", "adjustment", "lpr")
"""Stages of a relative's own case from the grant on: what every count of a family granted goes by."""


class TVisaQuerySet(ClientOwnedQuerySet):
    """T visas."""

    def pending(self) -> TVisaQuerySet:
        """Neither a green card nor at an end."""
        return self.exclude(stage__in=ENDED)


class TVisa(ClientOwned):
    """The T-1 matter of a client. `stage` is a state of the machine "t1_matter" (visas.stages)."""

    released = True

    matter = models.OneToOneField("cases.Matter", on_delete=models.PROTECT, related_name="t_visa")
    stage = models.CharField(max_length=30, default="screening")
    sent_on = models.DateField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    bona_fide_on = models.DateField(null=True, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    status_ends_on = models.DateField(null=True, blank=True)
    waiting_from = models.DateField(
        null=True, blank=True, help_text="first day counted as waiting without permission to work"
    )
    objects: ClassVar[Any] = TVisaQuerySet.as_manager()
    history = History()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client"], name="t_visa_one_per_client")]

    def __str__(self) -> str:
        return f"T visa {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("tvisa", args=[self.pk])


CORRECTED = "corrected"
"""The event of a stage that was set by hand because the one before was recorded wrongly."""


class VisaEvent(ClientOwned):
    """A T visa, or the case of one family member, moved to a stage.

    `event` is the machine's word for why, or `CORRECTED`; `dates` holds every date that was given with it
    (ISO text by the machine's key), `on` the one that it is ordered by.
    """

    released = True

    visa = models.ForeignKey(TVisa, on_delete=models.PROTECT, related_name="events")
    person = models.ForeignKey(
        "visas.FamilyMember", on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    event = models.CharField(max_length=40)
    stage = models.CharField(max_length=30)
    on = models.DateField()
    dates = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    note = SealedTextField(context="visa_event", seal_name="note", long=True, null=True, blank=True)
    history = History()

    class Meta:
        ordering = ["-on", "-created_at"]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"

    def day(self, key: str) -> date | None:
        """A date given with the event, by the machine's key; None when it was not."""
        value = self.dates.get(key)
        return date.fromisoformat(value) if value else None


class FamilyMember(ClientOwned):
    """A relative for whom the principal may ask: class and stage of a derivative."""

    released = True

    class Relationship(models.TextChoices):
        """Tie to the principal."""

        SPOUSE = "spouse", "Spouse"
        CHILD = "child", "Child"
        PARENT = "parent", "Parent"
        SIBLING = "sibling", "Brother or sister"
        CHILD_OF_DERIVATIVE = "child_of_derivative", "Child of a derivative"

    visa = models.ForeignKey(TVisa, on_delete=models.PROTECT, related_name="family")
    relationship = models.CharField(max_length=20, choices=Relationship)
    derivative_class = models.CharField(max_length=4, blank=True)
    name = SealedTextField(context="family_member", seal_name="name")
    date_of_birth = SealedDateField(context="family_member", seal_name="dob", null=True, blank=True)
    married = models.BooleanField(default=False)
    in_united_states = models.BooleanField(default=True)
    in_danger = models.BooleanField(default=False)
    stage = models.CharField(max_length=30, default="planned")
    history = History()

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.relationship} {self.pk}"

    @property
    def is_granted(self) -> bool:
        """Whether the relative's own case was granted."""
        return self.stage in RELATIVE_GRANTED


class Receipt(LookedUp, ClientOwned):
    """A form that USCIS received, and the number it gave it."""

    released = True

    visa = models.ForeignKey(TVisa, on_delete=models.PROTECT, related_name="receipts")
    person = models.ForeignKey(
        FamilyMember, on_delete=models.PROTECT, null=True, blank=True, related_name="receipts"
    )
    form = models.CharField(max_length=10)
    number = SealedTextField(context="receipt", seal_name="number")
    number_token = LookupField(source="number", index="receipt.number", normalise=identifier)
    received_on = models.DateField()
    history = History(excluded_fields=["number_token"])

    class Meta:
        ordering = ["received_on"]
        constraints = [models.UniqueConstraint(fields=["number_token"], name="receipt_number_once")]

    def __str__(self) -> str:
        return f"{self.form} {self.pk}"


class NoticeQuerySet(ClientOwnedQuerySet):
    """Notices."""

    def open(self) -> NoticeQuerySet:
        """Neither answered, nor marked done, nor overtaken by a decision."""
        return self.filter(
            answered_on__isnull=True, deadline__done_on__isnull=True, deadline__replaced_at__isnull=True
        )


class Notice(ClientOwned):
    """A notice that asks for an answer by a date."""

    released = True

    class Kind(models.TextChoices):
        """What it asks."""

        RFE = "RFE", "Request for evidence"
        NOID = "NOID", "Notice of intent to deny"
        NOIR = "NOIR", "Notice of intent to revoke"
        DENIAL = "DENIAL_APPEAL", "Denial"

    visa = models.ForeignKey(TVisa, on_delete=models.PROTECT, related_name="notices")
    person = models.ForeignKey(
        FamilyMember, on_delete=models.PROTECT, null=True, blank=True, related_name="notices"
    )
    kind = models.CharField(max_length=14, choices=Kind)
    form = models.CharField(max_length=10)
    served_on = models.DateField()
    served_by = models.CharField(
        max_length=10,
        choices=[("mail", "By mail"), ("personal", "By hand or online account")],
        default="mail",
    )
    printed_date = models.DateField(null=True, blank=True, help_text="a date the notice itself names")
    asks_for = SealedTextField(context="notice", seal_name="asks_for", long=True, null=True, blank=True)
    deadline = models.OneToOneField("cases.Deadline", on_delete=models.PROTECT, related_name="notice")
    sent_on = models.DateField(null=True, blank=True, help_text="the day our answer left")
    answered_on = models.DateField(null=True, blank=True, help_text="the day USCIS had our answer")
    objects: ClassVar[Any] = NoticeQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["-served_on"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def kind_short(self) -> str:
        """ "RFE", "NOID", "NOIR" or "Denial"."""
        return "Denial" if self.kind == self.Kind.DENIAL else self.kind

    @property
    def is_open(self) -> bool:
        """Whether an answer is still owed."""
        deadline = self.deadline
        return self.answered_on is None and deadline.done_on is None and deadline.replaced_at is None


class WorkPermit(ClientOwned):
    """A work permit (EAD): its category and the days it covers. Both ends count as covered.

    `person` None is the client's own.
    """

    released = True

    visa = models.ForeignKey(TVisa, on_delete=models.PROTECT, related_name="permits")
    person = models.ForeignKey(
        FamilyMember, on_delete=models.PROTECT, null=True, blank=True, related_name="permits"
    )
    category = models.CharField(max_length=10)
    valid_from = models.DateField()
    valid_to = models.DateField()
    history = History()

    class Meta:
        ordering = ["valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=models.F("valid_from")), name="permit_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.pk}"

"""What the reports keep: looks that were out of the ordinary, and what counts as that."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from audit.history import History
from vault.fields import SealedTextField
from vault.ids import uuid7
from vault.querysets import SealedQuerySet


def _number(label: str, default: int, least: int, most: int) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label, default=default, validators=[MinValueValidator(least), MaxValueValidator(most)]
    )


class UnusualRules(models.Model):
    """From where on looking is out of the ordinary. One row, which the auditor changes."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    files_an_hour = _number("Files one person opens in an hour", 25, 1, 500)
    files_in_ten_minutes = _number("Files one person opens in ten minutes", 40, 1, 500)
    reveals_an_hour = _number("Masked values one person is shown in an hour", 15, 1, 500)
    refusals_an_hour = _number("Refusals one person meets in an hour", 5, 1, 500)
    day_starts = _number("The office’s day begins at (hour)", 7, 0, 23)
    day_ends = _number("The office’s day ends at (hour)", 20, 1, 24)
    weekends = models.BooleanField("Saturdays and Sundays are working days", default=False)
    namesakes = models.BooleanField("Compare the names of staff with the names in the files", default=True)
    _history_user: Any  # set by services: who the history row names
    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="unusual_rules_one_row"),
            models.CheckConstraint(
                condition=Q(day_starts__lt=F("day_ends")), name="unusual_rules_day_begins_first"
            ),
        ]

    def __str__(self) -> str:
        return "rules for unusual looks"


class UnusualScan(models.Model):
    """How far the access log has been read for unusual looks. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"read until {self.until:%Y-%m-%d %H:%M}"


class UnusualLook(models.Model):
    """Looks of one person that were out of the ordinary, and what the auditor found.

    Ids only: no name and no value of a client. The looks themselves stand in the access log, between
    `starts_at` and `ends_at`; reports.unusual.behind finds them.
    """

    class Kind(models.TextChoices):
        """What was out of the ordinary."""

        MANY_FILES = "many_files", "Many files in an hour"
        VERY_FAST = "very_fast", "Many files in ten minutes"
        MANY_REVEALS = "many_reveals", "Many masked values shown"
        MANY_REFUSALS = "many_refusals", "Refused again and again"
        OUT_OF_HOURS = "out_of_hours", "Outside the office’s hours"
        NAMESAKE = "namesake", "Relative or namesake"
        AFTER_LEAVING = "after_leaving", "After leaving the team"

    class State(models.TextChoices):
        """Whether somebody has looked into it."""

        OPEN = "open", "Not reviewed"
        REVIEWED = "reviewed", "Reviewed"

    class Outcome(models.TextChoices):
        """What the auditor found."""

        FINE = "fine", "Fine: there was a reason"
        ASKED = "asked", "Asked the person"
        REPORTED = "reported", "Reported to the director"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    client_uuid = models.UUIDField(null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    first_event = models.BigIntegerField()
    last_event = models.BigIntegerField()
    found_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    reviewed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    note = SealedTextField(
        context="unusual_look", seal_name="note", client=None, long=True, null=True, blank=True
    )
    _history_user: Any  # set by services: who the history row names
    objects: ClassVar[Any] = SealedQuerySet.as_manager()
    history = History(excluded_fields=["told_at"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "person", "client_uuid", "starts_at"],
                condition=Q(client_uuid__isnull=False),
                name="unusual_once_a_file",
            ),
            models.UniqueConstraint(
                fields=["kind", "person", "starts_at"],
                condition=Q(client_uuid__isnull=True),
                name="unusual_once_a_person",
            ),
            models.CheckConstraint(condition=Q(starts_at__lte=F("ends_at")), name="unusual_ends_after_start"),
            models.CheckConstraint(
                condition=Q(state="open", outcome="", reviewed_by__isnull=True, reviewed_at__isnull=True)
                | Q(
                    ~Q(outcome=""),
                    state="reviewed",
                    reviewed_by__isnull=False,
                    reviewed_at__isnull=False,
                ),
                name="unusual_reviewed_has_an_outcome",
            ),
        ]
        indexes = [models.Index(fields=["state", "-ends_at"], name="unusual_by_state")]
        ordering = ["-ends_at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

"""How long a file is kept, what stands in the way of erasing it, and what remains when it is gone."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from audit.history import History
from clients.models.base import ClientOwned, ClientOwnedQuerySet
from vault.fields import SealedTextField
from vault.ids import uuid7


class LegalHoldQuerySet(ClientOwnedQuerySet):
    """Legal holds."""

    def in_force(self) -> LegalHoldQuerySet:
        """Holds that stand now."""
        return self.filter(lifted_at__isnull=True)


class LegalHold(ClientOwned):
    """A duty to keep the file as it is: while one stands nothing of it is erased. Several may stand."""

    reason = SealedTextField(context="legal_hold", seal_name="reason", long=True)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    lifted_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    objects: ClassVar[Any] = LegalHoldQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["-set_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="legal_hold_lifted_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"legal hold {self.pk}"


class ErasureReason(models.TextChoices):
    """Why something is erased, in words that tell nothing about the person."""

    TIME_PASSED = "time_passed", "The time for keeping it has passed"
    CLIENT_WISH = "client_wish", "The client asked for it"
    MISTAKE = "mistake", "It should never have been stored"
    OTHER = "other", "Another reason, told in the file"


class ErasureRequest(ClientOwned):
    """Somebody asked that the whole file, a passage or a document be erased; somebody else decides.

    `object_id` names the passage, or any version of the document; it is empty for the whole file. `mac` says
    that this site wrote the request so (clients.decisions).
    """

    class Scope(models.TextChoices):
        """What is to be erased."""

        FILE = "file", "The whole file"
        PASSAGE = "passage", "A passage of the statement"
        DOCUMENT = "document", "A document"

    class State(models.TextChoices):
        """How the request stands. `DECIDED` lasts for a moment, or until what stopped it is mended."""

        ASKED = "asked", "Waits for a second person"
        DECIDED = "decided", "Decided, not carried out yet"
        WITHDRAWN = "withdrawn", "Withdrawn"
        REFUSED = "refused", "Refused"
        DONE = "done", "Erased"

    released: ClassVar[bool] = False
    OPEN = (State.ASKED, State.DECIDED)

    scope = models.CharField(max_length=10, choices=Scope, default=Scope.FILE)
    object_id = models.UUIDField(null=True, blank=True)
    reason = models.CharField(max_length=12, choices=ErasureReason)
    note = SealedTextField(context="erasure_request", seal_name="note", long=True, null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = SealedTextField(context="erasure_request", seal_name="answer", long=True, null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    files_left = models.JSONField(default=list, blank=True, help_text="stored files still to be removed")
    mac = models.BinaryField(max_length=16, null=True)
    history = History()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(scope="file", state__in=["asked", "decided"]),
                name="erasure_request_one_a_file",
            ),
            models.UniqueConstraint(
                fields=["object_id"],
                condition=Q(object_id__isnull=False, state__in=["asked", "decided"]),
                name="erasure_request_one_a_thing",
            ),
            models.CheckConstraint(
                condition=Q(scope="file", object_id__isnull=True)
                | Q(~Q(scope="file"), object_id__isnull=False),
                name="erasure_request_names_a_thing",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by__isnull=True, decided_at__isnull=True)
                | Q(~Q(state="asked"), decided_by__isnull=False, decided_at__isnull=False),
                name="erasure_request_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure request {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for something."""
        return self.state in self.OPEN


class Erasure(models.Model):
    """What remains of an erased file: its number, its dates and who decided. It belongs to no client.

    `files_left` are stored files (random names, unreadable without the destroyed key) that could not be
    removed yet. `complete_on` is the day on which the last backup that may hold the client's key expires;
    None until every place of backups has answered. `decided_by` is None where a restored backup was made
    before the decision, and the ledger of erased clients alone remembered it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client_uuid = models.UUIDField(unique=True)
    file_number = models.CharField(max_length=20, unique=True)
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    reason = models.CharField(max_length=12, choices=ErasureReason)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    erased_at = models.DateTimeField(default=timezone.now)
    files_left = models.JSONField(default=list, blank=True)
    backups_cleaned_at = models.DateTimeField(null=True)
    complete_on = models.DateField(null=True)
    history = History()
    _history_user: Any  # set by services: who the history row names

    class Meta:
        ordering = ["-erased_at"]

    def __str__(self) -> str:
        return self.file_number

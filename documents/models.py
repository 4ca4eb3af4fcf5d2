"""Files of a client, sealed on disk, with a title that is sealed too."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from audit.history import History
from clients.models import ClientOwned
from vault.fields import SealedTextField


class Document(ClientOwned):
    """One stored version of a file. A new version is a new row that names the one before.

    `stored_name` is random; the bytes under it are sealed for this row and client (vault.files).
    """

    released = True

    class Kind(models.TextChoices):
        """What the file is."""

        RAP_SHEET = "rap_sheet", "RAP sheet"
        CERTIFIED_RECORD = "certified_record", "Certified court record"
        EVIDENCE = "evidence", "Evidence"
        PETITION = "petition", "Petition"
        DECLARATION = "declaration", "Declaration"
        PROPOSED_ORDER = "proposed_order", "Proposed order"
        PROOF_OF_SERVICE = "proof_of_service", "Proof of service"
        ORDER = "order", "Court order"
        AGENCY_PROOF = "agency_proof", "Agency’s confirmation"
        NOTICE = "notice", "Notice from USCIS"
        OTHER = "other", "Other"

    kind = models.CharField(max_length=20, choices=Kind)
    title = SealedTextField(context="document", seal_name="title")
    original_name = SealedTextField(context="document", seal_name="original_name", null=True, blank=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="bytes before sealing")
    stored_name = models.CharField(max_length=80, editable=False)
    version = models.PositiveIntegerField(default=1)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    erased_at = models.DateTimeField(null=True, blank=True)
    history = History()
    sealed_file = "stored_name"

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("document-open", args=[self.pk])

    @property
    def neutral_name(self) -> str:
        """The name of the download: kind and file number, nothing about the person."""
        extension = {
            "application/pdf": "pdf",
            "text/plain": "txt",
            "image/png": "png",
            "image/jpeg": "jpg",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
        }.get(self.media_type, "bin")
        return f"{self.client.file_number}-{self.kind.replace('_', '-')}-v{self.version}.{extension}"

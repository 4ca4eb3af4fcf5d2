"""A client's criminal record: the sheets it was read from, arrests, charges and what became of them."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from audit.history import History
from clients.models import ClientOwned, ClientOwnedQuerySet
from records.citation import citation
from vault.fields import SealedJSONField, SealedTextField


class RapSheet(ClientOwned):
    """A sheet as it came, what was read from it, and what a person corrected beside it.

    `reading` is `records.readers.types.Reading` as JSON with its provenance and never changes;
    `settled` is what people decided about its lines and parts (records/services/sheet.py gives both
    shapes). `lines_not_read` counts the lines that were not read and that nobody settled yet.
    `same_sheet` is a keyed token of the text, by which the same sheet is known again. A discarded sheet
    stays as it is, with who discarded it and why; nothing of it is on the record.
    """

    released = True

    class State(models.TextChoices):
        """How far the review is."""

        REVIEW = "review", "In review"
        ACCEPTED = "accepted", "Accepted"
        DISCARDED = "discarded", "Discarded"

    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="rap_sheets")
    source = models.CharField(max_length=20, default="ca_doj")
    state = models.CharField(max_length=10, choices=State, default=State.REVIEW)
    imported_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    accepted_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    text = SealedTextField(context="rap_sheet", seal_name="text", long=True)
    reading = SealedJSONField(context="rap_sheet", seal_name="reading")
    settled = SealedJSONField(context="rap_sheet", seal_name="settled", default=dict)
    lines_read = models.PositiveIntegerField(default=0)
    lines_to_check = models.PositiveIntegerField(default=0)
    lines_not_read = models.PositiveIntegerField(default=0)
    same_sheet = models.BinaryField(max_length=16, editable=False)
    history = History(excluded_fields=["same_sheet"])

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "same_sheet"], condition=~Q(state="discarded"), name="rap_sheet_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["review", "discarded"], accepted_at__isnull=True)
                | Q(state="accepted", accepted_at__isnull=False),
                name="rap_sheet_accepted_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"rap sheet {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("rapsheet-review", args=[self.pk])


class Arrest(ClientOwned):
    """One arrest, detention or citation; `ordinal` is its number in the client's record (1, 2, 3…).

    `import_key` is a keyed token of date, agency and number: the same arrest read from a second
    sheet is known again.
    """

    released = True

    ordinal = models.PositiveIntegerField()
    arrested_on = models.DateField(null=True, blank=True)
    agency = models.CharField(max_length=120, blank=True)
    jurisdiction = models.CharField(max_length=6, default="US-CA")
    county = models.CharField(max_length=60, blank=True)
    number = SealedTextField(context="arrest", seal_name="number", null=True, blank=True)
    name_on_record = SealedTextField(context="arrest", seal_name="name_on_record", null=True, blank=True)
    sheet = models.ForeignKey(
        RapSheet, on_delete=models.PROTECT, null=True, blank=True, related_name="arrests"
    )
    lines = models.CharField(max_length=20, blank=True)
    import_key = models.BinaryField(max_length=16, editable=False, null=True)
    history = History(excluded_fields=["import_key"])

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["client", "ordinal"], name="arrest_numbered_once"),
            models.UniqueConstraint(
                fields=["client", "import_key"],
                condition=Q(import_key__isnull=False),
                name="arrest_imported_once",
            ),
        ]

    def __str__(self) -> str:
        return f"arrest {self.ordinal}"


class ChargeQuerySet(ClientOwnedQuerySet):
    """Charges."""

    def tied(self) -> ChargeQuerySet:
        """Charges found to be tied to the trafficking."""
        return self.filter(nexus=Charge.Nexus.YES)

    def not_reviewed(self) -> ChargeQuerySet:
        """Charges nobody has decided on."""
        return self.filter(nexus=Charge.Nexus.NOT_REVIEWED)


class Charge(ClientOwned):
    """One count on an arrest, with where it stands now and how it ties to the trafficking.

    `standing` is the word that tells how the record stands (disposition words of
    records/law); None means no outcome is on file, which is never rounded to an answer.
    """

    released = True

    class Nexus(models.TextChoices):
        """Whether the charge ties to the trafficking."""

        YES = "yes", "Yes"
        NO = "no", "No"
        NOT_REVIEWED = "not_reviewed", "Not reviewed"

    class Kind(models.TextChoices):
        """What is left on the record."""

        ARREST = "arrest", "Arrest"
        CHARGE = "charge", "Charge without conviction"
        CONVICTION = "conviction", "Conviction"
        JUVENILE = "juvenile_adjudication", "Juvenile adjudication"
        DEFERRED = "deferred", "Deferred"

    class Confidence(models.TextChoices):
        """How surely the sheet was read."""

        SURE = "sure", "Sure"
        CHECK = "check", "Check"
        WEAK = "weak", "Weak"

    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="charges")
    ordinal = models.PositiveIntegerField()
    code = models.CharField(max_length=20, blank=True)
    section = models.CharField(max_length=40, blank=True)
    description = models.CharField(max_length=200, blank=True)
    attempted = models.BooleanField(default=False)
    level = models.CharField(max_length=1, blank=True, help_text="F, M, I or N as printed")
    severity = models.CharField(max_length=1, blank=True, help_text="after the last reduction")
    kind = models.CharField(max_length=24, choices=Kind, default=Kind.ARREST)
    offense_on = models.DateField(null=True, blank=True)
    court = models.CharField(max_length=120, blank=True)
    county = models.CharField(max_length=60, blank=True)
    case_number = SealedTextField(context="charge", seal_name="case_number", null=True, blank=True)
    standing = models.CharField(max_length=24, blank=True, null=True)  # noqa: DJ001 (None is "not known")
    disposed_on = models.DateField(null=True, blank=True)
    dismissed_by = models.CharField(max_length=12, blank=True)
    sentence_completed = models.CharField(
        max_length=10, blank=True, help_text="ISO date, unknown, or empty where no end is known"
    )
    prison_served = models.BooleanField(null=True, blank=True)
    violent_elements = models.BooleanField(null=True, blank=True)
    child_victim = models.BooleanField(null=True, blank=True)
    confidence = models.CharField(max_length=5, choices=Confidence, default=Confidence.SURE)
    lines = models.CharField(max_length=20, blank=True)
    import_key = models.BinaryField(max_length=16, editable=False, null=True)

    nexus = models.CharField(max_length=12, choices=Nexus, default=Nexus.NOT_REVIEWED)
    nexus_basis = models.JSONField(default=list, blank=True)
    nexus_reason = SealedTextField(
        context="charge", seal_name="nexus_reason", long=True, null=True, blank=True
    )
    nexus_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    nexus_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = ChargeQuerySet.as_manager()
    history = History(excluded_fields=["import_key"])

    class Meta:
        ordering = ["arrest__ordinal", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["arrest", "ordinal"], name="charge_numbered_once"),
            models.UniqueConstraint(
                fields=["client", "import_key"],
                condition=Q(import_key__isnull=False),
                name="charge_imported_once",
            ),
            models.CheckConstraint(
                condition=Q(nexus="not_reviewed", nexus_at__isnull=True)
                | Q(~Q(nexus="not_reviewed"), nexus_at__isnull=False, nexus_by__isnull=False),
                name="charge_nexus_is_somebodys_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"charge {self.ordinal}"

    def get_absolute_url(self) -> str:
        return reverse("charge-nexus", args=[self.pk])

    @property
    def number(self) -> str:
        """ "5.2": the second charge of the fifth arrest."""
        return f"{self.arrest.ordinal}.{self.ordinal}"

    @property
    def citation(self) -> str:
        """ "PC 487(c)", or "Not read" where the sheet did not give it away."""
        return citation(self.code, self.section, attempted=self.attempted)

    def was_convicted_by(self, day: date) -> bool | None:
        """None when the record does not say; never guess "no" for a court."""
        if self.standing is None:
            return None
        if self.kind != self.Kind.CONVICTION:
            return False
        return None if self.disposed_on is None else self.disposed_on <= day


class Disposition(ClientOwned):
    """One thing a court or agency did with a charge, in the order of the sheet."""

    released = True

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="dispositions")
    ordinal = models.PositiveIntegerField()
    type = models.CharField(max_length=24)
    on = models.DateField(null=True, blank=True)
    severity = models.CharField(max_length=1, blank=True)
    sentence = models.JSONField(null=True, blank=True)
    history = History()

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["charge", "ordinal"], name="disposition_numbered_once")
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class RecordEvent(ClientOwned):
    """What a sheet says beside arrests and courts: custody, probation, applications, registrations."""

    released = True

    sheet = models.ForeignKey(RapSheet, on_delete=models.PROTECT, related_name="other_events")
    type = models.CharField(max_length=24)
    on = models.DateField(null=True, blank=True)
    agency = models.CharField(max_length=120, blank=True)
    content = SealedJSONField(context="record_event", seal_name="content")
    import_key = models.BinaryField(max_length=16, editable=False, null=True)
    history = History(excluded_fields=["import_key"])

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["client", "import_key"], name="record_event_imported_once")
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class NexusEvidence(ClientOwned):
    """What a decision on a charge leans on: a passage of the client's account, or a document."""

    released = True

    class Kind(models.TextChoices):
        """How the law looks at it; the first five are official papers."""

        T_VISA_APPROVAL = "t_visa_approval", "T visa approval"
        HHS = "hhs_certification", "HHS certification"
        I914B = "i914b_declaration", "I-914B declaration"
        PROSECUTOR = "prosecutor_letter", "Prosecutor’s letter"
        CHILD_WELFARE = "child_welfare_finding", "Child-welfare finding"
        CLIENT = "client_declaration", "Client’s account"
        PROVIDER = "provider_affidavit", "Provider’s affidavit"
        CLINICIAN = "clinician_affidavit", "Clinician’s affidavit"
        WITNESS = "witness_statement", "Witness statement"

    OFFICIAL = frozenset(
        {
            "t_visa_approval",
            "hhs_certification",
            "i914b_declaration",
            "prosecutor_letter",
            "child_welfare_finding",
        }
    )

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=24, choices=Kind)
    passage = models.ForeignKey("clients.Passage", on_delete=models.PROTECT, null=True, blank=True)
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, null=True, blank=True)
    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(passage__isnull=False, document__isnull=True)
                | Q(passage__isnull=True, document__isnull=False),
                name="evidence_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["charge", "passage"], condition=Q(passage__isnull=False), name="evidence_passage_once"
            ),
            models.UniqueConstraint(
                fields=["charge", "document"],
                condition=Q(document__isnull=False),
                name="evidence_document_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

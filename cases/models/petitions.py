"""A petition from draft to the last agency's confirmation."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from audit.history import History
from clients.models import ClientOwned, ClientOwnedQuerySet
from vault.fields import SealedJSONField, SealedTextField


class Stage(models.TextChoices):
    """Where a petition stands. What may follow what: cases.stages."""

    DRAFT = "draft", "Draft"
    SIGNED = "signed", "Signed"
    FILED = "filed", "Filed"
    SERVED = "served", "Served"
    OPPOSED = "opposed", "Opposed"
    UNOPPOSED = "unopposed", "Unopposed"
    HEARING_SET = "hearing_set", "Hearing set"
    GRANTED = "granted", "Granted"
    PARTLY_GRANTED = "partly_granted", "Partly granted"
    DENIED = "denied", "Denied"
    WITHDRAWN = "withdrawn", "Withdrawn"


DECIDED = frozenset({Stage.GRANTED, Stage.PARTLY_GRANTED, Stage.DENIED})
GRANTS = frozenset({Stage.GRANTED, Stage.PARTLY_GRANTED})
ENDED = DECIDED | {Stage.WITHDRAWN}


class PetitionQuerySet(ClientOwnedQuerySet):
    """Petitions."""

    def pending(self) -> PetitionQuerySet:
        """Neither decided nor withdrawn."""
        return self.exclude(stage__in=ENDED)


class Petition(ClientOwned):
    """One petition or motion: one statute, one court, one prosecuting agency.

    `facts` holds what the papers say beside the record, by key: `said` {key: text} as counsel wrote it
    and `checks` {stop: {by, on, note}} as counsel of record confirmed it (cases.services.papers).
    """

    released = True

    Stage = Stage

    matter = models.ForeignKey("cases.Matter", on_delete=models.PROTECT, related_name="petitions")
    number = models.PositiveIntegerField()
    statute = models.CharField(max_length=40)
    court = models.ForeignKey("cases.Agency", on_delete=models.PROTECT, related_name="+")
    prosecutor = models.ForeignKey("cases.Agency", on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=16, choices=Stage, default=Stage.DRAFT)
    court_number = SealedTextField(context="petition", seal_name="court_number", null=True, blank=True)
    name_mode = models.CharField(
        max_length=10,
        choices=[("full", "Full name"), ("initials", "Initials"), ("pseudonym", "Pseudonym")],
        default="initials",
    )
    signed_on = models.DateField(null=True, blank=True)
    filed_on = models.DateField(null=True, blank=True)
    served_on = models.DateField(null=True, blank=True, help_text="received by the prosecutor")
    answered_on = models.DateField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    under_seal = models.BooleanField(default=True)
    facts = SealedJSONField(context="petition", seal_name="facts", null=True, blank=True)
    charges = models.ManyToManyField("records.Charge", through="PetitionCharge", related_name="petitions")
    objects: ClassVar[Any] = PetitionQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["client", "number"], name="petition_numbered_once"),
            models.CheckConstraint(
                condition=Q(stage__in=["draft", "signed", "withdrawn"]) | Q(filed_on__isnull=False),
                name="petition_filed_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=["granted", "partly_granted", "denied"]) | Q(decided_on__isnull=False),
                name="petition_decided_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"petition {self.number}"

    @property
    def known(self) -> dict[str, Any]:
        """`facts`, empty where nobody has written any."""
        return self.facts or {}

    @property
    def drafted_on(self) -> date | None:
        """The day on which it was begun, as its first event says; None where there is none."""
        return (
            self.events.filter(stage=Stage.DRAFT).order_by("created_at").values_list("on", flat=True).first()
        )

    @property
    def is_federal(self) -> bool:
        """Whether the motion goes to a United States District Court."""
        return self.statute.startswith("us-")

    @property
    def place(self) -> str:
        """ "Alameda County", or the name of the federal court."""
        return f"{self.court.county} County" if self.court.county else self.court.name

    @property
    def law(self) -> str:
        """The statute as people say it: "Penal Code 236.14"."""
        from cases.law import statute_paper

        return statute_paper(self.statute).short

    def get_absolute_url(self) -> str:
        return reverse("petition", args=[self.pk])


class PetitionCharge(ClientOwned):
    """One charge of a petition: what is asked for it, and what the court did with it."""

    released = True

    class Result(models.TextChoices):
        """What the court did."""

        OPEN = "open", "Open"
        GRANTED = "granted", "Granted"
        DENIED = "denied", "Denied"
        WITHDRAWN = "withdrawn", "Withdrawn"

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="lines")
    charge = models.ForeignKey("records.Charge", on_delete=models.PROTECT, related_name="petition_lines")
    result = models.CharField(max_length=10, choices=Result, default=Result.OPEN)
    result_on = models.DateField(null=True, blank=True)
    order_words = SealedTextField(context="petition_charge", seal_name="order_words", null=True, blank=True)
    history = History()

    class Meta:
        ordering = ["charge__arrest__ordinal", "charge__ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["petition", "charge"], name="petition_names_a_charge_once"),
            models.CheckConstraint(
                condition=Q(result="open", result_on__isnull=True)
                | Q(~Q(result="open"), result_on__isnull=False),
                name="petition_charge_result_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result} {self.pk}"


class StageEvent(ClientOwned):
    """A petition moved to a stage: when, by whom, and a note.

    A correction holds the old and the new in its note; what is noted moves nothing.
    """

    released = True

    class Kind(models.TextChoices):
        """What the event is."""

        STEP = "step", "Step"
        CORRECTED = "corrected", "Corrected"
        NOTED = "noted", "Noted"

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.STEP)
    stage = models.CharField(max_length=16, choices=Stage)
    on = models.DateField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    note = SealedTextField(context="stage_event", seal_name="note", long=True, null=True, blank=True)
    history = History()

    class Meta:
        ordering = ["-on", "-created_at"]

    def __str__(self) -> str:
        return f"{self.stage} {self.pk}"


class Service(ClientOwned):
    """A petition sent to somebody who must have it; sent and received are two facts."""

    released = True

    class Method(models.TextChoices):
        """How it was served."""

        PERSONAL = "personal", "By hand"
        MAIL = "mail", "By mail"
        EMAIL = "email", "By e-mail"
        E_FILING = "e_filing", "Through e-filing"

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="services")
    recipient = models.ForeignKey("cases.Agency", on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=10, choices=Method)
    sent_on = models.DateField()
    received_on = models.DateField(null=True, blank=True)
    server = SealedTextField(
        context="service",
        seal_name="server",
        max_length=120,
        null=True,
        blank=True,
        help_text="who served it, 18 and not a party",
    )
    required = models.BooleanField(default=True, help_text="the statute asks for it")
    proof = models.ForeignKey("documents.Document", on_delete=models.PROTECT, null=True, blank=True)
    history = History()

    class Meta:
        ordering = ["sent_on"]
        constraints = [
            models.UniqueConstraint(fields=["petition", "recipient"], name="service_once_a_recipient"),
            models.CheckConstraint(
                condition=Q(received_on__isnull=True) | Q(received_on__gte=models.F("sent_on")),
                name="service_received_after_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"service {self.pk}"


class Hearing(ClientOwned):
    """A hearing of a petition."""

    released = True

    class Outcome(models.TextChoices):
        """What happened."""

        AHEAD = "ahead", "Ahead"
        HELD = "held", "Held"
        CONTINUED = "continued", "Moved to another date"
        VACATED = "vacated", "Taken off calendar"

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="hearings")
    court = models.ForeignKey("cases.Agency", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    department = models.CharField(max_length=40, blank=True)
    judge = models.CharField(max_length=80, blank=True)
    issue = SealedTextField(context="hearing", seal_name="issue", max_length=160, null=True, blank=True)
    client_appears = models.CharField(
        max_length=10,
        choices=[("in_person", "In person"), ("remote", "By video or phone"), ("counsel", "By counsel only")],
        default="counsel",
    )
    interpreter_booked = models.BooleanField(default=False)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.AHEAD)
    history = History()

    class Meta:
        ordering = ["starts_at"]

    def __str__(self) -> str:
        return f"hearing {self.pk}"


class AgencyDuty(ClientOwned):
    """What one agency must do after a grant, by when, and the proof that it did."""

    released = True

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="duties")
    agency = models.ForeignKey("cases.Agency", on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=160)
    deadline = models.OneToOneField(
        "cases.Deadline", on_delete=models.PROTECT, null=True, blank=True, related_name="agency_duty"
    )
    sent_on = models.DateField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    proof = models.ForeignKey("documents.Document", on_delete=models.PROTECT, null=True, blank=True)
    history = History()

    class Meta:
        ordering = ["agency__name"]
        verbose_name_plural = "agency duties"
        constraints = [models.UniqueConstraint(fields=["petition", "agency"], name="duty_once_an_agency")]

    def __str__(self) -> str:
        return f"duty {self.pk}"

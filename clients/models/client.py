"""A client: who she is, how to reach her safely, and the numbers others know her by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from audit.history import History
from clients import normalise
from clients.models.base import ClientOwned
from vault.fields import LookupField, SealedDateField, SealedJSONField, SealedTextField
from vault.ids import uuid7
from vault.lookups import LookedUp
from vault.names import new_person_number
from vault.querysets import SealedQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class Answer(models.TextChoices):
    """Three answers that are not the same as a value, or as each other."""

    NOT_ASKED = "not_asked", "Not asked"
    DECLINED = "declined", "Declined"
    UNKNOWN = "unknown", "Does not know"


class ClientQuerySet(SealedQuerySet):
    """Clients."""

    def visible_to(self, user: User) -> ClientQuerySet:
        """Clients on which `user` holds `view_client`, less those behind a wall for this user.

        The one place where the right to see is decided. Rights come from django-guardian's direct
        foreign-key table, as far as its rows are genuine (clients.grants); being in an office, or an
        administrator, grants nothing. A file opened by break-glass is visible for a quarter of an hour.
        """
        return self.with_right(user, "view_client")

    def with_right(self, user: User, codename: str) -> ClientQuerySet:
        """Clients on which `user` holds the right `codename`, less those behind a wall."""
        from clients import grants

        if not user.is_authenticated or not user.is_active:
            return self.none()
        # IN, not EXISTS: SQLite begins with the rights then, and reads five times less of a large office.
        granted = grants.granted(user, codename).values("content_object_id")
        walls, opened = grants.exceptions(user)
        allowed = Q(pk__in=granted)
        if codename == "view_client" and opened:
            allowed |= Q(pk__in=opened)
        return self.filter(allowed).exclude(pk__in=walls.values("client_id"))

    def open_files(self) -> ClientQuerySet:
        """Files that are neither closed nor declined."""
        return self.exclude(state__in=[Client.State.CLOSED, Client.State.DECLINED])


class Client(models.Model):
    """A survivor we serve. Everything that identifies her is sealed; her file number is not."""

    class State(models.TextChoices):
        """Where the file stands."""

        INTAKE = "intake", "Intake"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"
        DECLINED = "declined", "Not taken on"

    class Referral(models.TextChoices):
        """Who sent her to us."""

        SHELTER = "shelter", "Shelter"
        HOTLINE = "hotline", "Hotline"
        LAW_ENFORCEMENT = "law_enforcement", "Law enforcement"
        PUBLIC_DEFENDER = "public_defender", "Public defender"
        HEALTH = "health", "Health care"
        LEGAL = "legal", "Another legal office"
        CLIENT = "client", "Another client"
        SELF = "self", "Came by herself, himself or themself"
        OTHER = "other", "Other"

    class Trafficking(models.TextChoices):
        """Kind of trafficking, as the office records it."""

        SEX = "sex", "Sex trafficking"
        LABOR = "labor", "Labor trafficking"
        BOTH = "both", "Both"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file_number = models.CharField(max_length=20, unique=True)
    person_number = models.BigIntegerField(default=new_person_number, unique=True, editable=False)
    office = models.ForeignKey("accounts.Office", on_delete=models.PROTECT, related_name="clients")
    point_of_contact = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="contact_for"
    )
    state = models.CharField(max_length=10, choices=State, default=State.INTAKE)
    opened_on = models.DateField(default=timezone.localdate)
    closed_on = models.DateField(null=True, blank=True)
    referral = models.CharField(max_length=20, choices=Referral, blank=True)
    trafficking = models.CharField(max_length=10, choices=Trafficking, blank=True)
    basic_needs = models.JSONField(default=list, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    name_used = SealedTextField(context="client", seal_name="name_used", client="id")
    pronouns = SealedTextField(context="client", seal_name="pronouns", client="id", null=True, blank=True)
    legal_name = SealedTextField(context="client", seal_name="legal_name", client="id", null=True, blank=True)
    date_of_birth = SealedDateField(context="client", seal_name="dob", client="id", null=True, blank=True)
    language = SealedTextField(context="client", seal_name="language", client="id", null=True, blank=True)
    interpreter = SealedTextField(
        context="client", seal_name="interpreter", client="id", null=True, blank=True
    )
    her_words = SealedJSONField(context="client", seal_name="her_words", client="id", null=True, blank=True)

    objects: ClassVar[Any] = ClientQuerySet.as_manager()
    history = History()
    _history_user: Any  # set by services: who the history row names

    class Meta:
        permissions = [
            ("view_statement", "Can read what the client told us"),
            ("file_for_client", "Can sign and file for the client"),
            ("manage_team", "Can manage the client's care team"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["closed", "declined"], closed_on__isnull=False)
                | Q(state__in=["intake", "open"], closed_on__isnull=True),
                name="client_closed_has_a_date",
            )
        ]
        indexes = [models.Index(fields=["state", "-opened_on"], name="client_by_state")]

    def __str__(self) -> str:
        return self.file_number

    def get_absolute_url(self) -> str:
        return reverse("client-file", args=[self.pk])

    def answer_for(self, question: str) -> str:
        """ "" when a value was given, else one of `Answer`; a question never put is "not asked"."""
        if getattr(self, question, None) not in (None, ""):
            return ""
        return self.answers.get(question, Answer.NOT_ASKED)


class SafeContact(LookedUp, ClientOwned):
    """How the client may be reached without harm. One row a client."""

    released = True

    class Channel(models.TextChoices):
        """The way she chose."""

        TEXT = "text", "Text"
        CALL = "call", "Call"
        EMAIL = "email", "E-mail"
        IN_PERSON = "in_person", "In person only"
        THROUGH = "through", "Through somebody she names"

    class Voicemail(models.TextChoices):
        """What may be left on a machine."""

        NONE = "none", "No voicemail"
        NEUTRAL = "neutral", "Neutral message only"
        ANY = "any", "Voicemail is fine"

    channel = SealedTextField(context="safe_contact", seal_name="channel")
    number = SealedTextField(context="safe_contact", seal_name="number", null=True, blank=True)
    email = SealedTextField(context="safe_contact", seal_name="email", null=True, blank=True)
    hours = SealedTextField(context="safe_contact", seal_name="hours", null=True, blank=True)
    voicemail = SealedTextField(context="safe_contact", seal_name="voicemail", null=True, blank=True)
    say_you_are = SealedTextField(context="safe_contact", seal_name="say_you_are", null=True, blank=True)
    code_word = SealedTextField(context="safe_contact", seal_name="code_word", null=True, blank=True)
    never = SealedTextField(context="safe_contact", seal_name="never", null=True, blank=True)
    note = SealedTextField(context="safe_contact", seal_name="note", long=True, null=True, blank=True)
    number_token = LookupField(source="number", index="safe_contact.number", normalise=normalise.phone)
    email_token = LookupField(source="email", index="safe_contact.email", normalise=normalise.email)
    history = History(excluded_fields=["number_token", "email_token"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client"], name="safe_contact_one_per_client")]

    def __str__(self) -> str:
        return f"safe contact {self.pk}"


class Alias(ClientOwned):
    """Another name the client has gone by, or was recorded under."""

    released = True

    name = SealedTextField(context="alias", seal_name="name")
    source = models.CharField(max_length=20, default="intake")
    history = History()

    def __str__(self) -> str:
        return f"alias {self.pk}"


class Identifier(LookedUp, ClientOwned):
    """A number that others know the client by."""

    released = True

    class Kind(models.TextChoices):
        """Who gave the number."""

        SSN = "ssn", "SSN"
        A_NUMBER = "a_number", "A-number"
        CII = "cii", "California CII number"
        FBI = "fbi", "FBI number"
        LICENSE = "license", "Driver’s license or ID"

    kind = models.CharField(max_length=10, choices=Kind)
    value = SealedTextField(context="identifier", seal_name="value")
    value_token = LookupField(
        source="value", index="identifier.value", normalise=normalise.by_kind, kind="kind"
    )
    history = History(excluded_fields=["value_token"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "kind"], name="identifier_one_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

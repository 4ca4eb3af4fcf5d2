"""What is asked on the pages of clients. A form checks what was typed; services decide and write."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from accounts.forms import add_problems as add_problems  # the forms of every room above use it
from accounts.models import CASEWORK_ROLES, Role, User
from clients.days import check_born, check_past
from clients.frame import reported
from clients.models import (
    BreakGlass,
    CareTeamMember,
    Client,
    Commitment,
    ConflictCheck,
    Identifier,
    Passage,
    RelatedPerson,
    SafeContact,
    TeamRole,
    Wall,
)
from clients.models.client import Answer
from vault.errors import VaultError

NO_ANSWER_SUFFIX = "_none"  # drawn under the field of the same name (config/forms.py)
LONGEST_NAME = 160
# A letter, then digits, as California RAP sheets print it; where the letter is missing we do without it, as
# their reader does (records/readers/ca_doj/heading.py). Hyphens and spaces are people's own.
CII = re.compile(r"[A-Z]?\d{7,10}")
NO_ANSWERS = ("No answer", list(Answer.choices))
# What a person may need before any legal question; the words follow the reference intake page.
NEEDS = [
    ("shelter", "A place to sleep"),
    ("safety", "To be safe from someone"),
    ("food", "Food or money"),
    ("health", "A doctor"),
    ("children", "Something for the children"),
    ("papers", "Papers that were taken"),
]
INTERPRETER = [("interpreter needed", "Needed"), ("no interpreter needed", "Not needed")]
LANGUAGES = [
    *("English", "Spanish", "Mam", "K’iche’", "Q’anjob’al", "Mixteco", "Tagalog", "Mandarin", "Cantonese"),
    *("Vietnamese", "Korean", "Thai", "Russian", "Ukrainian", "Portuguese", "Haitian Creole", "French"),
    *("Arabic", "Hindi", "Punjabi", "Tigrinya", "American Sign Language"),
]
FURTHEST = timedelta(days=5 * 366)  # a promise beyond five years is a mistyped year


class Plain(forms.Form):
    """A form whose texts have an end, and say plainly where it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.CharField):
                field.error_messages["max_length"] = (
                    "This has %(show_value)d letters, and %(limit_value)d is the most. Shorten it."
                )


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _moment_field(label: str, **kwargs: Any) -> forms.DateTimeField:
    """A day with its time, as browsers send it, ahead of now and within five years."""
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "Enter a day and a time, such as 11/27/2026 4:00 pm."},
        validators=[_is_ahead],
        **kwargs,
    )


def _is_ahead(at: datetime) -> None:
    now = timezone.now()
    if at < now:
        raise ValidationError("This moment has passed. Choose one ahead.")
    if at > now + FURTHEST:
        raise ValidationError("This is more than five years ahead. Look at the year.")


def _check_born(day: date | None) -> None:
    try:
        check_born(day)
    except ValidationError as problem:
        raise ValidationError(problem.messages) from None


def _no_answer() -> forms.ChoiceField:
    return forms.ChoiceField(choices=Answer.choices, required=False, widget=forms.RadioSelect)


class StartForm(Plain):
    """The first card of an intake: a name, and for a supervisor who does the intake."""

    name_used = forms.CharField(
        label="Name to use",
        max_length=120,
        help_text="Any name. A legal name can wait.",
        error_messages={"required": "Type the name to use. Any name will do."},
    )
    worker = forms.ModelChoiceField(
        label="Who does the intake?", queryset=User.objects.none(), empty_label="Choose a person"
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by.role != Role.SUPERVISOR:
            del self.fields["worker"]
            return
        # A supervisor reads files and manages teams; the person who does the intake writes in it.
        workers = CASEWORK_ROLES - {Role.SUPERVISOR}
        self.fields["worker"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            office=by.office, is_active=True, role__in=workers
        )


class IntakeForm(Plain):
    """The whole intake on one screen. Every field but the name may be left without an answer.

    `client` and `contact` give what is on file. What is masked (`MASKED`) and on file is not filled in:
    `on_file` names it, an empty box keeps it, and what is typed takes its place. What is on file and does
    not open (`broken`) can be neither read nor written here.
    """

    MASKED = frozenset(
        {"number", "email", "code_word", "legal_name", "date_of_birth", "aliases", *Identifier.Kind.values}
    )
    DIGITS = {Identifier.Kind.SSN: (9, 9), Identifier.Kind.A_NUMBER: (8, 9)}

    name_used = StartForm.base_fields["name_used"]
    pronouns = forms.CharField(max_length=60, required=False)
    pronouns_none = _no_answer()
    language = forms.CharField(
        label="Language to speak",
        max_length=80,
        required=False,
        widget=forms.TextInput({"list": "languages"}),
    )
    language_none = _no_answer()
    interpreter = forms.ChoiceField(choices=[("", "Choose one"), *INTERPRETER, NO_ANSWERS], required=False)
    channel = forms.ChoiceField(
        label="Safe way to reach",
        choices=[("", "Choose one"), *SafeContact.Channel.choices, NO_ANSWERS],
        required=False,
    )
    number = forms.CharField(
        label="Phone", max_length=40, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    number_none = _no_answer()
    email = forms.EmailField(
        label="E-mail",
        required=False,
        error_messages={"invalid": "Enter an address such as name@example.org."},
    )
    email_none = _no_answer()
    voicemail = forms.ChoiceField(
        label="Voicemail",
        choices=[("", "Choose one"), *SafeContact.Voicemail.choices, NO_ANSWERS],
        required=False,
    )
    hours = forms.CharField(label="Safe hours", max_length=120, required=False)
    hours_none = _no_answer()
    say_you_are = forms.CharField(label="If someone else answers, say", max_length=200, required=False)
    say_you_are_none = _no_answer()
    code_word = forms.CharField(label="Code word", max_length=60, required=False)
    code_word_none = _no_answer()
    never = forms.CharField(
        label="Never use",
        max_length=200,
        required=False,
        help_text="Shown in red wherever a way to reach the client is offered.",
    )
    basic_needs = forms.MultipleChoiceField(
        label="What is needed today?", choices=NEEDS, required=False, widget=forms.CheckboxSelectMultiple
    )
    basic_needs_none = _no_answer()
    referral = forms.ChoiceField(
        label="Who sent the client",
        choices=[("", "Choose one"), *Client.Referral.choices, NO_ANSWERS],
        required=False,
    )
    legal_name = forms.CharField(max_length=LONGEST_NAME, required=False)
    legal_name_none = _no_answer()
    date_of_birth = forms.DateField(
        required=False,
        widget=_date_input(),
        error_messages={"invalid": "Enter the whole date, such as 03/14/1998."},
    )
    date_of_birth_none = _no_answer()
    aliases = forms.CharField(
        label="Other names",
        max_length=600,
        required=False,
        help_text="Also those on papers. One a line.",
        widget=forms.Textarea({"rows": 2}),
    )
    aliases_none = _no_answer()
    ssn = forms.CharField(label="SSN", max_length=20, required=False)
    ssn_none = _no_answer()
    a_number = forms.CharField(label="A-number", max_length=20, required=False)
    a_number_none = _no_answer()
    cii = forms.CharField(label="California CII number", max_length=20, required=False)
    cii_none = _no_answer()
    fbi = forms.CharField(label="FBI number", max_length=20, required=False)
    fbi_none = _no_answer()
    license = forms.CharField(label="Driver’s license or ID", max_length=30, required=False)
    license_none = _no_answer()

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        client: Client,
        contact: SafeContact | None,
        on_file: Collection[str],
        read_only: bool = False,
        **kwargs: Any,
    ) -> None:
        self.on_file = frozenset(on_file) & self.MASKED
        self.broken: dict[str, str] = {}
        kwargs.setdefault("initial", self._held(client, contact))
        super().__init__(_values_first(data), **kwargs)
        for name in self.on_file | set(self.broken):
            self.fields.pop(name + NO_ANSWER_SUFFIX, None)
        for name, says in self.broken.items():
            self.fields[name].disabled = True
            self.fields[name].required = False
            self.fields[name].help_text = says
        for field in self.fields.values():
            field.disabled = field.disabled or read_only

    def _held(self, client: Client, contact: SafeContact | None) -> dict[str, Any]:
        """What fills the form: values on file that are not masked, and replies."""
        held: dict[str, Any] = {}
        for name in self.questions():
            value: Any = ""
            if name not in self.MASKED:
                value = self._readable(contact if hasattr(SafeContact, name) else client, name)
            reply = client.answers.get(name, "")
            held[name] = value
            if name + NO_ANSWER_SUFFIX in self.base_fields:
                held[name + NO_ANSWER_SUFFIX] = "" if value else reply
            else:
                held[name] = held[name] or reply
        return held

    def _readable(self, row: Any, name: str) -> Any:
        try:
            return getattr(row, name, None)
        except VaultError as error:
            self.broken[name] = reported(error)
            return None

    @classmethod
    def questions(cls) -> list[str]:
        """Names of the fields that ask something."""
        return [name for name in cls.base_fields if not name.endswith(NO_ANSWER_SUFFIX)]

    def given(self, only: Collection[str] | None = None) -> tuple[dict[str, Any], dict[str, str]]:
        """(values, replies) of the questions that hold nothing wrong, for `services.save_intake`."""
        values: dict[str, Any] = {}
        replies: dict[str, str] = {}
        for name in self.questions():
            if name in self.errors or name in self.broken or (only is not None and name not in only):
                continue
            value: Any = self.cleaned_data[name]
            reply = self.cleaned_data.get(name + NO_ANSWER_SUFFIX, "")
            if value in Answer.values:
                value, reply = "", value
            if name == "aliases":
                value = _lines(value)
            if value or not (name in self.on_file or name == "aliases"):
                values[name] = value
            if not value and name not in self.on_file:
                replies[name] = reply
        return values, replies

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        digits = re.sub(r"\D", "", number)
        if number.startswith("+") and not digits.startswith("1"):
            if not 8 <= len(digits) <= 15:
                raise ValidationError(f"A number from abroad has 8 to 15 digits. This has {len(digits)}.")
        elif number and len(digits.removeprefix("1")) != 10:
            raise ValidationError(f"Enter 10 digits. This has {len(digits)}.")
        return number

    def clean_date_of_birth(self) -> date | None:
        born: date | None = self.cleaned_data["date_of_birth"]
        _check_born(born)
        return born

    def clean_aliases(self) -> str:
        typed: str = self.cleaned_data["aliases"]
        if any(len(name) > LONGEST_NAME for name in _lines(typed)):
            raise ValidationError(
                f"One of these has more than {LONGEST_NAME} letters. Write one name a line."
            )
        return typed

    def clean_cii(self) -> str:
        typed: str = self.cleaned_data["cii"].strip()
        if typed and not CII.fullmatch(re.sub(r"[\s-]", "", typed).upper()):
            raise ValidationError(
                "A CII number is a letter and 7 to 10 digits, such as A12345678. Look at the paper."
            )
        return typed

    def clean_ssn(self) -> str:
        return self._digits(Identifier.Kind.SSN)

    def clean_a_number(self) -> str:
        return self._digits(Identifier.Kind.A_NUMBER)

    def _digits(self, kind: str) -> str:
        least, most = self.DIGITS[Identifier.Kind(kind)]
        typed: str = self.cleaned_data[kind].strip()
        digits = re.sub(r"\D", "", typed)
        if typed and not least <= len(digits) <= most:
            wanted = f"{least}" if least == most else f"{least} or {most}"
            raise ValidationError(f"Enter {wanted} digits. This has {len(digits)}.")
        return typed


def _lines(typed: str) -> list[str]:
    """The names in a box, one a line or with semicolons."""
    return [" ".join(line.split()) for line in re.split(r"[\n;]", typed) if line.strip()]


def _values_first(data: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What was sent, without "no answer" where there is one: a radio button cannot be taken back."""
    if data is None:
        return None
    kept = data.copy() if isinstance(data, QueryDict) else dict(data)
    for name in IntakeForm.questions():
        if str(kept.get(name) or "").strip():
            kept.pop(name + NO_ANSWER_SUFFIX, None)
    return kept


class RelatedPersonForm(Plain):
    """Somebody in the client's story or family."""

    relation = forms.ChoiceField(
        label="Who is this?", choices=[("", "Choose one"), *RelatedPerson.Relation.choices]
    )
    name = forms.CharField(label="Name", max_length=LONGEST_NAME, help_text="As much of it as is known.")
    her_word = forms.CharField(label="The client’s own word", max_length=80, required=False)
    must_not_meet = forms.BooleanField(label="Must not meet the client", required=False)


class RelatedPersonDetailForm(RelatedPersonForm):
    """The same with what is asked less often."""

    date_of_birth = forms.DateField(required=False, widget=_date_input(), validators=[_check_born])
    note = forms.CharField(max_length=2000, required=False, widget=forms.Textarea({"rows": 3}))


class DecisionForm(Plain):
    """What a person decided on the hits of a conflict check."""

    decision = forms.ChoiceField(label="Your decision", choices=ConflictCheck.Decision.choices)
    note = forms.CharField(
        label="Why",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Kept with the check.",
    )


class PassageForm(Plain):
    """A passage of the client's account."""

    title = forms.CharField(max_length=120, help_text="A few words by which the client would know it.")
    text = forms.CharField(
        label="In the client’s own words", max_length=40000, widget=forms.Textarea({"rows": 12}), strip=False
    )
    agreed_uses = forms.MultipleChoiceField(
        label="The client agreed that it may be used for",
        choices=Passage.Use.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick what the client said yes to. Nothing else is used.",
    )
    read_back_on = forms.DateField(
        label="Read back to the client on", required=False, widget=_date_input(), validators=[check_past]
    )


class PromiseForm(Plain):
    """A promise: what, by when, and whose it is."""

    what = forms.CharField(label="What do we promise?", max_length=200)
    due_at = _moment_field("By when")
    owner = forms.ModelChoiceField(
        label="Who keeps it?", queryset=User.objects.none(), empty_label="Choose a person"
    )

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = on_team(client)  # type: ignore[attr-defined]


class SettleForm(forms.Form):
    """What became of a promise; a new time asks for one."""

    state = forms.ChoiceField(choices=[c for c in Commitment.State.choices if c[0] != Commitment.State.OWED])
    due_at = _moment_field("New time", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        moved = cleaned.get("state") == Commitment.State.RENEGOTIATED
        if moved and not cleaned.get("due_at") and "due_at" not in self.errors:
            self.add_error("due_at", "Enter the day and time that you agreed with the client.")
        return cleaned


def on_team(client: Client) -> Any:
    """The people on a client's team now."""
    places = CareTeamMember.objects.filter(client=client, left_on__isnull=True)
    return User.objects.filter(is_active=True, pk__in=places.values("user"))


class JoinForm(forms.Form):
    """Somebody new on the team."""

    user = forms.ModelChoiceField(label="Person", queryset=User.objects.none(), empty_label="Choose a person")
    role = forms.ChoiceField(label="Place on the team", choices=[("", "Choose one"), *TeamRole.choices])

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        walled = Wall.objects.filter(client=client).in_force()
        people = User.objects.filter(is_active=True, role__in=CASEWORK_ROLES)
        self.fields["user"].queryset = people.exclude(pk__in=on_team(client)).exclude(  # type: ignore[attr-defined]
            pk__in=walled.values("user")
        )


class PointOfContactForm(forms.Form):
    """Who the client turns to."""

    user = forms.ModelChoiceField(
        label="New point of contact", queryset=User.objects.none(), empty_label="Choose a person"
    )

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = on_team(client)  # type: ignore[attr-defined]


class WallForm(forms.Form):
    """Somebody who must never see the file."""

    user = forms.ModelChoiceField(label="Person", queryset=User.objects.none(), empty_label="Choose a person")
    reason = forms.ChoiceField(label="Reason", choices=[("", "Choose one"), *Wall.Reason.choices])

    def __init__(self, *args: Any, client: Client, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        walled = Wall.objects.filter(client=client).in_force()
        people = User.objects.filter(is_active=True).exclude(pk=by.pk)
        self.fields["user"].queryset = people.exclude(pk__in=walled.values("user"))  # type: ignore[attr-defined]


def masked_on_file(
    client: Client, contact: SafeContact | None, kinds: Iterable[str], *, has_aliases: bool
) -> set[str]:
    """Names of the masked fields of the intake that hold a value; nothing is opened for it."""
    found = set(kinds)
    found |= {
        name for name in ("legal_name", "date_of_birth") if getattr(client, f"{name}_sealed") is not None
    }
    if contact is not None:
        names = ("number", "email", "code_word")
        found |= {name for name in names if getattr(contact, f"{name}_sealed") is not None}
    return found | ({"aliases"} if has_aliases else set())


class BreakGlassForm(forms.Form):
    """A file one does not work on, and why it is needed now."""

    file_number = forms.CharField(
        label="File number", max_length=20, help_text="Exactly as it is written, such as 2026-0041."
    )
    category = forms.ChoiceField(
        label="Why is it urgent?", choices=[("", "Choose one"), *BreakGlass.Category.choices]
    )
    reason = forms.CharField(
        label="Why you need it now",
        min_length=20,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="At least 20 characters. Supervisors who may see the file read it; it is kept sealed.",
    )


class ReviewForm(forms.Form):
    """What the second person found."""

    outcome = forms.ChoiceField(
        label="What you found", choices=[("", "Choose one"), *BreakGlass.Outcome.choices]
    )
    note = forms.CharField(
        label="Note", max_length=2000, widget=forms.Textarea(attrs={"rows": 2}), help_text="Kept sealed."
    )

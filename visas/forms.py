"""What is asked on the pages of T visas. A form checks what was typed; services decide and write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from records.days import DayField
from visas.models import FamilyMember, Notice, TVisa
from visas.rules import law, receipt_forms
from visas.services.stages import MAY_BE_EMPTY, MILESTONES, MUST_BE_GIVEN
from visas.stages import Transition, machine

HINTS = {
    "status_end_date": "As printed on the approval notice. Empty when it prints none: then it is computed.",
    "deferred_action_until": "As printed on the notice. Empty when it prints none.",
    "receipt_number": "Three letters and ten digits, for example EAC2512345678.",
    "received_date": "The received date printed on the notice: clocks and ages count from it.",
    "due_date": "The last day that was computed for the notice.",
}
MILESTONE_LABELS = {
    "sent_on": "Package sent",
    "received_on": "USCIS received the I-914",
    "bona_fide_on": "Date of the bona fide notice",
    "approved_on": "T-1 granted",
    "status_ends_on": "T-1 status ends, as printed",
    "waiting_from": "First day counted as waiting without permission to work",
}
OTHER = "other"


def day_field(label: str, *, required: bool = True, hint: str = "") -> DayField:
    return DayField(label=label, required=required, help_text=hint)


class EventForm(forms.Form):
    """The dates that one move of the machine asks for. `known` fills in what is on file."""

    def __init__(self, *args: Any, move: Transition, known: Mapping[str, date | None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in zip(move.dates, move.date_labels, strict=True):
            if key == "receipt_number":
                self.fields[key] = forms.CharField(label=label, max_length=40, help_text=HINTS[key])
                continue
            required = key not in MAY_BE_EMPTY or MUST_BE_GIVEN.get(move.event) == key
            self.fields[key] = day_field(label, required=required, hint=HINTS.get(key, ""))
            self.fields[key].initial = known.get(key)
        self.fields["note"] = forms.CharField(
            label="Note",
            required=False,
            help_text="What somebody who reads this in a year has to know. Sealed.",
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def ask(self, reason: str) -> None:
        """Ask a person to say that the guard's words hold; what was typed stays."""
        label = f"This holds: {reason}"
        self.fields["confirmed"] = forms.BooleanField(label=label, required=False)
        self.fields["confirms"] = forms.CharField(widget=forms.HiddenInput(), required=False)
        typed = {key: value for key, value in self.data.items() if key != "confirmed"}
        self.data = {**typed, "confirms": reason}
        self.add_error("confirmed", "Dates alone do not decide this. Read it, and tick it only if it holds.")


class _AboutSomebody(forms.Form):
    """Base of forms about the client or one relative. `people`: (id, words) of each relative."""

    person = forms.ChoiceField(label="Whose", required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        if people:
            field.choices = [("", "The client’s own"), *people]  # type: ignore[attr-defined]
        else:
            field.widget = forms.HiddenInput()
            field.choices = [("", "")]  # type: ignore[attr-defined]


class ReceiptForm(_AboutSomebody):
    """A form that USCIS received."""

    form = forms.ChoiceField(label="Form")
    number = forms.CharField(label="Receipt number", max_length=40, help_text=HINTS["receipt_number"])
    received_on = day_field("Day USCIS received it", hint="The received date on the notice.")
    field_order = ("form", "person", "number", "received_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = _forms()  # type: ignore[attr-defined]


class NoticeForm(_AboutSomebody):
    """A notice that asks for an answer."""

    kind = forms.ChoiceField(label="What came", choices=Notice.Kind.choices)
    form = forms.ChoiceField(label="About which form")
    served_on = day_field("Date on the notice", hint="The day it was mailed. The count begins after it.")
    served_by = forms.ChoiceField(
        label="How it came",
        choices=[("mail", "By mail"), ("personal", "By hand or online account")],
        widget=forms.RadioSelect,
        initial="mail",
        help_text="By mail adds 3 days to the due date, never to the safe date.",
    )
    printed_date = day_field(
        "Date to answer by, as printed",
        required=False,
        hint="Empty when it prints none. The earlier date counts.",
    )
    asks_for = forms.CharField(
        label="What it asks for",
        required=False,
        help_text="One thing on each line. Sealed.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    field_order = ("kind", "form", "person", "served_on", "served_by", "printed_date", "asks_for")

    def __init__(self, *args: Any, changing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = _forms()  # type: ignore[attr-defined]
        if changing:
            del self.fields["kind"], self.fields["person"]


class AnswerForm(forms.Form):
    """Our answer left, or USCIS has it."""

    sent_on = day_field("We sent it", required=False)
    received_on = day_field(
        "USCIS received it",
        required=False,
        hint="From the delivery record. The date is met on this day, not before.",
    )


class FamilyForm(forms.Form):
    """A relative for whom the client may ask."""

    name = forms.CharField(label="Name", max_length=200, help_text="As the client calls them. Sealed.")
    relationship = forms.ChoiceField(label="To the client", choices=FamilyMember.Relationship.choices)
    date_of_birth = day_field("Date of birth", required=False, hint="Needed where age decides. Sealed.")
    married = forms.BooleanField(label="Married", required=False)
    in_united_states = forms.BooleanField(label="In the United States", required=False, initial=True)
    in_danger = forms.BooleanField(
        label="In present danger of retaliation",
        required=False,
        help_text="Because the client escaped or worked with law enforcement. It has to be shown.",
    )


class PermitForm(_AboutSomebody):
    """A work permit card."""

    category = forms.ChoiceField(label="Category", help_text="As printed on the card; C09 is (c)(9).")
    other_category = forms.CharField(
        label="Another category",
        required=False,
        max_length=10,
        help_text="Only if it is not in the list: letter and number.",
    )
    valid_from = day_field("Valid from")
    valid_to = day_field("Card expires", hint="The last day on the card.")
    field_order = ("person", "category", "other_category", "valid_from", "valid_to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = law()["permit_categories"].values()
        named = [
            (row.id, _short(row.rule) if row.id == "cp" else f"{row.id} {_short(row.rule)}") for row in rows
        ]
        self.fields["category"].choices = [*named, (OTHER, "Another")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("category") == OTHER:
            if not found.get("other_category"):
                self.add_error("other_category", "Type the category as printed, for example C10.")
            found["category"] = found.get("other_category", "")
        found.pop("other_category", None)
        return found


class CorrectForm(forms.Form):
    """The right stage and dates in place of wrong ones, and why."""

    to = forms.ChoiceField(label="Stage")

    def __init__(self, *args: Any, visa: TVisa, person: FamilyMember | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = "t1_matter" if person is None else "t_derivative"
        states = machine(key).states.values()
        self.fields["to"].choices = [(state.key, state.label) for state in states]  # type: ignore[attr-defined]
        self.fields["to"].initial = (person or visa).stage
        if person is None:
            for name in MILESTONES:
                self.fields[name] = day_field(MILESTONE_LABELS[name], required=False)
                self.fields[name].initial = getattr(visa, name)
        self.fields["reason"] = forms.CharField(
            label="What was wrong",
            help_text="Kept with the history. Sealed.",
            widget=forms.Textarea(attrs={"rows": 3}),
        )


def _forms() -> list[tuple[str, str]]:
    rows = law()["forms"]
    return [(key, f"{key}: {_short(rows[key].rule)}") for key in receipt_forms()]


def _short(rule: str) -> str:
    """The first few words of a rule, for a list."""
    return rule.split(";")[0].split(". ")[0].rstrip(".")

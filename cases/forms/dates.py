"""Dates entered by hand, and what was done about them."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.models import Deadline
from documents.forms import TOO_LARGE
from records.days import DayField

WHAT = (
    "Paper due at the court",
    "Declaration due at the court",
    "Reply due",
    "Certified records due",
    "Agency answers",
    "Follow up with the court",
    "Follow up with the prosecutor",
    "Other date of the court",
)
SOURCES = (
    "Printed in a minute order",
    "Printed in an order",
    "Said in court",
    "Agreed with the other side",
    "Set by us",
)


class DateForm(forms.Form):
    """A date that a paper prints or people agreed to. What it is comes from a list: no story here."""

    what = forms.ChoiceField(label="What is due", choices=[(text, text) for text in WHAT])
    due_on = DayField(label="On", help_text="As printed or agreed. It is never moved.")
    side = forms.ChoiceField(label="Who acts", choices=Deadline.Side.choices, widget=forms.RadioSelect)
    source = forms.ChoiceField(label="Where it comes from", choices=[(text, text) for text in SOURCES])


class DoneForm(forms.Form):
    """The day on which it was done; the page fills in today."""

    on = DayField(label="Done on")


class ReceiptForm(forms.Form):
    """Proof that a recipient got the petition."""

    received_on = DayField(
        label="Received on",
        help_text="As the proof says. The prosecutor’s time runs from here.",
    )


class DutyForm(forms.Form):
    """How far one agency is."""

    sent_on = DayField(label="Order sent on", required=False)
    received_on = DayField(label="Received on", required=False, help_text="Only when there is a receipt.")
    confirmed_on = DayField(label="Sealing confirmed on", required=False)
    proof = forms.FileField(
        label="Proof",
        required=False,
        help_text="Letter or certificate. PDF, Word, PNG or JPEG; sealed before it is kept.",
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.too_large = too_large

    def clean_proof(self) -> Any:
        """A proof that was stopped on its way is a refusal, never a form saved without it."""
        if self.too_large:
            raise forms.ValidationError(TOO_LARGE)
        return self.cleaned_data["proof"]

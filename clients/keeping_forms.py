"""What is asked on the pages about keeping and erasing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from clients.forms import Plain
from clients.models import Client, ErasureReason
from clients.services import purge

REASONS = [("", "Choose one"), *ErasureReason.choices]
LONGEST = 2000


def _note(label: str, *, required: bool, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text=help_text,
    )


class HoldForm(Plain):
    """Why the file has to be kept as it is."""

    reason = _note(
        "What must it be kept for?", required=True, help_text="A suit, a demand, an investigation. Sealed."
    )


class AskForm(Plain):
    """Why the whole file should be erased."""

    reason = forms.ChoiceField(label="Reason", choices=REASONS)
    note = _note(
        "More, for the team",
        required=False,
        help_text="Sealed, and erased with the file. Whoever decides sees the reason above, not this.",
    )


class AskPartForm(AskForm):
    """Which passage or document, and why."""

    what = forms.ChoiceField(label="What is to be erased?")
    field_order = ("what", "reason", "note")

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = "Sealed. Whoever decides sees the reason above, not this."
        self.fields["what"].choices = [("", "Choose one"), *purge.choices(client)]  # type: ignore[attr-defined]

    def named(self) -> dict[str, Any]:
        """`scope` and `object_id` of what was chosen, with reason and note."""
        scope, _, pk = self.cleaned_data["what"].partition("-")
        return {
            "scope": scope,
            "object_id": UUID(pk),
            "reason": self.cleaned_data["reason"],
            "note": self.cleaned_data["note"],
        }


class EraseForm(Plain):
    """The file number, typed: nobody erases the file of another line by a slip."""

    file_number = forms.CharField(max_length=20, label="Type the file number to confirm")

    def __init__(self, *args: Any, number: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = number

    def clean_file_number(self) -> str:
        typed: str = self.cleaned_data["file_number"].strip()
        if typed != self.number:
            raise forms.ValidationError("This is not the number of the file above.")
        return typed


class RefuseForm(Plain):
    """Why it stays."""

    answer = _note("Why does it stay?", required=True, help_text="The team reads it on the file. Sealed.")

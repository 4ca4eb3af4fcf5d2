"""What is asked when a file is given out."""

from __future__ import annotations

from typing import Any

from django import forms

from clients.days import check_past
from clients.forms import Plain
from clients.models import Release
from clients.services.release import SHORTEST_PASSPHRASE


def _day(label: str, **kwargs: object) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **kwargs)  # type: ignore[arg-type]


class ReleaseForm(Plain):
    """The ground on which the file may be given."""

    basis = forms.ChoiceField(label="It rests on", choices=[("", "Choose one"), *Release.Basis.choices])
    recipient = forms.CharField(
        label="Who may have it?", max_length=200, help_text="A person, with the office they work for. Sealed."
    )
    note = forms.CharField(
        label="What may be given, and why",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="As the release or the order says it. Sealed.",
    )
    signed_on = _day("Signed or issued on", validators=[check_past])
    expires_on = _day("Ends on", help_text="The last day on which the file may be given on it.")
    client_told_on = _day(
        "The client was told on",
        required=False,
        validators=[check_past],
        help_text="For an order or a subpoena: tell the client before anything is given.",
    )


class ExportForm(Plain):
    """What is given, and the passphrase that opens it. `parts`: (key, words) of what there is."""

    parts = forms.MultipleChoiceField(
        label="What goes out",
        widget=forms.CheckboxSelectMultiple,
        help_text="Nothing is chosen beforehand. Tick what the ground allows, and no more.",
        error_messages={"required": "Choose what is given."},
    )
    passphrase = forms.CharField(
        label="Passphrase for the recipient",
        min_length=SHORTEST_PASSPHRASE,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=(
            f"{SHORTEST_PASSPHRASE} letters at least. Give it by another route than the file. "
            "It is kept nowhere."
        ),
        error_messages={"min_length": f"Take {SHORTEST_PASSPHRASE} letters at least."},
    )

    def __init__(self, *args: Any, parts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = parts  # type: ignore[attr-defined]

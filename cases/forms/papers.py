"""What counsel writes and confirms for the papers."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.law import StatutePaper
from cases.services.papers import CHECKS


class FactsForm(forms.Form):
    """One field for each thing that the papers of the statute say beside the record."""

    def __init__(self, *args: Any, paper: StatutePaper, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for fact in paper.facts:
            self.fields[fact.key] = forms.CharField(
                label=fact.label if fact.needed else f"{fact.label}, if any",
                help_text=fact.hint,
                required=False,
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )


class ChecksForm(forms.Form):
    """What only a person can know: counsel of record confirms it, or signing stays refused."""

    checked = forms.MultipleChoiceField(
        label="I confirm", choices=list(CHECKS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label="Why a disposition has no certified record",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

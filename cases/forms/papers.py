"""What counsel writes and confirms for the papers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings

from cases.law import StatutePaper
from cases.services.paper_stops import CHECKS
from cases.services.paper_words import KINDS
from documents.forms import TOO_LARGE


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


class PaperFileField(forms.FileField):
    """A file that is read whole and sealed; one that is too large is refused before that."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        found = super().clean(data, initial)
        if found and found.size > settings.MAX_UPLOAD_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return found


class TakesFile(forms.Form):
    """A form with one file. `too_large`: the upload was stopped before it could be read."""

    file_name = "file"

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.too_large = too_large

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.too_large:
            self.errors.pop(self.file_name, None)
            self.add_error(self.file_name, TOO_LARGE)
        return found


class StoreForm(TakesFile):
    """An edited Word file, or a signed or stamped copy."""

    paper = forms.ChoiceField(label="Which paper")
    file = PaperFileField(
        help_text="Word for a draft; PDF, PNG or JPEG for a signed or stamped copy. Sealed before it is kept."
    )

    def __init__(self, *args: Any, papers: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["paper"]
        field.choices = list(papers)


class KeepForm(forms.Form):
    """Papers that are older than a change of the record and that counsel keeps as they are."""

    kinds = forms.MultipleChoiceField(
        label="Keep my edited version", choices=(), widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label="Why it may stand", max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, kinds: Iterable[str], **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "keep_%s")
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kinds"]
        field.choices = [(kind, KINDS[kind]) for kind in kinds]

    def seen(self) -> dict[str, str]:
        """The mark of what the page showed, for each paper that was chosen; "" where none came."""
        return {kind: self.data.get(f"seen_{kind}", "") for kind in self.cleaned_data["kinds"]}

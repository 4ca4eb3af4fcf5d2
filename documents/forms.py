"""What is asked when a file is stored."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from documents.models import Document

TOO_LARGE = (
    f"This file is larger than {settings.MAX_UPLOAD_BYTES // (1024 * 1024)} MB. Split it, or scan it smaller."
)


class UploadForm(forms.Form):
    """A file with what it is.

    `too_large`: the upload was stopped before the file could be read. `closed`: kinds that this person may
    not open, so not store either.
    """

    kind = forms.ChoiceField(label="What is it?", choices=[("", "Choose one"), *Document.Kind.choices])
    title = forms.CharField(
        max_length=160, help_text="As the team will look for it. Sealed, like the file itself."
    )
    file = forms.FileField(
        help_text="PDF, Word, text, PNG or JPEG. 25 MB at most.",
        error_messages={"empty": "The file is empty. Choose another."},
    )

    def __init__(
        self, *args: Any, too_large: bool = False, closed: Container[str] = (), **kwargs: Any
    ) -> None:
        self.too_large = too_large
        super().__init__(*args, **kwargs)
        kinds = [(kind, label) for kind, label in Document.Kind.choices if kind not in closed]
        self.fields["kind"].choices = [("", "Choose one"), *kinds]  # type: ignore[attr-defined]
        if too_large:
            self.fields["file"].error_messages["required"] = TOO_LARGE

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_UPLOAD_BYTES:
            raise ValidationError(TOO_LARGE)
        return file


class VersionForm(UploadForm):
    """A new version: what it is stays, the title may change."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"]

"""Fields for days and moments, the same in every room: the browser's own control, and a plausible year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
"""Nothing on file is older, and further ahead no calendar counts: a day outside is a slip of the keyboard."""


def check_year(value: date | datetime) -> None:
    """Raises ValidationError for a day that no living person's file holds."""
    day = value.date() if isinstance(value, datetime) else value
    if not FIRST <= day <= LAST:
        raise ValidationError("Check the year.", code="year")


class DayInput(forms.DateInput):
    """A day, with the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A day and time, with the browser's own calendar."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class DayField(forms.DateField):
    """A day in a plausible year."""

    widget = DayInput
    default_validators = [check_year]


class MomentField(forms.DateTimeField):
    """A day and time in a plausible year."""

    widget = MomentInput
    default_validators = [check_year]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%dT%H:%M"], **kwargs)

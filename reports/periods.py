"""The time a report covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.dateformat import format as format_date

BACKWARDS = "The last day lies before the first. Change one of them."
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, both counted. `key` is the choice it came from."""

    key: str
    start: date
    end: date

    @property
    def words(self) -> str:
        """ "January 1 to November 20, 2026"; both years where they differ."""
        first = format_date(self.start, "F j" if self.start.year == self.end.year else "F j, Y")
        return f"{first} to {format_date(self.end, 'F j, Y')}"


def this_quarter(today: date) -> Period:
    return Period("quarter", date(today.year, 3 * ((today.month - 1) // 3) + 1, 1), today)


def this_year(today: date) -> Period:
    return Period("year", date(today.year, 1, 1), today)


def day_field(label: str) -> forms.DateField:
    """A day to count from or to, inside the years that have something to count."""
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[
            MinValueValidator(FIRST, "Enter a day after 1999."),
            MaxValueValidator(LAST, "Enter a day before 2100."),
        ],
    )


class PeriodForm(forms.Form):
    """Which time a report covers; the running year when nothing was chosen."""

    period = forms.ChoiceField(
        choices=[
            ("year", "This year to date"),
            ("quarter", "This quarter to date"),
            ("custom", "From … to …"),
        ],
        required=False,
    )
    start = day_field("From")
    end = day_field("To")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("period") != "custom" or self.errors:
            return cleaned
        start, end = cleaned.get("start"), cleaned.get("end")
        if start is None or end is None:
            self.add_error(
                "start" if start is None else "end", ValidationError("Enter the first and the last day.")
            )
        elif end < start:
            self.add_error("end", ValidationError(BACKWARDS))
        elif end > self.today:
            self.add_error("end", ValidationError("The last day lies ahead. Enter today or an earlier day."))
        return cleaned

    @property
    def chosen(self) -> Period:
        """The period of a valid form; the running year of an invalid one."""
        if not self.is_valid():
            return this_year(self.today)
        key = self.cleaned_data.get("period")
        if key == "custom":
            return Period("custom", self.cleaned_data["start"], self.cleaned_data["end"])
        return this_quarter(self.today) if key == "quarter" else this_year(self.today)

"""Days that a person types about a client: what cannot be is refused."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

OLDEST = date(1900, 1, 1)


def check_past(day: date, *, today: date | None = None) -> None:
    """Raises ValidationError for a day to come, or one that nobody living remembers."""
    if not OLDEST <= day <= (today or timezone.localdate()):
        raise ValidationError("Enter today or an earlier day. Look at the year.")


def check_born(day: date | None, *, today: date | None = None) -> None:
    """Raises ValidationError, by field, for a day on which nobody living was born."""
    if day is None:
        return
    if day > (today or timezone.localdate()):
        raise ValidationError(
            {"date_of_birth": "This day is still to come, so it is no date of birth. Look at the year."}
        )
    if day < OLDEST:
        raise ValidationError(
            {"date_of_birth": "This day is before 1900, so it is no date of birth. Look at the year."}
        )

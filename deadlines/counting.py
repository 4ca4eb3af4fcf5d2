"""Counting days, months and years. What a period is and when it starts stands in the law files."""

from __future__ import annotations

from datetime import date, timedelta

from deadlines.calendars import ONE_DAY, CourtCalendar


def add_days(start: date, days: int) -> date:
    """``days`` calendar days after ``start``; the day of the trigger is not counted."""
    return start + timedelta(days=days)


def add_court_days(start: date, days: int, calendar: CourtCalendar) -> date:
    """``days`` court days after ``start``: the first court day after the trigger is day 1.

    A weekday beyond the calendar's horizon counts as open; the caller must not rely on such a day
    (``calendar.covers`` says whether it may).
    """
    day = start
    for _ in range(days):
        day += ONE_DAY
        while calendar.listed_as_closed(day) is not None:
            day += ONE_DAY
    return day


def add_years(start: date, years: int) -> date:
    """The same day ``years`` later; 29 February becomes 1 March in a common year."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)


def add_months(start: date, months: int) -> date:
    """The same day ``months`` later; a day that the month lacks becomes the first of the next month."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    try:
        return start.replace(year=year, month=month)
    except ValueError:
        return date(year + month // 12, month % 12 + 1, 1)

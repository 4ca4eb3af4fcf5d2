"""The week a home page shows, and the days in it on which courts are closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.dateformat import format as format_date

from deadlines.calendars import OutsideCalendar, get_calendar

CALENDAR = "us-ca"


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday. `today` is the reader's day, inside the week or not."""

    monday: date
    today: date

    @classmethod
    def of(cls, day: date, today: date) -> Week:
        """The week that `day` falls in."""
        return cls(day - timedelta(days=day.weekday()), today)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def is_this(self) -> bool:
        return self.monday <= self.today <= self.sunday

    @property
    def is_past(self) -> bool:
        return self.sunday < self.today

    @property
    def before(self) -> date:
        return self.monday - timedelta(days=7)

    @property
    def after(self) -> date:
        return self.monday + timedelta(days=7)

    @property
    def title(self) -> str:
        """ "Nov 23 to 29", "Nov 30 to Dec 6"; the year where it is not this year's."""
        ends = "j" if self.monday.month == self.sunday.month else "M j"
        words = f"{format_date(self.monday, 'M j')} to {format_date(self.sunday, ends)}"
        return words if self.sunday.year == self.today.year else f"{words}, {self.sunday.year}"

    @property
    def closed_days(self) -> list[tuple[date, str]]:
        """Weekdays of the week on which California courts are closed, with the reason."""
        calendar = get_calendar(CALENDAR)
        found: list[tuple[date, str]] = []
        for day in (self.monday + timedelta(days=n) for n in range(5)):
            try:
                reason = calendar.closed_because(day)
            except OutsideCalendar:
                return found
            if reason:
                found.append((day, reason))
        return found

    @property
    def subtitle(self) -> str:
        """Today in full, then the court holidays of the week."""
        said = f"{format_date(self.today, 'l, F j, Y')}."
        closed = [f"{format_date(day, 'l')} ({reason})" for day, reason in self.closed_days]
        if closed:
            said += f" California courts are closed on {' and '.join(closed)}."
            if not get_calendar(CALENDAR).confirmed:
                said += " Recalled court calendar: confirm before use."
        return said


def week_from(text: str, today: date) -> Week:
    """The week of an ISO date in the address; this week for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    # Weeks at the ends of the calendar have no Monday or no week after them.
    return Week.of(day if date(2000, 1, 1) <= day <= date(2100, 1, 1) else today, today)


def start_of(day: date) -> datetime:
    """Midnight in the office's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))

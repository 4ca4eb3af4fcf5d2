"""Ages, years that end, and the last day a federal office is open. Counting itself is the date engine's."""

from datetime import date

from deadlines.calendars import OutsideCalendar, get_calendar
from deadlines.counting import add_months, add_years
from visas.rules.base import RuleInputError, words

CALENDAR = "us-federal-offices"

__all__ = ["add_months", "add_years", "age_on", "birthday", "end_after_years", "last_business_day_by"]


def end_after_years(last_day: date, years: int) -> date:
    """The last day of a period that ended on `last_day`, made `years` longer.

    Unlike a day on which something opens, an end on 29 February stays in February: 28 in a common year.
    """
    try:
        return last_day.replace(year=last_day.year + years)
    except ValueError:
        return date(last_day.year + years, 2, 28)


def birthday(dob: date, years: int) -> date:
    """The day on which that age is reached; someone born on 29 February reaches it on 1 March in a common
    year.
    """
    return add_years(dob, years)


def age_on(dob: date, day: date) -> int:
    """Full years on `day`; the birthday itself counts."""
    years = day.year - dob.year
    return years if birthday(dob, years) <= day else years - 1


def last_business_day_by(day: date) -> date:
    """The last day on or before `day` on which federal offices are open. Raises RuleInputError outside the
    calendar.
    """
    calendar = get_calendar(CALENDAR)
    try:
        return calendar.on_or_before(day)
    except OutsideCalendar:
        raise RuleInputError(
            f"{words(day)} is outside the federal holidays we hold "
            f"({words(calendar.valid_from)} to {words(calendar.valid_to)})."
        ) from None

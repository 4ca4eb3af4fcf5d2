"""Permission to work on a day, and the days spent without it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from visas.rules.base import Result, RuleInputError, count, leaning_on, weekday_words, words
from visas.rules.dates import last_business_day_by
from visas.rules.facts import law
from visas.rules.permits import ead

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Card:
    """One work permit; both days are inside it. `valid_to` None: no end printed. `extended_to`: an
    automatic extension.

    Raises RuleInputError when it ends before it begins.
    """

    valid_from: date
    valid_to: date | None
    category: str = ""
    extended_to: date | None = None

    def __post_init__(self) -> None:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise RuleInputError(f"The card of {words(self.valid_from)} ends before it begins.")

    @property
    def last_day(self) -> date:
        """The last day of permission; the end of the calendar for a card with no end."""
        if self.valid_to is None:
            return date.max
        return max(self.valid_to, self.extended_to or self.valid_to)

    def covers(self, day: date) -> bool:
        return self.valid_from <= day <= self.last_day


@dataclass(frozen=True, kw_only=True)
class Basis(Result):
    """Why she may work on a day: the category of the card that lasts longest, None when no card is valid."""

    category: str | None
    until: date | None
    others: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class Gap:
    """Days without permission, both counted."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, kw_only=True)
class Wait(Result):
    """Days without permission to work. `streak` counts the gap that is still running, 0 when she may work."""

    days: int
    streak: int
    running: bool
    gaps: tuple[Gap, ...]
    sentence: str


@dataclass(frozen=True, kw_only=True)
class RenewalWindow(Result):
    """When to renew a card: from `opens`, received by `last_safe_receipt`, before it `ends`."""

    opens: date
    ends: date
    last_safe_receipt: date

    def state(self, on: date) -> Literal["too_early", "open", "past_safe_day", "ended"]:
        if on < self.opens:
            return "too_early"
        if on > self.ends:
            return "ended"
        return "open" if on <= self.last_safe_receipt else "past_safe_day"


def basis_on(cards: Iterable[Card], day: date) -> Basis:
    """The card she may work on that day. Of several, the one that lasts longest is named first."""
    valid = sorted(
        (c for c in cards if c.covers(day)), key=lambda c: (c.last_day, c.valid_from), reverse=True
    )
    if not valid:
        said = f"No permission to work on {words(day)}."
        return Basis(
            category=None, until=None, others=(), sentence=said, steps=(said,),
            authorities=leaning_on(("counting", "WW1")),
        )  # fmt: skip
    best = valid[0]
    name = best.category or "a card"
    until = None if best.valid_to is None else best.last_day
    said = f"May work on {name}, " + ("no end printed." if until is None else f"to {words(until)}.")
    others = tuple(dict.fromkeys(c.category for c in valid[1:] if c.category and c.category != best.category))
    leans = [("permit_categories", c) for c in (best.category, *others) if c in law()["permit_categories"]]
    return Basis(
        category=best.category or None,
        until=until,
        others=others,
        sentence=said,
        steps=(said, *(f"Also valid: {other}." for other in others)),
        authorities=leaning_on(*(leans or [("counting", "WW1")])),
    )


def days_without(cards: Iterable[Card], *, start: date, as_of: date) -> Wait:
    """Calendar days from `start` (counted) to `as_of` (not counted) on which no card was valid.

    Overlapping cards count once. Our own count: the law gives none.
    """
    gaps: list[Gap] = []
    day = start
    cards = sorted(cards, key=lambda c: c.valid_from)
    for card in cards:
        if card.valid_from >= as_of:
            break
        if card.valid_from > day:
            gaps.append(Gap(day, card.valid_from - _ONE_DAY))
        if card.last_day >= day:
            day = as_of if card.last_day >= as_of else card.last_day + _ONE_DAY
    if day < as_of:
        gaps.append(Gap(day, as_of - _ONE_DAY))
    total = sum(gap.days for gap in gaps)
    steps = [f"{words(gap.first)} to {words(gap.last)}: {count(gap.days, 'day')}." for gap in gaps]
    running = as_of >= start and not any(c.covers(as_of) for c in cards)
    streak = gaps[-1].days if running and gaps and gaps[-1].last == as_of - _ONE_DAY else 0
    said = _wait_words(total, streak, running, gaps)
    return Wait(
        days=total,
        streak=streak,
        running=running,
        gaps=tuple(gaps),
        sentence=said,
        steps=(*steps, said),
        authorities=leaning_on(("counting", "WW1")),
    )


def renewal_window(card: Card) -> RenewalWindow:
    """From 180 days before the card ends; to be safe USCIS has the I-765 by the last business day on or
    before it.

    Raises RuleInputError for a card with no end or no category.
    """
    if card.valid_to is None:
        raise RuleInputError("A card with no printed end has no renewal window.")
    dates = ead(category=card.category, valid_to=card.valid_to)
    opens = dates.renewal_opens or card.valid_to
    safe = last_business_day_by(card.valid_to)
    return RenewalWindow(
        opens=opens,
        ends=card.valid_to,
        last_safe_receipt=safe,
        steps=(
            *dates.steps,
            f"The card ends {weekday_words(card.valid_to)}; USCIS open by {weekday_words(safe)}.",
        ),
        authorities=(*dates.authorities, *leaning_on(("counting", "CN8"))),
    )


def _wait_words(total: int, streak: int, running: bool, gaps: list[Gap]) -> str:
    if not total:
        return (
            "The wait for permission to work begins today."
            if running
            else "No day without permission to work."
        )
    days = f"{count(total, 'day')} without permission to work"
    if not running:
        return f"{days}; ended {words(gaps[-1].last + _ONE_DAY)}."
    if streak == total:
        return f"{days}, still running since {words(gaps[-1].first)}."
    if not streak:
        return f"{days}; without it again today."
    return f"{days}; {streak:,} of them since {words(gaps[-1].first)}, still running."

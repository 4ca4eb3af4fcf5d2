"""What every rule gives back, and how its dates are written for a reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from visas.rules.facts import Entry, law, weakest
from visas.rules.shapes import FLAG_WORDS

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class RuleInputError(ValueError):
    """The facts given to a rule contradict each other; the message is a sentence for the person who typed
    them.
    """


@dataclass(frozen=True)
class Authority:
    """One entry of the law that a result leans on."""

    id: str
    citation: str
    flag: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """A rule's answer: the steps in words, and what it leans on. Subclasses add the answer itself."""

    steps: tuple[str, ...]
    authorities: tuple[Authority, ...]

    @property
    def citation(self) -> str:
        """The citations, each once, in the order the rule used them."""
        return "; ".join(dict.fromkeys(a.citation for a in self.authorities if a.citation))

    @property
    def flag(self) -> str:
        """The weakest flag among the facts used: a result is never surer than what it leans on."""
        return weakest(tuple(a.flag for a in self.authorities))

    @property
    def flag_words(self) -> str:
        return FLAG_WORDS[self.flag]


def leaning_on(*places: tuple[str, str]) -> tuple[Authority, ...]:
    """Authorities for (collection, id) pairs of `visas/law/`."""
    return tuple(_authorities(places))


def _authorities(places: tuple[tuple[str, str], ...]) -> Iterator[Authority]:
    for collection, key in places:
        entry: Entry = law()[collection][key]
        yield Authority(entry.id, entry.citation, entry.flag)


def words(day: date) -> str:
    """`Nov 15, 2026`, the same in every locale of the machine."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def weekday_words(day: date) -> str:
    """`Sun, Nov 15, 2026`."""
    return f"{_WEEKDAYS[day.weekday()]}, {words(day)}"


def count(number: int, noun: str) -> str:
    """`1 day`, `2 days`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"

"""Figures that can be shown: n and N with a definition, and small groups hidden where they leave the office.

A reader who may open every file that is counted learns nothing about anybody from a small count: there it
is shown (`hide=False`). In whatever goes to funders or to the public, a count of 1 to 4 people is hidden, and
so is whatever would give it away by subtraction from a total that is shown beside it (a second cell, or the
total itself). Zero is shown: it is about nobody.
Our own rule, in line with the confidentiality terms of the funders (34 USC 12291(b)(2), which lets
non-identifying totals pass).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

SMALLEST_SHOWN = 5
SMALL = f"<{SMALLEST_SHOWN}"
HIDDEN = "hidden"

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as the component `figs` draws it: value, what it counts of what, definition."""

    label: str
    value: str
    n: str
    definition: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A count as it may be shown. `n` is None when it is hidden; `words` is what stands there."""

    n: int | None
    words: str

    @property
    def hidden(self) -> bool:
        return self.n is None


@dataclass(frozen=True, slots=True)
class Line:
    """Counts that add up to a total."""

    cells: tuple[Shown, ...]
    total: Shown


@dataclass(frozen=True, slots=True)
class Grid:
    """Counts by row and column, with the totals of both."""

    rows: tuple[Line, ...]
    totals: Line


def suppress(counts: Sequence[int], *, hide: bool = True) -> Line:
    """Counts of people that are shown together with their total, small ones hidden unless `hide` is off.

    Raises ValueError for a negative count.
    """
    return _suppressed([counts], with_totals_row=False, hide=hide).rows[0]


def suppress_grid(rows: Sequence[Sequence[int]], *, hide: bool = True) -> Grid:
    """The same in two directions: no hidden cell follows from the totals of its row or its column.

    Raises ValueError for a negative count.
    """
    return _suppressed(rows, with_totals_row=True, hide=hide)


def share(n: Shown, whole: Shown) -> str:
    """ "93%", or words where either number is hidden; "" where there is nobody."""
    if n.n is None or whole.n is None:
        return HIDDEN
    return f"{round(100 * n.n / whole.n)}%" if whole.n else "–"


def median_days(days: Sequence[int], *, hide: bool = True) -> str:
    """ "214 days"; hidden for 1 to 4 people, whose days it would tell, unless `hide` is off."""
    if not days:
        return "–"
    return HIDDEN if hide and len(days) < SMALLEST_SHOWN else f"{round(median(days)):,} days"


# --- How cells are chosen -------------------------------------------------------------------------


def _suppressed(rows: Sequence[Sequence[int]], *, with_totals_row: bool, hide: bool) -> Grid:
    if any(n < 0 for row in rows for n in row):
        raise ValueError("A count cannot be negative.")
    full = [[*row, sum(row)] for row in rows]
    if with_totals_row:
        width = len(rows[0]) if rows else 0
        full.append([sum(row[column] for row in full) for column in range(width + 1)])
    hidden = {(r, c) for r, row in enumerate(full) for c, n in enumerate(row) if hide and _is_small(n)}
    lines = list(_lines(full, with_totals_row=with_totals_row))
    while (more := _next_to_hide(full, lines, hidden)) is not None:
        hidden.add(more)
    # A cell that was hidden to protect another must look like it, or the other one would follow.
    words = SMALL if all(_is_small(_at(full, place)) for place in hidden) else HIDDEN
    drawn = [
        [Shown(None, words) if (r, c) in hidden else Shown(n, f"{n:,}") for c, n in enumerate(row)]
        for r, row in enumerate(full)
    ]
    made = [Line(tuple(row[:-1]), row[-1]) for row in drawn]
    return Grid(tuple(made[:-1]), made[-1]) if with_totals_row else Grid(tuple(made), made[0])


def _is_small(n: int) -> bool:
    return 0 < n < SMALLEST_SHOWN


def _lines(full: list[list[int]], *, with_totals_row: bool) -> Iterator[list[Place]]:
    """Every row and column that adds up; the last place of each is its total."""
    for r, row in enumerate(full):
        yield [(r, c) for c in range(len(row))]
    if with_totals_row:
        for c in range(len(full[0])):
            yield [(r, c) for r in range(len(full))]


def _next_to_hide(full: list[list[int]], lines: list[list[Place]], hidden: set[Place]) -> Place | None:
    """One more place to hide, for the first line whose hidden cells could be worked out."""
    for line in lines:
        if _line_keeps(full, line, hidden):
            continue
        *inner, total = line
        visible = [place for place in inner if place not in hidden and _at(full, place)]
        return min(visible, key=lambda place: (_at(full, place), place)) if visible else total
    return None


def _line_keeps(full: list[list[int]], line: list[Place], hidden: set[Place]) -> bool:
    """Whether nothing hidden in the line follows from what is shown of it.

    Where the total is shown, the hidden cells' sum follows from it. That sum must not be small itself,
    must be shared by two cells at least, and must leave them more than one way to share it.
    """
    *inner, total = line
    inside = [_at(full, place) for place in inner if place in hidden]
    if total in hidden or not inside:
        return bool(inside) or total not in hidden
    one_way = sum(inside) == len(inside) or all(n == SMALLEST_SHOWN - 1 for n in inside)
    return len(inside) > 1 and sum(inside) >= SMALLEST_SHOWN and not one_way


def _at(full: list[list[int]], place: Place) -> int:
    row, column = place
    return full[row][column]

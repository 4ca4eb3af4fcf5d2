import itertools

import pytest

from reports.figures import HIDDEN, SMALL, Shown, median_days, share, suppress, suppress_grid


def words(line):
    return [cell.words for cell in line.cells], line.total.words


def test_large_counts_and_zero_are_shown():
    assert words(suppress([12, 0, 7])) == (["12", "0", "7"], "19")


def test_one_small_count_takes_a_second_cell_with_it():
    assert words(suppress([30, 3, 8])) == (["30", HIDDEN, HIDDEN], "41")


def test_two_small_counts_that_hide_each_other_say_so():
    assert words(suppress([30, 2, 4])) == (["30", SMALL, SMALL], "36")


def test_small_counts_that_their_sum_would_give_away_take_another_cell_with_them():
    assert words(suppress([30, 4, 4])) == ([HIDDEN, HIDDEN, HIDDEN], "38")


def test_a_small_total_is_hidden_with_its_only_cell():
    assert words(suppress([3, 0, 0])) == ([SMALL, "0", "0"], SMALL)


def test_small_counts_whose_sum_is_small_too_take_a_larger_cell_with_them():
    assert words(suppress([9, 1, 2])) == ([HIDDEN, HIDDEN, HIDDEN], "12")


def test_the_total_is_hidden_where_no_other_cell_is_left_to_protect_small_ones():
    assert words(suppress([4, 4])) == ([HIDDEN, HIDDEN], HIDDEN)


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        suppress([3, -1])


def possible(line, most):
    """Every way to fill the hidden cells that fits what is shown: "<5" is 1 to 4; among cells that say
    "hidden", one at least is 1 to 4."""
    spots = [index for index, cell in enumerate(line.cells) if cell.hidden]
    small = all(line.cells[spot].words == SMALL for spot in spots)
    for guess in itertools.product(range(1, 5 if small else most), repeat=len(spots)):
        total = sum(guess) + sum(cell.n for cell in line.cells if cell.n is not None)
        fits = any(n < 5 for n in guess) and line.total.n in (None, total)
        if fits and not (line.total.words == SMALL and total > 4):
            yield guess


def test_no_small_count_follows_from_its_neighbours_and_the_total():
    for counts in itertools.product(range(10), repeat=3):
        line = suppress(list(counts))
        hidden = tuple(n for n, cell in zip(counts, line.cells, strict=True) if cell.hidden)
        if not hidden:
            continue
        guesses = set(possible(line, 20))
        assert hidden in guesses
        for position, n in enumerate(hidden):
            if 0 < n < 5:
                assert len({guess[position] for guess in guesses}) > 1, counts


def test_every_small_count_is_hidden_whatever_stands_beside_it():
    for counts in itertools.product(range(8), repeat=3):
        line = suppress(list(counts))
        assert all(cell.hidden for n, cell in zip(counts, line.cells, strict=True) if 0 < n < 5)
        assert line.total.hidden or not 0 < sum(counts) < 5


def grid_lines(grid):
    rows = [[*line.cells, line.total] for line in (*grid.rows, grid.totals)]
    yield from rows
    yield from (list(column) for column in zip(*rows, strict=True))


def test_in_a_grid_no_line_leaves_a_single_hidden_cell_or_a_small_remainder():
    for first, second in itertools.product(itertools.product([0, 1, 3, 4, 6, 15], repeat=3), repeat=2):
        rows = [list(first), list(second)]
        grid = suppress_grid(rows)
        for line in grid_lines(grid):
            hidden = [cell for cell in line if cell.hidden]
            assert len(hidden) != 1, rows
            *inner, total = line
            if hidden and total.n is not None:
                assert total.n - sum(cell.n for cell in inner if cell.n is not None) >= 5, rows


def test_totals_of_a_grid_are_the_sums_of_what_is_shown_where_nothing_is_hidden():
    grid = suppress_grid([[10, 20], [5, 0]])
    assert words(grid.totals) == (["15", "20"], "35")
    assert words(grid.rows[1]) == (["5", "0"], "5")


def test_a_share_needs_both_of_its_numbers():
    assert share(Shown(9, "9"), Shown(12, "12")) == "75%"
    assert share(Shown(None, SMALL), Shown(12, "12")) == HIDDEN
    assert share(Shown(0, "0"), Shown(0, "0")) == "–"


def test_a_median_of_few_people_is_hidden():
    assert median_days([1, 2, 3, 400]) == HIDDEN
    assert median_days([10, 20, 30, 40, 50]) == "30 days"
    assert median_days([]) == "–"

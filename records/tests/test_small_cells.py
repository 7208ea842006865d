"""Small cells: what is hidden cannot be computed from what is shown, whatever the table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from records.small_cells import SMALLEST_SHOWN, Shown, merged, suppress

Table = list[list[int]]
counts = st.one_of(st.integers(0, 3), st.integers(0, 15), st.integers(0, 400))
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(counts, min_size=width, max_size=width), min_size=1, max_size=4)
)


def with_small_totals_merged(table: Table) -> Table:
    """Return the table with columns put together as the statistics do; none where all together are too few."""
    groups = merged([sum(column) for column in zip(*table, strict=True)])
    return [[sum(row[place] for place in group) for group in groups] for row in table] if groups else []


def with_totals(table: Table) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in table]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def as_shown(shown: Shown) -> list[list[int | None]]:
    rows = [[*cells, total] for cells, total in zip(shown.cells, shown.row_totals, strict=True)]
    return [*rows, [*shown.column_totals, shown.total]]


def range_of(shown: list[list[int | None]], row: int, column: int) -> tuple[float, float]:
    """Return the least and the most that a hidden cell can be, by what is shown: what a reader with a computer finds.

    The reader knows the sums, and that a hidden number is at least 1, unless the whole table is hidden.
    """
    height, width = len(shown), len(shown[0])
    least = 0 if all(n is None for line in shown[:-1] for n in line) else 1
    place = {(r, c): r * width + c for r in range(height) for c in range(width)}
    sums = [
        *({(r, c): 1 if c < width - 1 else -1 for c in range(width)} for r in range(height)),
        *({(r, c): 1 if r < height - 1 else -1 for r in range(height)} for c in range(width)),
    ]
    equations = np.zeros((len(sums), height * width))
    for number, terms in enumerate(sums):
        for at, sign in terms.items():
            equations[number, place[at]] = sign
    bounds = [(least, None) if n is None else (n, n) for line in shown for n in line]
    found = []
    for sign in (1, -1):
        goal = np.zeros(height * width)
        goal[place[row, column]] = sign
        solved = linprog(goal, A_eq=equations, b_eq=np.zeros(len(sums)), bounds=bounds, method="highs")
        found.append(sign * solved.fun if solved.status == 0 else float("inf"))
    return found[0], found[1]


@settings(max_examples=80)
@given(tables)
@example([[5], [20]])
@example([[1, 1, 30], [20, 20, 20]])
@example([[3, 20], [20, 20]])
@example([[3, 0, 0], [20, 40, 0], [0, 0, 50]])
@example([[9, 9], [9, 9]])
@example([[1, 0]] * 10 + [[0, 30]])
@example([[1]] * 12)
def test_no_hidden_cell_can_be_computed_from_what_is_shown(table: Table) -> None:
    table = with_small_totals_merged(table)
    assume(table)
    true, shown = with_totals(table), as_shown(suppress(table))
    for r, line in enumerate(true):
        for c, number in enumerate(line):
            if shown[r][c] is None:
                least, most = range_of(shown, r, c)
                assert most - least >= 1, f"{number} at row {r}, column {c} can only be {least} in {shown}"


@given(tables)
def test_small_numbers_are_hidden_and_what_is_shown_is_true(table: Table) -> None:
    table = with_small_totals_merged(table)
    assume(table)
    true, shown = with_totals(table), as_shown(suppress(table))
    for line, told in zip(true, shown, strict=True):
        for number, cell in zip(line, told, strict=True):
            assert cell in (number, None)
            if 0 < number < SMALLEST_SHOWN:
                assert cell is None


@given(tables)
def test_all_tables_about_the_same_children_show_the_same_totals(table: Table) -> None:
    table = with_small_totals_merged(table)
    assume(table)
    shown = suppress(table)
    assert [*shown.column_totals, shown.total] == with_totals(table)[-1]


@given(st.lists(st.lists(st.integers(10, 500), min_size=3, max_size=3), min_size=1, max_size=5))
def test_without_small_numbers_all_is_shown(table: Table) -> None:
    assert as_shown(suppress(table)) == with_totals(table)


@pytest.mark.parametrize(
    ("totals", "groups"),
    [
        ([20, 30, 40], [[0], [1], [2]]),
        ([20, 30, 4], [[0], [1, 2]]),
        ([20, 3, 4], [[0, 1, 2]]),
        ([3, 30, 0], [[0, 1], [2]]),
        ([20, 30, 12, 9, 1], [[0], [1], [2], [3, 4]]),
        ([3, 4], None),
        ([0, 0], [[0], [1]]),
    ],
)
def test_small_columns_stand_with_their_neighbor(totals: list[int], groups: list[list[int]] | None) -> None:
    assert merged(totals) == groups


def test_a_small_total_is_refused() -> None:
    with pytest.raises(ValueError, match="total of a column is small"):
        suppress([[3, 20]])


def test_the_reader_of_these_tests_does_find_a_cell_that_is_badly_hidden() -> None:
    assert range_of([[None, 20, 24], [20, 20, 40], [24, 40, 64]], 0, 0) == pytest.approx((4, 4))


def test_no_groups_are_no_table() -> None:
    assert suppress([]) == Shown([], [], [], 0)

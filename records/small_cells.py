"""Small numbers in tables stay hidden, and cannot be computed from what is shown.

A table of counts with a total to each row and each column. A count from 1 to 9 may point at a child, so it is hidden
(cell suppression, NCHS and NCES; for schools 34 CFR 99.31(b)). One hidden cell in a row is its total less the others:
so each hidden cell stands at a corner of a rectangle of hidden cells, totals of rows among them, in which some may be
one more and the others one less without any number that is shown being another (complementary suppression). Zeros are
shown, so a reader knows that a hidden cell is none: the rectangle allows for that.

The totals of columns are always shown, for several tables about the same children share them, and what one hides
another would tell. `merged` puts columns together until none of them is small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

SMALLEST_SHOWN: Final = 10

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as it may be shown: None where a number is hidden."""

    cells: list[list[int | None]]
    row_totals: list[int | None]
    column_totals: list[int]
    total: int


def is_small(number: int) -> bool:
    """Whether a number of children is to be hidden."""
    return 0 < number < SMALLEST_SHOWN


def merged(totals: Sequence[int]) -> list[list[int]] | None:
    """Return which columns stand together, in their order, so that no total is small; None if all together are.

    The last ones are put together first: they are the rarest, and the most telling.
    """
    groups = [[place] for place in range(len(totals))]

    def sum_of(group: list[int]) -> int:
        return sum(totals[place] for place in group)

    place = len(groups) - 1
    while place > 0:
        if is_small(sum_of(groups[place])):
            groups[place - 1] += groups.pop(place)
        place -= 1
    while len(groups) > 1 and is_small(sum_of(groups[0])):
        groups[0] += groups.pop(1)
    return None if is_small(sum_of(groups[0])) else groups


def suppress(counts: Sequence[Sequence[int]]) -> Shown:
    """Return the counts with their totals, small ones hidden together with as few others as a greedy choice finds.

    Raises ValueError where the total of a column is small: see `merged`.
    """
    totals = [sum(column) for column in zip(*counts, strict=True)]
    if any(map(is_small, totals)):
        raise ValueError("The total of a column is small, and totals are shown.")
    table = [[*row, sum(row)] for row in counts]
    hidden = {(r, c) for r, row in enumerate(table) for c, n in enumerate(row) if is_small(n)}
    # The smallest first: they have the fewest rectangles to choose from.
    for cell in sorted(hidden, key=lambda at: (table[at[0]][at[1]], at)):
        hidden |= set(corners_of(table, cell, hidden))
    shown: list[list[int | None]] = [
        [None if (r, c) in hidden else n for c, n in enumerate(row)] for r, row in enumerate(table)
    ]
    return Shown([row[:-1] for row in shown], [row[-1] for row in shown], totals, sum(totals))


def corners_of(table: list[list[int]], cell: Cell, hidden: set[Cell]) -> list[Cell]:
    """Return the corners of the rectangle that hides the least more. Where there is none, because every child is
    alone in a row, the whole table, zeros too: then a hidden number may be zero."""
    row, column = cell
    found: list[tuple[int, list[Cell]]] = []
    for other_row, other_column in product(range(len(table)), range(len(table[0]))):
        if other_row != row and other_column != column:
            corners = [(row, column), (row, other_column), (other_row, other_column), (other_row, column)]
            if may_move(table, corners):
                found.append((sum(table[r][c] for r, c in corners if (r, c) not in hidden), corners))
    if not found:
        return [(r, c) for r in range(len(table)) for c in range(len(table[0]))]
    return min(found)[1]


def may_move(table: list[list[int]], corners: list[Cell]) -> bool:
    """Whether all corners may be one more or one less, in one of the two ways round, and none becomes zero."""
    right = len(table[0]) - 1
    ways = [(-1) ** (place + (c == right)) for place, (r, c) in enumerate(corners)]
    values = [table[r][c] for r, c in corners]
    return min(values) > 0 and any(
        all(way * step > 0 or n > 1 for way, n in zip(ways, values, strict=True)) for step in (1, -1)
    )

"""The seed's traffic as a list of visits with their times: 60 percent read, 30 percent write, 10 percent search.

A read visit looks at one student: summary, records, allergies, vital signs. A write visit records vital signs, then
looks at the summary to see them. A search asks for one word at one school. Visits come at random (Poisson). Which
student: some are seen again and again on a school day and most hardly at all, so the n-th of them with a probability
of 1/n^0.8 (Zipf); words likewise. The same seed gives the same trace. The login before each visit asks no cache; it is
left out.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal

READ, WRITE, SEARCH = 0.6, 0.3, 0.1
SKEW: Final = 0.8
BETWEEN: Final = 2.0
"""Seconds between two requests of one visit."""

Kind = Literal["summary", "records", "allergies", "vitals", "write", "search"]
LOOKS: Final[tuple[Kind, ...]] = ("summary", "records", "allergies", "vitals")


@dataclass(frozen=True, slots=True, order=True)
class Request:
    """One request: when, in seconds from the beginning, of what kind, and about which student or word, by number."""

    at: float
    kind: Kind
    about: int


def trace(*, seconds: float, visits_a_second: float, students: int, words: int, seed: int = 60_30_10) -> list[Request]:
    """Return the requests of the visits that begin within so many seconds, in the order of their times."""
    chance = random.Random(seed)
    of_students, of_words = popularity(students), popularity(words)
    found: list[Request] = []
    at = chance.expovariate(visits_a_second)
    while at < seconds:
        (visit,) = chance.choices(("read", "write", "search"), (READ, WRITE, SEARCH))
        if visit == "search":
            found.append(Request(at, "search", chosen(chance, of_words)))
        else:
            kinds: tuple[Kind, ...] = LOOKS if visit == "read" else ("write", "summary")
            student = chosen(chance, of_students)
            found += [Request(at + number * BETWEEN, kind, student) for number, kind in enumerate(kinds)]
        at += chance.expovariate(visits_a_second)
    return sorted(found)


def popularity(number: int) -> list[float]:
    """Return the cumulated weights of so many, the first one the most popular."""
    return list(accumulate(1 / rank**SKEW for rank in range(1, number + 1)))


def chosen(chance: random.Random, cumulated: list[float]) -> int:
    """Return the number of one of them."""
    return chance.choices(range(len(cumulated)), cum_weights=cumulated)[0]

"""What can be said of many times when only their number in each bucket was kept."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Histogram:
    """Times in seconds: `bounds` are the buckets' upper ends, the last infinite; `counts`, how many were within."""

    bounds: tuple[float, ...]
    counts: tuple[float, ...]
    total: float
    """The sum of all times."""

    @property
    def count(self) -> int:
        """How many times there are."""
        return int(self.counts[-1]) if self.counts else 0

    @property
    def average(self) -> float | None:
        """The mean, or None of nothing."""
        return self.total / self.count if self.count else None

    def quantile(self, q: float) -> float | None:
        """Return the time that the share `q` of all stayed under, or None of nothing.

        Within a bucket the times are taken as evenly spread, as PromQL's histogram_quantile does; beyond the last
        finite bound that bound is all that is known.
        """
        if not self.count:
            return None
        rank = q * self.counts[-1]
        place = bisect_left(self.counts, rank)
        if math.isinf(self.bounds[place]):
            return self.bounds[place - 1] if place else None
        before = self.counts[place - 1] if place else 0.0
        lower = self.bounds[place - 1] if place else 0.0
        inside = self.counts[place] - before
        return lower + (self.bounds[place] - lower) * ((rank - before) / inside if inside else 1.0)

    def over(self, bound: float) -> int:
        """Return how many took longer than `bound`, which must be the end of a bucket; else ValueError."""
        return self.count - int(self.counts[self.bounds.index(bound)])

    def since(self, earlier: Histogram | None) -> Histogram:
        """Return what came after `earlier`. Where counts went down, processes began anew: then all that is here."""
        if earlier is None or earlier.bounds != self.bounds:
            return self
        if any(now < then for now, then in zip(self.counts, earlier.counts, strict=True)):
            return self
        counts = tuple(now - then for now, then in zip(self.counts, earlier.counts, strict=True))
        return Histogram(self.bounds, counts, self.total - earlier.total)

    def __add__(self, other: Histogram) -> Histogram:
        """Return both together; ValueError where their buckets differ."""
        if self.bounds != other.bounds:
            raise ValueError("Histograms with different buckets cannot be added.")
        counts = tuple(mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True))
        return Histogram(self.bounds, counts, self.total + other.total)


def together(histograms: Iterable[Histogram]) -> Histogram | None:
    """Return all of them in one, or None of none."""
    found: Histogram | None = None
    for histogram in histograms:
        found = histogram if found is None else found + histogram
    return found

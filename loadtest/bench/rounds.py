"""Variants measured side by side: every round runs each once in shuffled order, and ratios are taken inside the round.

What one round's neighbor does to the machine it does to both sides of a ratio. The baseline runs twice under two names
(an A/A control): where even these two differ, the machine was too restless and the run is repeated.
"""

from __future__ import annotations

import os
import platform
import random
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

Costs = Mapping[str, float]
"""What one variant cost, several ways: `{"cpu": …, "wall": …}`."""

Variants = Mapping[str, Callable[[], float | Costs]]
"""Each does its work once and returns what it cost, in seconds (or any unit that all share).

One that returns several costs is named with each: `Ratio("cached cpu", "empty cpu")`.
"""

Band = tuple[float, float]
"""Where the median of a control lies on a machine that is quiet enough."""

NOISE: Band = (0.9, 1.1)
ATTEMPTS = 3


class Result(TypedDict):
    """What a benchmark prints: medians, [lowest, highest] over the rounds, and where it ran."""

    bench: str
    ratios: dict[str, float]
    spread: dict[str, list[float]]
    env: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ratio:
    """One cost over another, each times a factor; `of` and `over` are names of variants."""

    of: str
    over: str
    factor: float = 1.0


def side_by_side(
    bench: str, variants: Variants, ratios: Mapping[str, Ratio], control: str | Mapping[str, Band], rounds: int,
    **env: Any,
) -> Result:  # fmt: skip
    """Measure `variants` in `rounds` rounds and return the ratios; `control` names the ratio that should be 1.

    Several controls are named with the band of each. Repeated up to three times while the median of any leaves its
    band (0.9 to 1.1); env.noisy tells if it never came back. Variants with several costs leave their medians in env.
    """
    bands = {control: NOISE} if isinstance(control, str) else control
    attempt, noisy = 0, True
    while noisy and attempt < ATTEMPTS:
        attempt += 1
        costs = [one_round(variants) for _ in range(rounds)]
        found = {
            name: [ratio.factor * cost[ratio.of] / cost[ratio.over] for cost in costs] for name, ratio in ratios.items()
        }
        noisy = not all(least <= statistics.median(found[name]) <= most for name, (least, most) in bands.items())
    several = [name for name in costs[0] if name not in variants]
    medians = {name: figure(statistics.median(cost[name] for cost in costs)) for name in several}
    where = {"rounds": rounds, "attempts": attempt, "noisy": noisy, **machine(), **env}
    if medians:
        where["medians"] = medians
    return Result(
        bench=bench,
        ratios={name: figure(statistics.median(values)) for name, values in found.items()},
        spread={name: [figure(min(values)), figure(max(values))] for name, values in found.items()},
        env=where,
    )


def one_round(variants: Variants) -> dict[str, float]:
    """Run every variant once, in an order that no other round shares but by chance."""
    names = random.sample(list(variants), len(variants))
    costs = {name: variants[name]() for name in names}
    return {of: cost for name in variants for of, cost in by_name(name, costs[name])}


def by_name(variant: str, cost: float | Costs) -> list[tuple[str, float]]:
    """Return a variant's cost, or each of its costs, by the name that a ratio calls it."""
    if isinstance(cost, Mapping):
        return [(f"{variant} {name}", value) for name, value in cost.items()]
    return [(variant, cost)]


def machine() -> dict[str, Any]:
    """What a reader of the figures wants to know about where they come from."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
    }


def figure(value: float) -> float:
    """Round to four significant digits: more would pretend."""
    return float(f"{value:.4g}")

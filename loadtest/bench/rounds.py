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

Variants = Mapping[str, Callable[[], float]]
"""Each does its work once and returns what it cost, in seconds (or any unit that all share)."""

NOISE = (0.9, 1.1)
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
    bench: str, variants: Variants, ratios: Mapping[str, Ratio], control: str, rounds: int, **env: Any
) -> Result:
    """Measure `variants` in `rounds` rounds and return the ratios; `control` names the ratio that should be 1.

    Repeated up to three times while the control's median leaves 0.9 to 1.1; env.noisy tells if it never came back.
    """
    attempt, noisy = 0, True
    while noisy and attempt < ATTEMPTS:
        attempt += 1
        costs = [one_round(variants) for _ in range(rounds)]
        found = {
            name: [ratio.factor * cost[ratio.of] / cost[ratio.over] for cost in costs] for name, ratio in ratios.items()
        }
        noisy = not NOISE[0] <= statistics.median(found[control]) <= NOISE[1]
    where = {"rounds": rounds, "attempts": attempt, "noisy": noisy, **machine(), **env}
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
    return {name: costs[name] for name in variants}


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

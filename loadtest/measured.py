"""The raw files of a run, read: every request, the users by second, samples of CPU and memory, what the service's
monitoring says of its caches."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from loadtest.plan import LOGIN, STEPS, Phase, phases

SIGNING_IN = STEPS[LOGIN]


@dataclass(frozen=True, slots=True)
class Request:
    """One request: when it was answered (seconds since the start), its step, its time, and what became of it."""

    second: float
    step: str
    ms: float
    failed: bool
    cache: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at the machine: seconds since the start, CPU seconds so far by part, bytes by part or nothing."""

    second: float
    cpu: dict[str, float]
    memory: dict[str, int]


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that was noted in a run."""

    plan: dict[str, Any]
    world: dict[str, Any]
    machine: dict[str, Any]
    cache: dict[str, Any]
    messages: list[dict[str, Any]]
    requests: list[Request]
    users: list[tuple[float, int]]
    samples: list[Sample]

    @classmethod
    def read(cls, folder: Path) -> Run:
        """Read a run from its files. Raises FileNotFoundError, KeyError or ValueError where they are not whole."""
        watched, generator = (json.loads((folder / f"{name}.json").read_text()) for name in ("watched", "generator"))
        world = json.loads((folder / "world.json").read_text())
        with (folder / "requests.csv").open() as lines:
            requests = [
                Request(float(second), step, float(ms), failed == "1", cache)
                for second, step, ms, failed, cache in csv.reader(lines)
            ]
        with (folder / "users.csv").open() as lines:
            users = [(float(second), int(number)) for second, number in csv.reader(lines)]
        return cls(
            plan=json.loads((folder / "plan.json").read_text()),
            # Not the password.
            world={name: world[name] for name in ("students", "schools")},
            machine=watched["machine"],
            cache=watched["cache"],
            messages=generator["messages"],
            requests=requests,
            users=users,
            samples=[
                Sample(one["at"] - generator["begun"], one["cpu"], one.get("memory", {})) for one in watched["samples"]
            ],
        )

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that were planned."""
        return phases(self.plan["length"])

    def of(self, steps: Iterable[str]) -> list[Request]:
        """Return the requests of some steps."""
        wanted = set(steps)
        return [request for request in self.requests if request.step in wanted]

    def asking(self) -> list[Request]:
        """Return all requests but those that sign in."""
        return [request for request in self.requests if request.step not in SIGNING_IN]

    def cpu_between(self, begin: float, end: float) -> dict[str, float]:
        """Return the CPU seconds by part between two moments, to the nearest samples; {} where there are not two."""
        inside = [sample for sample in self.samples if begin <= sample.second <= end]
        if len(inside) < 2:
            return {}
        return {part: inside[-1].cpu[part] - inside[0].cpu[part] for part in inside[0].cpu}


def between(requests: Iterable[Request], begin: float, end: float) -> list[Request]:
    """Return the requests that were answered from `begin` on and before `end`."""
    return [request for request in requests if begin <= request.second < end]


def percentile(requests: Sequence[Request], share: float) -> float | None:
    """Return the time in ms that so many percent did not exceed (nearest rank); None of nothing."""
    if not requests:
        return None
    times = np.fromiter((request.ms for request in requests), float, len(requests))
    return round(float(np.percentile(times, share, method="inverted_cdf")), 1)


def hit_percent(requests: Iterable[Request]) -> float | None:
    """Return hits in percent of hits and misses; None where neither was."""
    found = [request.cache for request in requests if request.cache in ("hit", "miss")]
    return round(100 * found.count("hit") / len(found), 1) if found else None

"""A run over time, in equal slices: what the plots draw."""

from __future__ import annotations

from typing import Any

from loadtest.measured import Request, Run, Sample, hit_percent, percentile
from loadtest.plan import seconds_of

SLICES = 110  # about
# Fewer requests than that in a slice make no percentiles.
ENOUGH = 10


def series_of(run: Run) -> dict[str, Any]:
    """Return the values of each slice by name; None where there is none. Times are in ms and without logins."""
    length = seconds_of(run.phases)
    each = max(2, round(length / SLICES))
    count = int(length // each)
    slices: list[list[Request]] = [[] for _ in range(count)]
    for request in run.asking():
        if 0 <= request.second < count * each:
            slices[int(request.second // each)].append(request)
    users = dict.fromkeys(range(count), 0)
    for second, number in run.users:
        if (place := int(second // each)) in users:
            users[place] = max(users[place], number)
    return {
        "seconds_each": each,
        "at": [place * each for place in range(count)],
        **{f"p{share}": [over_time(some, share) for some in slices] for share in (50, 95, 99)},
        "rps": [round(len(some) / each, 1) for some in slices],
        "failed": [sum(request.failed for request in some) for some in slices],
        "hit_percent": [hit_percent(some) for some in slices],
        "users": list(users.values()),
        "cpu_cores": cpu_cores(run, each, count),
        "memory_bytes": memory(run, each, count),
    }


def over_time(some: list[Request], share: float) -> float | None:
    """Return a percentile of a slice; None where there are too few requests for one."""
    return percentile(some, share) if len(some) >= ENOUGH else None


def cpu_cores(run: Run, each: int, count: int) -> dict[str, list[float | None]]:
    """Return by part how many cores it kept busy in each slice."""
    found: dict[str, list[float | None]] = {part: [None] * count for part in run.samples[0].cpu}
    last_of: dict[int, Sample] = {}
    for sample in run.samples:
        last_of[int(sample.second // each)] = sample
    for place in range(count):
        before, after = last_of.get(place - 1), last_of.get(place)
        if before and after:
            for part, values in found.items():
                values[place] = round((after.cpu[part] - before.cpu[part]) / (after.second - before.second), 3)
    return found


def memory(run: Run, each: int, count: int) -> dict[str, list[float | None]]:
    """Return by part the bytes it held, the last known up to each slice."""
    found: dict[str, list[float | None]] = {part: [None] * count for part in run.samples[0].cpu}
    known = [sample for sample in run.samples if sample.memory]
    for place in range(count):
        past = [sample for sample in known if sample.second < (place + 1) * each]
        if past:
            for part, values in found.items():
                values[place] = past[-1].memory[part]
    return found

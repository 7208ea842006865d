"""CPU time and memory of a program with all its processes, from Linux's /proc."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its parent, and the seconds of CPU that it and its children that have ended took."""

    parent: int
    cpu: float


def processes() -> dict[int, Process]:
    """Return every process by its id."""
    found = {}
    for entry in PROC.iterdir():
        if entry.name.isdecimal():
            try:
                # The name, in parentheses, may hold anything; from the parent on there are only numbers.
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):  # it just ended
                continue
            found[int(entry.name)] = Process(int(fields[1]), sum(map(int, fields[11:15])) / TICKS)
    return found


def family(root: int, alive: Mapping[int, Process]) -> list[int]:
    """Return a process and all that come from it; empty if it has ended."""
    found = [root] if root in alive else []
    for one in found:
        found += [pid for pid, process in alive.items() if process.parent == one]
    return found


def cpu_seconds(root: int, alive: Mapping[int, Process]) -> float:
    """Return the CPU time that the family has taken since its start."""
    return sum(alive[pid].cpu for pid in family(root, alive))


def memory(root: int, alive: Mapping[int, Process]) -> int:
    """Return the bytes of memory that the family holds; what several share counts once (PSS)."""
    total = 0
    for pid in family(root, alive):
        try:
            lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total

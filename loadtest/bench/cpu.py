"""What a server and all its processes used: CPU time and memory, read from /proc."""

from __future__ import annotations

import os
import time
from pathlib import Path

from devtools.trouble import Trouble

PROC = Path("/proc")
TICK = 1 / os.sysconf("SC_CLK_TCK")  # seconds: what /proc counts in
LOOK_AGAIN = 0.1  # seconds
QUIET = 0.02  # share of a core: below it a server counts as idle
PATIENCE = 30.0  # seconds


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and of all that it started, those included that have ended."""
    return sum(sum(_numbers(one)[1:]) for one in tree(pid)) * TICK


def resident_bytes(pid: int) -> int:
    """Return the memory of a process and all that it started: pages that several share count in parts (PSS)."""
    total = 0
    for one in tree(pid):
        try:
            text = (PROC / str(one) / "smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):  # it just ended
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) * 1024
    return total


def tree(pid: int) -> list[int]:
    """Return a process and its descendants. Raises Trouble without /proc, or where the process is not there."""
    if not (PROC / str(pid)).exists():
        raise Trouble(f"No process {pid} in /proc. This benchmark needs Linux, and a server that runs.")
    children: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdecimal() and (found := _numbers(int(folder.name))):
            children.setdefault(found[0], []).append(int(folder.name))
    family = [pid]
    for one in family:
        family.extend(children.get(one, ()))
    return family


def settle(pid: int) -> None:
    """Wait until a server is idle: what one load leaves in its queue must not weigh on the next."""
    deadline, used = time.monotonic() + PATIENCE, cpu_seconds(pid)
    while time.monotonic() < deadline:
        time.sleep(LOOK_AGAIN)
        before, used = used, cpu_seconds(pid)
        if used - before <= QUIET * LOOK_AGAIN + TICK / 2:
            return
    raise Trouble(f"The server {pid} is still busy {PATIENCE:.0f} seconds after its last answer. Nothing is measured.")


def _numbers(pid: int) -> tuple[int, ...]:
    """Return parent, and user, system, and both of the ended children's time in ticks; nothing for no process."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ()
    # The name in parentheses may hold anything; what follows it are numbers (proc_pid_stat(5)).
    fields = text.rpartition(")")[2].split()
    return int(fields[1]), *map(int, fields[11:15])

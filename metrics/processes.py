"""The processes of this machine that serve: which live, what they are, how much memory they hold.

They are known by the files that prometheus_client keeps for each in PROMETHEUS_MULTIPROC_DIR; their figures come from
/proc. Without that folder there is one process, this one.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.multiprocess import mark_process_dead

PROC = Path("/proc")
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
CLOCKS_DIFFER = 2.0  # seconds
# What stands in a command line, and what the process then is.
ROLES = {"granian": "web", "gunicorn": "web", "runserver": "web", "beat": "beat", "worker": "worker"}


@dataclass(frozen=True, slots=True)
class Process:
    """One process: its number, what it does, resident memory in bytes, age in seconds."""

    pid: int
    role: str
    resident_bytes: int
    age_seconds: float


def meter_folder() -> Path | None:
    """Return the folder in which the processes keep their meters; None where this process is alone."""
    name = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
    return Path(name) if name else None


def live_processes() -> list[Process]:
    """Return the processes that live, this one among them. Raises FileNotFoundError on a system without /proc."""
    return [process for pid in sorted({*pids_with_meters(), os.getpid()}) if (process := look_at(pid))]


def forget_dead_processes() -> None:
    """Remove what dead processes said of the present (their pool); what they counted stays counted."""
    if meter_folder() is None or not PROC.is_dir():
        return
    living = {process.pid for process in live_processes()}
    for pid in set(pids_with_meters()) - living:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]


def pids_with_meters() -> Iterator[int]:
    """Return the number of each process that has a file of meters."""
    folder = meter_folder()
    for file in folder.glob("*_*.db") if folder else []:
        pid = file.stem.rpartition("_")[2]
        if pid.isdecimal():
            yield int(pid)


def look_at(pid: int) -> Process | None:
    """Return the process, or None if it is gone or another one has its number now."""
    try:
        # The second field, the name, is in parentheses and may hold anything.
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        command = (PROC / str(pid) / "cmdline").read_text(errors="replace").replace("\0", " ")
        system_age = float((PROC / "uptime").read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        if not PROC.is_dir():
            raise
        return None
    state, started, pages = fields[0], int(fields[19]) / CLOCK_TICKS, int(fields[21])
    age = system_age - started
    if state in "ZX" or written_before(pid, time.time() - age - CLOCKS_DIFFER):
        return None
    role = next((role for word, role in ROLES.items() if word in command), "other")
    return Process(pid, role, pages * PAGE_BYTES, round(age, 1))


def written_before(pid: int, moment: float) -> bool:
    """Whether the process's meters were all written before that moment: then they are of an earlier process."""
    folder = meter_folder()
    files = list(folder.glob(f"*_{pid}.db")) if folder else []
    return bool(files) and all(file.stat().st_mtime < moment for file in files)

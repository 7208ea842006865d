"""Whether a new web server has come to a port that an old one still holds: both may listen on it (SO_REUSEPORT)."""

from __future__ import annotations

from pathlib import Path

LISTENING = "0A"  # in /proc/net/tcp


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def has_come(server: int, port: int, *, processes: int = 2) -> bool:
    """Whether so many processes of this server listen themselves."""
    found = children(server)
    return len(found) == processes and all(listens(pid, port) for pid in found)


def listens(pid: int, port: int) -> bool:
    """Whether the process itself listens on the port, which others may do as well."""
    rows = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    waiting = {row[9] for row in rows if row[3] == LISTENING and row[1].endswith(f":{port:04X}")}
    held = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        try:
            held.add(file.readlink().name.removeprefix("socket:[").removesuffix("]"))
        except FileNotFoundError:  # closed since
            continue
    return bool(waiting & held)

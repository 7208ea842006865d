"""The load generator: a process of its own that asks one server over many connections, as fast as it answers.

Requests are bytes made beforehand and every connection waits for its answer before it asks again (a closed loop). What
is not the status that was asked for is an error, and an error voids the run: a server that fails fast is not fast.
"""

from __future__ import annotations

import multiprocessing
import selectors
import socket
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import count, cycle
from types import TracebackType

from devtools.ports import HOST
from devtools.trouble import Trouble

CHUNK = 1 << 16
END_OF_HEAD, LENGTH = b"\r\n\r\n", b"\r\ncontent-length: "
CHUNKED, LAST_CHUNK = b"\r\ntransfer-encoding: chunked\r\n", b"\r\n0\r\n\r\n"
PATIENCE = 30.0  # seconds that a last answer may take; later is never


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its bytes, the status that is right, and what must stand in the head of the answer (lower case)."""

    raw: bytes
    status: int = 200
    header: bytes = b""


@dataclass(frozen=True, slots=True)
class Load:
    """What to ask of whom: requests in turn, over so many connections, until the time or the number is reached."""

    port: int
    requests: Sequence[Asked]
    connections: int = 16
    seconds: float = 2.0
    most: int | None = None


@dataclass(slots=True)
class Volley:
    """What came back. `seconds` is from the first request to the last answer, `waits` each answer's own."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def answers(self) -> int:
        """How many right answers came."""
        return len(self.waits)

    def percentile(self, share: float) -> float:
        """Return the seconds within which that share of the answers came."""
        return sorted(self.waits)[int(share * (len(self.waits) - 1) + 0.5)]

    def checked(self, name: str) -> Volley:
        """Return itself; raise Trouble if anything but right answers came, or none."""
        if self.errors or not self.waits:
            found = ", ".join(f"{number} × {error}" for error, number in self.errors.most_common(5)) or "no answer"
            raise Trouble(f"{name}: {found} beside {self.answers} right answers. The run is void.")
        return self


class Wrong(Exception):
    """An answer that is not the one asked for; its text says how."""


class Caller:
    """One connection: asks, reads, asks again."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked: Asked | None = None
        self.since = 0.0
        self.read = b""

    def ask(self, asked: Asked) -> None:
        """Send a request."""
        self.asked, self.since = asked, time.perf_counter()
        self.socket.sendall(asked.raw)

    def answered(self) -> float:
        """Read what is there; return the seconds of the answer once it is whole, 0 before. Raises Wrong, OSError."""
        chunk = self.socket.recv(CHUNK)
        if not chunk or self.asked is None:
            raise Wrong("connection closed")
        self.read = self.read + chunk if self.read else chunk
        end = self.read.find(END_OF_HEAD)
        if end < 0:
            return 0.0
        head = self.read[: end + 2].lower()
        if not whole(head, self.read, end + len(END_OF_HEAD)):
            return 0.0
        seconds, status = time.perf_counter() - self.since, int(head[9:12])
        if status != self.asked.status:
            raise Wrong(f"status {status}")
        if self.asked.header not in head:
            raise Wrong(f"answer without {self.asked.header.decode()}")
        self.asked, self.read = None, b""
        return seconds


def whole(head: bytes, read: bytes, start: int) -> bool:
    """Whether the body, which begins at `start`, has come to its end. Raises Wrong where that cannot be told."""
    at = head.find(LENGTH)
    if at >= 0:
        at += len(LENGTH)
        return len(read) >= start + int(head[at : head.index(b"\r", at)])
    if CHUNKED in head:
        return read.endswith(LAST_CHUNK)
    raise Wrong("answer without a length")


def fire(load: Load) -> Volley:
    """Put the load on the server and return what came back."""
    volley, callers = Volley(), [Caller(load.port) for _ in range(load.connections)]
    requests, left = cycle(load.requests), count() if load.most is None else iter(range(load.most))
    with selectors.DefaultSelector() as selector:
        started = time.perf_counter()
        until = started + load.seconds

        def ask_on(caller: Caller) -> bool:
            """Ask the next request, unless it is the end."""
            if time.perf_counter() >= until or next(left, None) is None:
                return False
            caller.ask(next(requests))
            return True

        for caller in callers:
            if ask_on(caller):
                selector.register(caller.socket, selectors.EVENT_READ, caller)
        while selector.get_map():
            ready = selector.select(PATIENCE)
            if not ready:
                volley.errors["no answer"] += len(selector.get_map())
                break
            for key, _ in ready:
                caller = key.data
                try:
                    if seconds := caller.answered():
                        volley.waits.append(seconds)
                        if ask_on(caller):
                            continue
                    else:
                        continue
                except (Wrong, OSError) as error:
                    volley.errors[str(error)] += 1
                selector.unregister(caller.socket)
        volley.seconds = time.perf_counter() - started
    for caller in callers:
        caller.socket.close()
    return volley


class Generator:
    """The process; lives as long as the `with` block."""

    def __init__(self) -> None:
        # Not forked: it shall not hold our database connections.
        self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))

    def fire(self, load: Load) -> Volley:
        """Put a load on a server from there."""
        return self._pool.submit(fire, load).result()

    def __enter__(self) -> Generator:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=True)

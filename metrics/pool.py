"""How the connection pool of this process does, looked at once a second, as a request comes in."""

from threading import Lock

from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from metrics import meters

SECONDS_BETWEEN = 1.0


class PoolWatch:
    """Writes the pool's figures into the meters; between two looks it costs one comparison.

    It looks before a request has a connection, so that a process that then falls idle shows none in use.
    """

    def __init__(self) -> None:
        self.next_look = 0.0
        self.turn = Lock()
        self.last: dict[str, int] = {}

    def look(self, now: float) -> None:
        """Look if a second has passed; `now` is perf_counter()."""
        if now < self.next_look or not self.turn.acquire(blocking=False):
            return
        try:
            self.next_look = now + SECONDS_BETWEEN
            self.write()
        finally:
            self.turn.release()

    def write(self) -> None:
        """Write the figures of now."""
        database = connections["default"]
        if not isinstance(database, DatabaseWrapper) or database.pool is None:
            return
        now = database.pool.get_stats()
        size = now["pool_size"]
        meters.pool_connections.labels("open").set(size)
        meters.pool_connections.labels("in_use").set(size - now["pool_available"])
        meters.pool_connections.labels("most").set(now["pool_max"])
        meters.pool_waiting.set(now["requests_waiting"])
        meters.pool_waits.inc(self.grown(now, "requests_queued"))
        meters.pool_wait_seconds.inc(self.grown(now, "requests_wait_ms") / 1000)
        meters.pool_timeouts.inc(self.grown(now, "requests_errors"))
        self.last = now

    def grown(self, now: dict[str, int], name: str) -> int:
        """Return by how much a counter of the pool grew since the last look; a new pool begins at nothing."""
        value, before = now.get(name, 0), self.last.get(name, 0)
        return value - before if value >= before else value


pool_watch = PoolWatch()

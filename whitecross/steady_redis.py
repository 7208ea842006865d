"""A Redis client that does not wait again and again for a server that does not answer.

Redis may be gone, paused or cut off. The first request that finds out pays one short timeout; then this process leaves
that server alone for some seconds and answers from the database at once. After the rest one request tries again, while
the others still go without. So a paused Redis costs a process one timeout every few seconds, not one a request.

A circuit breaker of our own because the ones on offer either let all threads try at once after the rest
(circuitbreaker) or hold a lock while they call (pybreaker), which would send every thread through one at a time.
"""

from __future__ import annotations

import threading
from time import monotonic
from types import TracebackType
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from redis import ConnectionPool, Redis
from redis.client import Pipeline
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import MaxConnectionsError
from redis.exceptions import TimeoutError as RedisTimeoutError

log = structlog.get_logger("whitecross.redis")

REST_SECONDS = 3.0


class Resting(RedisConnectionError):
    """The server did not answer a moment ago, so it was not asked."""


class Breaker:
    """Whether one server is asked. Used as `with breaker:` around each question."""

    def __init__(self, rest: float = REST_SECONDS) -> None:
        """Rest for that many seconds after a question that was not answered."""
        self.rest = rest
        self._lock = threading.Lock()
        self._until: float | None = None

    @property
    def resting(self) -> bool:
        """Whether the next question would be refused."""
        until = self._until
        return until is not None and monotonic() < until

    def __enter__(self) -> None:
        """Let the question through, or raise Resting. After the rest only the first one comes through."""
        if self._until is None:
            return
        with self._lock:
            if self._until is None:
                return
            now = monotonic()
            if now < self._until:
                raise Resting("Redis did not answer a moment ago.")
            self._until = now + self.rest

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Learn from what became of the question; any answer will do, an error message too."""
        if error is None and self._until is None:
            return
        if isinstance(error, MaxConnectionsError):
            return  # says nothing about the server: all our own connections are in use
        with self._lock:
            before = self._until
            gone = isinstance(error, RedisConnectionError | RedisTimeoutError | OSError)
            self._until = monotonic() + self.rest if gone else None
        if gone and before is None:
            log.warning("Redis does not answer: going without it", seconds=self.rest)
        elif before is not None and not gone:
            log.info("Redis answers again")


_breakers: WeakKeyDictionary[ConnectionPool, Breaker] = WeakKeyDictionary()
_lock = threading.Lock()


def breaker_of(pool: ConnectionPool) -> Breaker:
    """Return the breaker of a pool's server; all clients of the process share it."""
    with _lock:
        return _breakers.setdefault(pool, Breaker())


class SteadyPipeline(Pipeline):
    """A pipeline, asked or refused as a whole."""

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Send the commands and return their answers; raise Resting without asking while the server rests."""
        with breaker_of(self.connection_pool):
            found: list[Any] = super().execute(raise_on_error)
        return found


class SteadyRedis(Redis):
    """redis-py's client, behind the breaker of its pool."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what redis-py's client takes."""
        super().__init__(*args, **kwargs)
        self.breaker = breaker_of(self.connection_pool)

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Ask the server; raise Resting without asking while it rests."""
        with self.breaker:
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]  # redis-py

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> SteadyPipeline:
        """Return a pipeline behind the same breaker."""
        return SteadyPipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)

"""Single flight: of all who need the same value at the same moment in one process, one makes it.

Whoever finds a key missing joins. The first builds, the others wait for what it builds. Somebody who looked before the
value was there, and joins after it was made, is given it too: without that a crowd builds twice. What was made before
somebody looked is never given to them, so a value that went missing (flushed, expired) is made again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLong
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Value = TypeVar("Value")

# Longer than any build takes; whoever waited so long builds alone.
PATIENCE_SECONDS = 5.0
# Landed flights that are remembered for those who are about to join.
REMEMBERED = 64


class NotMade(RuntimeError):
    """The one who built it failed; each of the others tries for themselves."""


@dataclass(slots=True)
class Flight(Generic[Value]):
    """One value being made, and when it landed: the number of its landing, 0 while it is under way."""

    future: Future[Value] = field(default_factory=Future)
    landed: int = 0


class SingleFlight(Generic[Value]):
    """The flights of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: OrderedDict[str, Flight[Value]] = OrderedDict()
        self._landings = 0

    def ticket(self) -> int:
        """Return the moment, to be taken before one looks whether the value is there."""
        return self._landings

    def join(self, key: str, ticket: int, build: Callable[[], Value]) -> Value:
        """Return the value of `key`: built here, or by whoever began since or before and landed after the ticket.

        Raises what `build` raises.
        """
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None and (not flight.landed or flight.landed > ticket):
                mine = False
            else:
                mine, flight = True, Flight()
                self._flights[key] = flight
        if mine:
            return self._fly(key, flight, build)
        try:
            return flight.future.result(PATIENCE_SECONDS)
        except (NotMade, TooLong):
            return build()

    def _fly(self, key: str, flight: Flight[Value], build: Callable[[], Value]) -> Value:
        try:
            value = build()
            with self._lock:
                self._landings += 1
                flight.landed = self._landings
                self._flights.move_to_end(key)
                self._forget_old()
            flight.future.set_result(value)
            return value
        finally:
            if not flight.landed:
                with self._lock:
                    if self._flights.get(key) is flight:
                        del self._flights[key]
                flight.future.set_exception(NotMade())

    def _forget_old(self) -> None:
        """Forget the flights that landed long ago. Those under way stay, wherever they stand."""
        while len(self._flights) > REMEMBERED:
            oldest = next((key for key, flight in self._flights.items() if flight.landed), None)
            if oldest is None:
                return
            del self._flights[oldest]

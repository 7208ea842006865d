"""What a cache could do at best on a trace: nothing is ever lost, late or in the way; only time ends a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from loadtest.bench.trace import Request

FIVE_MINUTES: Final = 300.0


@dataclass(slots=True)
class IdealCache:
    """A cache whose values live five minutes. After a write those of the student are `renewed`, or gone.

    A renewed value was made at that moment and lives five minutes from then.
    """

    renewed: bool
    _until: dict[int, dict[str, float]] = field(default_factory=dict)
    _searches: dict[int, float] = field(default_factory=dict)

    def asked(self, request: Request) -> bool | None:
        """Return whether the answer is there, None for a write, which asks for nothing."""
        if request.kind == "write":
            self.write(request)
            return None
        if request.kind == "search":
            return self.look(self._searches, request.about, request.at)
        return self.look(self._until.setdefault(request.about, {}), request.kind, request.at)

    def look(self, kept: dict[Any, float], name: Any, now: float) -> bool:
        """Return whether it is there; keep it if it was not."""
        if kept.get(name, 0.0) > now:
            return True
        kept[name] = now + FIVE_MINUTES
        return False

    def write(self, request: Request) -> None:
        """Renew what is there of the student, or take it away; searches end by time only."""
        there = {name: until for name, until in self._until.get(request.about, {}).items() if until > request.at}
        self._until[request.about] = dict.fromkeys(there, request.at + FIVE_MINUTES) if self.renewed else {}


def hit_rate(requests: Iterable[Request], *, renewed: bool, since: float = 0.0) -> float:
    """Return the share of the questions from `since` on that an ideal cache answers."""
    cache = IdealCache(renewed)
    answers = [(request.at, cache.asked(request)) for request in requests]
    counted = [hit for at, hit in answers if hit is not None and at >= since]
    return sum(counted) / len(counted)

"""What White Cross promises under load, and whether a run kept it: the one place where the limits stand.

Times are over the whole run, rise and spike included, without logins: a login's time is spent on hashing the password,
slow on purpose, and is shown apart. Percentiles are over all requests of the steps named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["kept", "missed", "not judged"]
# Fewer people ask less, and leave the cache colder; what they get says nothing about these.
FROM_USERS = 500


@dataclass(frozen=True, slots=True)
class Promise:
    """A limit on one figure of the report; `at_most` says on which side of it the figure has to be."""

    name: str
    figure: str
    limit: float
    unit: str
    at_most: bool = True
    only_from_users: int = 0

    def outcome(self, measured: float | None, users: int) -> Outcome:
        """Say whether the figure keeps it; a figure that is not there does not."""
        if users < self.only_from_users:
            return "not judged"
        if measured is None:
            return "missed"
        return "kept" if (measured < self.limit if self.at_most else measured >= self.limit) else "missed"


PROMISES = (
    Promise("All steps, median", "all_p50", 200, "ms"),
    Promise("All steps, 95th percentile", "all_p95", 500, "ms"),
    Promise("All steps, 99th percentile", "all_p99", 1_000, "ms"),
    Promise("Health summary, 95th percentile", "summary_p95", 500, "ms"),
    Promise("Journey read, 95th percentile of its steps", "read_p95", 500, "ms"),
    Promise("Journey write, 95th percentile of its steps", "write_p95", 400, "ms"),
    Promise("Journey search, 95th percentile", "search_p95", 1_000, "ms"),
    Promise("Requests that failed", "failed_percent", 1, "%"),
    Promise("Cache hits, health summary", "summary_hit_percent", 85, "%", at_most=False, only_from_users=FROM_USERS),
    Promise("Cache hits, all caches together", "hit_percent", 85, "%", at_most=False, only_from_users=FROM_USERS),
    Promise("Requests a second while steady", "steady_rps", 100, "/s", at_most=False, only_from_users=FROM_USERS),
    Promise("People at the same time", "users", FROM_USERS, "", at_most=False, only_from_users=FROM_USERS),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A promise, what was measured, and how it came out."""

    promise: Promise
    measured: float | None
    outcome: Outcome


def judged(figures: Mapping[str, float | None], users: int) -> list[Judged]:
    """Return every promise with its outcome in a run of so many users."""
    return [Judged(one, figures[one.figure], one.outcome(figures[one.figure], users)) for one in PROMISES]

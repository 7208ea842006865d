"""For which schools the cache is used: the flag `cache` of django-waffle, looked up every few seconds.

Without the flag the cache is on everywhere. Each process keeps what it read for five seconds, so that a look at a
student costs no statement more, and a switch takes at most that long to reach everybody. Waffle's own way would ask
Redis about every look; and would ask it first of all when it is Redis that is to be switched off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from time import monotonic
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save

from records.models.school_flag import SchoolFlag, place_of

FLAG = "cache"
KNOWN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Rollout:
    """Which schools' answers may be cached: those placed below `percent`, without those in `off_at`."""

    percent: float = 100.0
    off_at: frozenset[UUID] = frozenset()

    def covers(self, school_id: UUID) -> bool:
        """Whether the school's answers may be cached."""
        return school_id not in self.off_at and (self.percent >= 100 or place(school_id) < self.percent)


@dataclass(slots=True)
class Known:
    """What this process last read, and until when it counts."""

    rollout: Rollout
    until: float


_known: Known | None = None


@lru_cache(maxsize=4096)
def place(school_id: UUID) -> float:
    """Return the school's place among the hundred."""
    return place_of(school_id, FLAG)


def cached_at(school_ids: Iterable[UUID]) -> bool:
    """Whether answers about all these schools may be cached; a statement every five seconds."""
    rollout = current()
    return all(rollout.covers(school_id) for school_id in school_ids)


def current() -> Rollout:
    """Return the rollout as it was at most five seconds ago."""
    now = monotonic()
    if _known is not None:
        if now < _known.until:
            return _known.rollout
        _known.until = now + KNOWN_SECONDS  # the others go on with the old one while this thread asks
    rollout = read()
    remember(rollout)
    return rollout


def read() -> Rollout:
    """Read the flag, one statement."""
    off = ArrayAgg("off_at", filter=Q(off_at__isnull=False), default=[])
    row = SchoolFlag.objects.filter(name=FLAG).order_by("pk").values("everyone", "percent").annotate(off=off).first()
    if row is None:
        return Rollout()
    share = {True: 100.0, False: 0.0, None: float(row["percent"] or 0)}[row["everyone"]]
    return Rollout(share, frozenset(row["off"]))


def remember(rollout: Rollout, seconds: float = KNOWN_SECONDS) -> None:
    """Let `rollout` count for so long; `inf` for as long as nobody changes the flag here."""
    global _known  # noqa: PLW0603  (what one process knows; replaced whole)
    _known = Known(rollout, monotonic() + seconds if seconds < inf else inf)


def forget() -> None:
    """Let the next question be answered from the database."""
    global _known  # noqa: PLW0603
    _known = None


def changed(**kwargs: Any) -> None:
    """Receive each change of a flag: in this process it counts from the commit on."""
    transaction.on_commit(forget)


def watch() -> None:
    """Connect `changed`."""
    for signal, sender in (
        (post_save, SchoolFlag),
        (post_delete, SchoolFlag),
        (m2m_changed, SchoolFlag.off_at.through),
    ):
        signal.connect(changed, sender=sender, dispatch_uid=f"rollout {sender._meta.label}")

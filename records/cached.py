"""The door to the cache of health data: finished bytes, sealed, for minutes; made once where many ask at once.

Everything that is kept goes through `answer`: the health summary, the lists of one student, searches. A key says
nothing but opaque ids and keyed hashes; a value opens only with what it is about. Inside a transaction and where the
flag says so the cache is left alone (`bypass`). Redis gone, slow or flushed: the same answer, from the database.

    name:shape:school:student:version:audience:…   about one student; a write makes a new version
    search:shape:hash                              about a question; ends by time only
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from time import perf_counter
from typing import Any, Literal
from uuid import UUID

import structlog
from django.core.cache import caches
from django.utils import timezone
from django_redis.cache import RedisCache
from redis import Redis

from access.gate import Pass, in_transaction
from access.keys import NotSealed, key_ring
from access.signals import cache_asked
from records.rollout import cached_at
from records.single_flight import SingleFlight

log = structlog.get_logger("whitecross.cache")

FIVE_MINUTES = 300
# Which rows are in an answer: those for readers who may see confidential ones, or those for all others.
CONFIDANT, OTHER = "c", "o"
KEYS_A_CALL = 500

Cached = Literal["hit", "miss", "bypass"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Finished bytes, and where they came from: `bypass` where nothing was and nothing will be kept."""

    body: bytes
    cache: Cached


# What is being built in this process: the answer by its key.
flights: SingleFlight[Answer] = SingleFlight()


def phi_cache() -> Any:
    """Return the cache of health data."""
    cache: RedisCache = caches["phi"]
    return cache


def answer(
    name: str,
    key: str,
    build: Callable[[], bytes],
    *,
    about: bytes,
    schools: Iterable[UUID],
    seconds: int = FIVE_MINUTES,
) -> Answer:
    """Return what is kept under `key`, or build it, keep it for so many seconds and return it.

    `name` is the cache's name in the meters and the first word of the key. `about` is what the value is sealed with,
    `schools` whose data is in it. Raises what `build` raises.
    """
    if in_transaction() or not cached_at(schools):
        # What is read in a transaction may never have happened.
        cache_asked.send(None, name=name, result="bypass", seconds=0.0)
        return Answer(build(), "bypass")
    started, ticket = perf_counter(), flights.ticket()
    found = kept(name, key, about)
    asked = perf_counter() - started
    if found is not None:
        given = Answer(found, "hit")
    else:
        given = flights.join(key, ticket, lambda: made(key, build, about, seconds))
    cache_asked.send(None, name=name, result=given.cache, seconds=asked)
    return given


def kept(name: str, key: str, about: bytes) -> bytes | None:
    """Return what lies under `key`, opened; None if there is nothing, or nothing that opens."""
    sealed = phi_cache().get(key)
    if sealed is None:
        return None
    try:
        return key_ring().unseal(sealed, about=about)
    except NotSealed:
        # A key taken out of PHI_KEYS, or a value tampered with: build anew, and say so.
        log.warning(f"cached {name} does not open", reason="not sealed about this by a known key")
        return None


def made(key: str, build: Callable[[], bytes], about: bytes, seconds: float) -> Answer:
    """Build a value and keep it; `bypass` if Redis did not take it."""
    body = build()
    stored = phi_cache().set(key, key_ring().seal(body, about=about), seconds)
    return Answer(body, "miss" if stored else "bypass")


def keep_many(sealed: Mapping[str, bytes], seconds: int) -> None:
    """Keep many sealed values by their keys, one trip. Raises redis.RedisError, NotSealed."""
    client = phi_cache().client
    with client.get_client(write=True).pipeline(transaction=False) as pipeline:
        for key, value in sealed.items():
            pipeline.set(client.make_key(key), client.encode(value), ex=seconds)
        pipeline.execute()


def student_key(name: str, shape: int, look: Pass, *more: str) -> str:
    """Return the opaque key of an answer about the student of a look, as this reader may see it."""
    of = look.school_id, look.student_id, look.health_version, look.confidential
    return key_of(name, shape, *of, *more, day=look.day)


def key_of(
    name: str, shape: int, school_id: UUID, student_id: UUID, version: int, confidential: bool, *more: str,
    day: date | None = None,
) -> str:  # fmt: skip
    """Return the opaque key of an answer about a student at a version. It holds the day too: ages change at midnight.

    `shape` grows with each change of what the bytes mean, so that a release never reads what an older one kept.
    """
    audience, on = CONFIDANT if confidential else OTHER, str((day or timezone.localdate()).toordinal())
    return ":".join((name, str(shape), school_id.hex, student_id.hex, str(version), audience, on, *more))


def forget(pattern: str) -> int:
    """Remove every answer whose key matches; return how many. Raises redis.RedisError.

    For an operator. No reader ever needs it: what is out of date is not found any more.
    """
    cache = phi_cache()
    redis: Redis = cache.client.get_client(write=True)
    keys = redis.scan_iter(match=cache.client.make_pattern(pattern), count=KEYS_A_CALL)
    return sum(int(redis.unlink(*some)) for some in iter(lambda: list(islice(keys, KEYS_A_CALL)), []))


def of_school(school_id: UUID) -> str:
    """Return the pattern of the keys of all answers about a school's students."""
    return f"*:{school_id.hex}:*"

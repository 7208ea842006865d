"""Refresh on write: after a commit the student's new summary is made once, if anybody had read the old one lately.

A write makes every cached summary of its student unreachable (records.freshness). Whoever has the student open looks
again in a moment, so the next one is made right away, by the process that wrote, under the new version's key. Only for
readers whose summary is still cached: nobody builds twenty thousand summaries because of an import. The new one lives
as long as the old one would have, so writing alone keeps nothing in the cache.

Nothing depends on it. If the process dies after the commit, or Redis is away, the next reader builds.
docs/adr/0010-refresh-on-write.md has the reasons.
"""

from __future__ import annotations

from functools import partial
from itertools import chain, islice
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError

from records import freshness, summary
from records.cached import flights, key_of, made, phi_cache
from records.rollout import cached_at
from students.models import Student

# One transaction may write several times about one student; each write is a version.
VERSIONS_BACK = 8


def refresh(sender: object, *, student_id: UUID, **kwargs: Any) -> None:
    """Receive freshness.written."""
    ticket = flights.ticket()
    now = Student.objects.filter(pk=student_id).values_list("school_id", "health_version").first()
    if now is None or not cached_at(now[:1]):
        return
    school_id, version = now
    names = {
        confidential: [
            key_of(summary.CACHE, summary.SHAPE, school_id, student_id, one, confidential)
            for one in range(version, max(version - VERSIONS_BACK, 1) - 1, -1)
        ]
        for confidential in (True, False)
    }
    for confidential, seconds in lives_left(names).items():
        if seconds > 0:
            key, build = names[confidential][0], partial(summary.build, student_id, confidential=confidential)
            flights.join(key, ticket, partial(made, key, build, student_id.bytes, seconds))


def lives_left(names: dict[bool, list[str]]) -> dict[bool, float]:
    """Return for how many seconds more an earlier value would be kept, by audience; one trip to Redis.

    `names` are its keys, the newest version first. 0 if no earlier one is there, or the newest is.
    """
    client = phi_cache().client
    try:
        with client.get_client(write=True).pipeline(transaction=False) as pipeline:
            for key in chain.from_iterable(names.values()):
                pipeline.pttl(client.make_key(key))
            answers = iter(pipeline.execute())
    except RedisError:
        return {}
    lives = {audience: list(islice(answers, len(keys))) for audience, keys in names.items()}
    return {
        audience: 0.0 if newest > 0 else max(earlier, default=0) / 1000
        for audience, (newest, *earlier) in lives.items()
    }


def watch() -> None:
    """Connect `refresh`."""
    freshness.written.connect(refresh, dispatch_uid="refresh on write")

"""Refresh on write: after a commit the student's new summary is made once, if anybody had read the old one lately.

The first pages of the student's lists follow (records.api.list_refresh).

A write makes every cached summary of its student unreachable (records.freshness). Whoever has the student open looks
again in a moment, so the next one is made right away, by the process that wrote, under the new version's key. Only for
readers whose summary is still cached: nobody builds twenty thousand summaries because of an import. The new one lives
its own five minutes from then, as any value that was just made.

Nothing depends on it. If the process dies after the commit, or Redis is away, the next reader builds.
docs/adr/0010-refresh-on-write.md has the reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection
from django.dispatch import Signal
from redis.exceptions import RedisError

from records import freshness, summary
from records.cached import flights, key_of, made, phi_cache
from records.rollout import cached_at

# A student has a new version that may be kept: for whoever else keeps answers about a student and makes them again.
refreshing = Signal()
# One transaction may write several times about one student; each write is a version.
VERSIONS_BACK = 8
# The keys by which other answers about a student show that somebody read them lately, by school and student.
also_read: set[Callable[[UUID, UUID], Iterable[str]]] = set()
# As SQL, since every write asks: put together by the ORM it would take three times as long.
VERSION = "SELECT school_id, health_version FROM students_student WHERE id = %s"


def refresh(sender: object, *, student_id: UUID, known: freshness.Known | None = None, **kwargs: Any) -> None:
    """Receive freshness.written. Where nobody looked it costs one trip to Redis, and a statement if not `known`."""
    ticket = flights.ticket()
    now = known or version_of(student_id)
    if now is None or not cached_at((now.school_id,)):
        return
    school_id, version = now.school_id, now.health_version
    keys = {one: key_of(summary.CACHE, summary.SHAPE, school_id, student_id, version, one) for one in (True, False)}
    names = {confidential: versions(key, student_id, version) for confidential, key in keys.items()}
    if not anybody_read(names, school_id, student_id):
        return
    for confidential in read_lately(names):
        key, build = keys[confidential], partial(summary.build, student_id, confidential=confidential)
        flights.join(key, ticket, partial(made, key, build, student_id.bytes, summary.SECONDS_CACHED))
    refreshing.send(None, school_id=school_id, student_id=student_id, version=version, ticket=ticket)


def version_of(student_id: UUID) -> freshness.Known | None:
    """Return where the student is and at which version; None if there is no such student."""
    with connection.cursor() as cursor:
        cursor.execute(VERSION, [student_id])
        found = cursor.fetchone()
    return freshness.Known(*found) if found else None


def versions(key: str, student_id: UUID, version: int) -> list[str]:
    """Return a key of a student's version as Redis knows it, and those of the earlier ones, the newest first."""
    newest, place = str(phi_cache().make_key(key)), f":{student_id.hex}:{{}}:".format
    before = range(version - 1, max(version - VERSIONS_BACK, 1) - 1, -1)
    return [newest, *(newest.replace(place(version), place(one)) for one in before)]


def anybody_read(names: dict[bool, list[str]], school_id: UUID, student_id: UUID) -> bool:
    """Whether an earlier value or anything of `also_read` is still kept: one command, and for most writes the last."""
    cache = phi_cache()
    keys = [key for _, *earlier in names.values() for key in earlier]
    keys += [cache.make_key(key) for signs in also_read for key in signs(school_id, student_id)]
    try:
        return bool(keys) and bool(cache.client.get_client(write=True).exists(*keys))
    except RedisError:
        return False


def read_lately(names: dict[bool, list[str]]) -> list[bool]:
    """Return the audiences of whom an earlier value is still kept and the newest is not; one trip to Redis.

    `names` are the keys by audience as Redis knows them, the newest version first.
    """
    client = phi_cache().client
    try:
        with client.get_client(write=True).pipeline(transaction=False) as pipeline:
            for newest, *earlier in names.values():
                pipeline.exists(newest).exists(*earlier or [newest])
            answers = iter(pipeline.execute())
    except RedisError:
        return []
    kept = {audience: (next(answers), next(answers)) for audience in names}
    return [audience for audience, (newest, earlier) in kept.items() if earlier and not newest]


def watch() -> None:
    """Connect `refresh`."""
    freshness.written.connect(refresh, dispatch_uid="refresh on write")

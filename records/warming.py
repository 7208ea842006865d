"""Warming: makes the summaries of many students before anybody asks, some hundreds in one statement.

Nothing leaves for anybody to see, so the audit trail has no row about it: whoever looks first is on record as always.
"""

from __future__ import annotations

from collections.abc import Iterator

from access.keys import key_ring
from records.cached import keep_many, key_of
from records.rollout import cached_at
from records.summary import CACHE, SECONDS_CACHED, SHAPE, finished, summary_rows
from students.models import School
from students.models.student import StudentQuerySet

STUDENTS_A_STEP = 200


def warm(school: School, students: StudentQuerySet) -> Iterator[int]:
    """Keep the summaries of these students of a school as nurses and counselors see them; yield how many at each step.

    Does nothing where the flag switches the cache off. Raises redis.RedisError where Redis does not take them.
    """
    if not cached_at([school.pk]):
        return
    ids = list(students.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), STUDENTS_A_STEP):
        some = students.filter(pk__in=ids[start : start + STUDENTS_A_STEP])
        # The version first: what is read after it is as new or newer.
        versions = dict(some.values_list("pk", "health_version"))
        kept = {}
        for row in summary_rows(confidential=True).filter(pk__in=versions):
            key = key_of(CACHE, SHAPE, school.pk, row["id"], versions[row["id"]], confidential=True)
            kept[key] = key_ring().seal(finished(row), about=row["id"].bytes)
        keep_many(kept, SECONDS_CACHED)
        yield len(versions)

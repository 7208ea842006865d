"""A run of recalculate_growth: one at a time, a chunk a transaction, to be stopped and gone on with at any chunk."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import connection, transaction
from django.utils import timezone

from records.growth import Assessment, assess
from records.models.growth_run import GrowthRun
from records.recalculation import chunks, keep
from records.recalculation.chunks import RULES, Scope, next_chunk
from records.recalculation.findings import findings
from records.recalculation.follow_ups import keep_follow_ups

BEGINNING: Final = UUID(int=0)
# Any number, as long as nothing else takes a lock by it.
LOCK: Final = 7_300_422
# Measurements a chunk: the arrays of one are some megabytes; from 10,000 to 50,000 the run takes the same time.
MEASUREMENTS: Final = 20_000
FEWEST_STUDENTS, FIRST_STUDENTS, MOST_STUDENTS = 1, 200, 5_000
GOES_ON_FOR: Final = datetime.timedelta(days=1)

Watch = Callable[[GrowthRun], bool]
"""Is told how far the run is after each chunk; returns whether it shall go on."""


class AnotherRuns(Exception):
    """Somebody else's run is under way; nothing was done."""


def recalculate(
    *, whole: bool, school_id: UUID | None = None, started_by: int | None = None, restart: bool = False,
    watch: Watch = lambda run: True, measurements: int = MEASUREMENTS,
) -> GrowthRun:  # fmt: skip
    """Compute the growth of all students, or of those who changed since it was computed last; return how it went.

    A run of the same kind that was killed or stopped within a day goes on where it was, unless `restart`. At its end
    everybody who changed meanwhile is computed again. Raises AnotherRuns; what a chunk raises, after noting it.
    """
    with only_one(), scratch_tables():
        run = _begin(whole=whole, school_id=school_id, started_by=started_by, restart=restart)
        try:
            went_on = _pass(run, Scope(whole, school_id), run.reached or BEGINNING, watch, measurements)
            if went_on and whole:
                went_on = _pass(run, Scope(False, school_id), BEGINNING, watch, measurements)
        except (psycopg.Error, OSError, ValueError, MemoryError, ArithmeticError) as error:
            _end(run, GrowthRun.Outcome.FAILED, trouble=type(error).__name__)
            raise
        _end(run, GrowthRun.Outcome.DONE if went_on else GrowthRun.Outcome.STOPPED)
    return run


def _begin(*, whole: bool, school_id: UUID | None, started_by: int | None, restart: bool) -> GrowthRun:
    now = timezone.now()
    last = None
    if not restart:
        last = GrowthRun.objects.unfinished(whole=whole, school_id=school_id, rules=RULES, since=now - GOES_ON_FOR)
    # We have the lock, so whatever else is still called running was killed.
    killed = GrowthRun.objects.filter(outcome=GrowthRun.Outcome.RUNNING).exclude(pk=last.pk if last else 0)
    killed.update(outcome=GrowthRun.Outcome.STOPPED, ended_at=now, trouble="It was killed.")
    run = last or GrowthRun(whole=whole, school_id=school_id, rules=RULES, started_by_id=started_by)
    run.outcome, run.ended_at, run.heard_at = GrowthRun.Outcome.RUNNING, None, now
    run.stop_asked, run.trouble = False, ""
    run.students_to_do = run.students + _count(Scope(whole, school_id), run.reached or BEGINNING)
    run.save()
    return run


def _count(scope: Scope, after: UUID) -> int:
    with psycopg.ClientCursor(_raw()) as cursor:
        (students,) = cursor.execute(chunks.COUNT, scope.values(after)).fetchone() or (0,)
    return int(students)


def _pass(run: GrowthRun, scope: Scope, after: UUID, watch: Watch, measurements: int) -> bool:
    """Go through the students of the scope; return whether it came to the end."""
    # What a chunk of that size holds is known after the first.
    students, room = min(measurements, FIRST_STUDENTS), None
    while True:
        with transaction.atomic():
            chunk = next_chunk(_raw(), scope, after, students)
            if chunk is None:
                return True
            if room is None or len(room.bmi_value) < len(chunk):
                room = Assessment.room_for(len(chunk) * 5 // 4)
            found = assess(chunk.children, chunk.on_chart, chunk.weight, out=room)
            kept = keep.keep(_raw(), chunk, found)
            today = timezone.localdate()
            ids = [UUID(bytes=bytes(student)) for student in chunk.students]
            keep_follow_ups(ids, findings(chunk, found, today), today)
            run.students += len(chunk.students)
            run.measurements += len(chunk)
            run.written += kept.written
            run.removed += kept.removed
            run.heard_at = timezone.now()
            after = chunk.last
            if scope.whole == run.whole:
                run.reached = after
            run.save(update_fields=("students", "measurements", "written", "removed", "heard_at", "reached"))
        if not watch(run) or _stop_asked(run):
            return False
        each = max(len(chunk), 1) / len(chunk.students)
        students = min(max(int(measurements / each), FEWEST_STUDENTS), MOST_STUDENTS)


def _stop_asked(run: GrowthRun) -> bool:
    return GrowthRun.objects.filter(pk=run.pk, stop_asked=True).exists()


def _end(run: GrowthRun, outcome: GrowthRun.Outcome, trouble: str = "") -> None:
    run.outcome, run.ended_at, run.trouble = outcome, timezone.now(), trouble
    run.save(update_fields=("outcome", "ended_at", "trouble"))


def _raw() -> psycopg.Connection[Any]:
    """Return the database connection itself, for COPY."""
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    return raw


@contextmanager
def scratch_tables() -> Iterator[None]:
    """Make the temporary tables of a run; they would stay in the pool's connection if nobody took them away."""
    with connection.cursor() as cursor:
        cursor.execute(chunks.MAKE)
        cursor.execute(keep.MAKE)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS growth_chunk, growth_staging")


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock of the runs; raise AnotherRuns where another has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (ours,) = cursor.fetchone() or (False,)
    if not ours:
        raise AnotherRuns
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def under_way() -> bool:
    """Return whether somebody holds the lock of the runs now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND objsubid = 1"
            " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [LOCK],
        )
        (there,) = cursor.fetchone() or (False,)
    return bool(there)

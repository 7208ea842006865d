"""Background work on health records: tasks carry ids only, may run twice, and are tried again a few times."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic
from typing import Any, Final
from uuid import UUID

import structlog
from celery import Task, shared_task
from django.db import InterfaceError, OperationalError, transaction
from kombu.exceptions import OperationalError as BrokerAway

from records.growth_statistics import growth_statistics
from records.models import GrowthRun
from records.recalculation.run import AnotherRuns, recalculate
from students.models import School

log = structlog.get_logger("whitecross.growth")

# A task is killed after CELERY_TASK_TIME_LIMIT (900 s); a long run goes on in a task of its own before that.
LONGEST: Final = timedelta(minutes=10)
TRIES, FIRST_PAUSE = 4, 15


@shared_task(bind=True, ignore_result=True, max_retries=TRIES)
def recalculate_growth(
    self: Task[Any, None], *, whole: bool = False, school_id: str | None = None, started_by: int | None = None
) -> None:
    """Compute stored growth anew, of all students or of those who changed.

    Where another run is under way nothing is done: its end, or the next of the schedule, finds who changed. A run that
    fails for good stays on the page /ops/growth/ as failed, from where it can be started again.
    """
    until = monotonic() + LONGEST.total_seconds()
    try:
        run = recalculate(
            whole=whole,
            school_id=UUID(school_id) if school_id else None,
            started_by=started_by,
            watch=lambda run: monotonic() < until,
        )
    except AnotherRuns:
        log.info("growth is being computed already")
        return
    except (OperationalError, InterfaceError) as error:
        raise self.retry(exc=error, countdown=FIRST_PAUSE * 2**self.request.retries) from error
    if run.outcome == GrowthRun.Outcome.STOPPED and not stop_was_asked(run):
        recalculate_growth.delay(whole=whole, school_id=school_id, started_by=started_by)


def stop_was_asked(run: GrowthRun) -> bool:
    """Return whether somebody wants the run to be stopped, and not only the clock."""
    return GrowthRun.objects.filter(pk=run.pk, stop_asked=True).exists()


def growth_soon() -> None:
    """After the commit, have the growth of whoever changed computed: after an import, for instance."""
    transaction.on_commit(queue_growth)


def queue_growth(**arguments: Any) -> bool:
    """Queue the task; return False where the broker is away. The schedule finds who changed within minutes anyway."""
    try:
        recalculate_growth.apply_async(kwargs=arguments, retry=False)
    except BrokerAway:
        log.warning("growth was not queued: the broker is away")
        return False
    return True


@shared_task(ignore_result=True)
def keep_growth_statistics() -> None:
    """Count the statistics of each district and of each school, so that the first who looks need not wait."""
    schools = list(School.objects.all())
    by_district: dict[UUID, list[School]] = {}
    for school in schools:
        by_district.setdefault(school.district_id, []).append(school)
    for some in (*by_district.values(), *([school] for school in schools)):
        growth_statistics(some)

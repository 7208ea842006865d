"""A `recalculate_growth` that is killed in the middle, started again, ends with the rows of one that was not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from access.tests.people import make_school, make_student
from records.models import GrowthAssessment, GrowthProgress, GrowthRun, HealthRecord
from records.recalculation.run import LOCK, recalculate
from records.tests.growing import measure, stored
from students.models import Student

PROGRAM = [sys.executable, "manage.py", "recalculate_growth", "--all", "--chunk", "1"]
CHILDREN = 60


@pytest.fixture
def children(transactional_db: None) -> list[Student]:
    """Sixty children, twice measured; committed, so that another process sees them."""
    school = make_school("oak-street")
    made = [make_student(school, f"Child {number}") for number in range(CHILDREN)]
    for number, child in enumerate(made):
        measure(child, 400, 110 + number / 10, 20)
        measure(child, 10, 116 + number / 10, 23 + number / 10)
    return made


def start() -> subprocess.Popen[str]:
    """Start the command in a process of its own, on this test's database."""
    return subprocess.Popen(PROGRAM, cwd=Path(settings.BASE_DIR), env=os.environ, stdout=subprocess.PIPE, text=True)  # noqa: S603


def until_some_are_done(process: subprocess.Popen[str]) -> None:
    """Wait until the run has come through some students."""
    for _ in range(1_000):
        if GrowthProgress.objects.count() >= 3:
            return
        assert process.poll() is None, "The command ended before it could be stopped."
        time.sleep(0.01)
    raise AssertionError("The command did nothing within 10 s.")


@pytest.mark.parametrize("times", [1, 3])
def test_killed_with_9_and_started_again_it_ends_with_the_same_rows(children: list[Student], times: int) -> None:
    for _ in range(times):
        done = GrowthProgress.objects.count()
        process = start()
        until_some_are_done(process)
        process.kill()
        assert process.wait() == -signal.SIGKILL
        assert done <= GrowthProgress.objects.count() < CHILDREN
        assert GrowthRun.objects.get().outcome == "running"
        # What the killed session holds is free as soon as the server has noticed.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s), pg_advisory_unlock(%s)", [LOCK, LOCK])
    process = start()
    out, _ = process.communicate()
    assert process.returncode == 0
    assert out.startswith(f"Looked at {2 * CHILDREN} measurements of {CHILDREN} students")
    run = GrowthRun.objects.get()
    assert (run.outcome, run.students, run.written) == ("done", CHILDREN, 2 * CHILDREN)
    found = stored()
    GrowthAssessment.objects.all().delete()
    GrowthProgress.objects.all().delete()
    recalculate(whole=True, restart=True)
    assert stored() == found
    assert len(found) == HealthRecord.objects.count()


def test_sigterm_ends_it_with_a_word_and_keeps_what_is_done(children: list[Student]) -> None:
    process = start()
    until_some_are_done(process)
    process.terminate()
    out, _ = process.communicate()
    assert process.returncode == 4
    assert out.startswith("Stopped before the end.")
    run = GrowthRun.objects.get()
    assert (run.outcome, run.students) == ("stopped", GrowthProgress.objects.count())
    assert 3 <= run.students < CHILDREN

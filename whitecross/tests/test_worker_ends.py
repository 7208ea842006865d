"""When a worker ends: what it does is finished, what waits is kept, and what a killed one did is done again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings

from metrics.tests.serving import PATIENCE, WORKER, until
from whitecross.celery import app
from whitecross.tests.working import DIARY, diary, read_diary, work_for

pytestmark = pytest.mark.django_db(transaction=True)

COMMAND = [sys.executable, "-m", "celery", *WORKER[:1], "-A", "whitecross.tests.working", *WORKER[3:]]


@pytest.fixture(autouse=True)
def nothing_waits() -> Iterator[None]:
    """No task and no diary of another test."""
    yield
    app.control.purge()
    with diary() as kept:
        kept.delete(DIARY)


@contextmanager
def worker(**given: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker of two threads, as in production but for the number; end it with the block, if it has not ended."""
    process = subprocess.Popen(  # noqa: S603  (our own words)
        COMMAND, cwd=settings.BASE_DIR, env=os.environ | {"LOG_LEVEL": "WARNING"} | given
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE)


def test_told_to_end_it_finishes_what_it_does_and_leaves_what_waits() -> None:
    with worker() as first:
        for name in ("one", "two", "three"):
            work_for.delay(1.5, name)
        until(lambda: len(read_diary()) == 2)
        first.send_signal(signal.SIGTERM)
        assert first.wait(PATIENCE) == 0
    assert sorted(read_diary()) == ["one begins", "one ends", "two begins", "two ends"]
    with worker():
        until(lambda: read_diary()[4:] == ["three begins", "three ends"])


def test_what_a_killed_worker_did_is_done_again_by_another() -> None:
    soon = {"CELERY_REDELIVER_SECONDS": "4"}
    with worker(**soon) as first:
        work_for.delay(600, "one")
        until(lambda: read_diary() == ["one begins"])
        first.kill()
        first.wait(PATIENCE)
    with worker(**soon) as second:
        until(lambda: read_diary() == ["one begins", "one begins"])
        second.kill()  # which would work for ten minutes
        second.wait(PATIENCE)

"""A release without a dropped request, as docs/operating.md describes it: real servers are restarted under load."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from rest_framework_simplejwt.tokens import AccessToken

from access.models import User
from access.tasks import seal_audit_trail
from devtools.ports import HOST
from devtools.web_servers import granian
from loadtest.steady import Question, SteadyLoad
from loadtest.takeover import children, has_come
from metrics.tests.serving import PATIENCE, WORKER, Service, alive, port_of_its_own, until
from students.models import Student

pytestmark = pytest.mark.django_db(transaction=True)

ENOUGH = 100  # answers; fewer would prove nothing


def web_pids(here: Service, admin: User) -> set[int]:
    processes = here.json("/api/admin/performance", admin)["memory"]["processes"]
    return {process["pid"] for process in processes if process["role"] == "web"}


@contextmanager
def process(command: Sequence[str], meters: Path) -> Iterator[subprocess.Popen[bytes]]:
    meters.mkdir(exist_ok=True)
    env = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(meters), "LOG_LEVEL": "ERROR"}
    started = subprocess.Popen(command, cwd=settings.BASE_DIR, env=env)  # noqa: S603  (our own words)
    try:
        yield started
    finally:
        if started.poll() is None:
            started.terminate()
            started.wait(PATIENCE)


def questions(nora: User, ana: Student) -> list[Question]:
    """Return what a nurse does: looks at a summary, looks at vital signs, takes some."""
    headers = {"Authorization": f"Bearer {AccessToken.for_user(nora)}"}
    student = f"/api/v1/students/{ana.pk}"
    return [
        Question("GET", f"{student}/health-summary/", headers),
        Question("GET", f"{student}/vitals/", headers),
        Question("GET", f"{student}/health-summary/", headers),
        Question("POST", f"{student}/vitals/", headers, {"date": "2026-03-02", "heart_rate": 80}, due=201),
    ]


def nobody_noticed(load: SteadyLoad) -> None:
    assert dict(load.failed) == {}
    assert load.answered["GET"] + load.answered["POST"] > ENOUGH
    assert load.answered["POST"] > 0


def test_the_new_release_takes_the_port_over_and_the_old_one_ends(
    tmp_path: Path, admin: User, nora: User, ana: Student
) -> None:
    port = port_of_its_own()
    here = Service(port)
    with process(granian(port, threads=2, kill_after=20), tmp_path / "old") as old:
        until(lambda: alive(here))
        # When the new one, with a folder and an environment of its own, listens on the same port
        with process(granian(port, threads=2, kill_after=20), tmp_path / "new") as new:
            with SteadyLoad(HOST, [port], questions(nora, ana)) as load:
                until(lambda: has_come(new.pid, port))
                old.send_signal(signal.SIGTERM)
                assert old.wait(PATIENCE) == 0
                time.sleep(0.5)
            # Then it alone answers, and nobody noticed
            nobody_noticed(load)
            assert web_pids(here, admin) <= set(children(new.pid))


def test_tasks_go_on_while_the_worker_is_replaced(tmp_path: Path) -> None:
    def worker(name: str) -> list[str]:
        return [sys.executable, "-m", "celery", *WORKER, "-n", f"{name}-{uuid4().hex}@%h"]

    def ended() -> int:
        """Return how many tasks the workers have ended well, as their meters say."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(tmp_path))  # type: ignore[no-untyped-call]
        outcome = {"task": seal_audit_trail.name, "outcome": "succeeded"}
        return int(registry.get_sample_value("wc_tasks_total", outcome) or 0)

    def ask(number: int) -> None:
        for _ in range(number):
            seal_audit_trail.delay()

    with process(worker("old"), tmp_path) as old:
        ask(5)
        until(lambda: ended() == 5)
        with process(worker("new"), tmp_path):
            ask(20)
            old.send_signal(signal.SIGTERM)
            ask(20)
            assert old.wait(PATIENCE) == 0
            ask(5)
            until(lambda: ended() == 50)

"""The service as it runs in earnest: several web processes and a worker, on the database and Redis of the test."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from rest_framework_simplejwt.tokens import AccessToken

from access.models import User
from devtools.ports import HOST, free_port

PATIENCE = 60.0  # seconds; two cores may be shared by many tests
WEB = (
    "whitecross.wsgi:application --interface wsgi --workers 2 --blocking-threads 2 --no-ws "
    "--log-level warning --respawn-failed-workers --workers-kill-timeout 1"
).split()
WORKER = "-q -A whitecross worker -P threads -c 2 --without-gossip --without-mingle".split()


@dataclass(frozen=True)
class Service:
    """A running service."""

    port: int

    def get(self, path: str, user: User | None = None) -> tuple[int, bytes]:
        """Ask over a connection of its own, so that any process may answer; return status and body."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {AccessToken.for_user(user)}"} if user else {}
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def json(self, path: str, user: User) -> Any:
        """Ask and read the JSON of a 200."""
        status, body = self.get(path, user)
        assert status == 200, body
        return json.loads(body)

    def scrape(self) -> str:
        """Return what Prometheus reads."""
        status, body = self.get("/metrics")
        assert status == 200, body
        return body.decode()


def until(true: Callable[[], bool]) -> None:
    """Return when something has become true."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.1)


@contextmanager
def service(meters: Path) -> Iterator[Service]:
    """Run two web processes and a worker, which keep their meters in that empty folder."""
    port = free_port()
    env = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(meters), "LOG_LEVEL": "WARNING"}
    commands = [["granian", *WEB, "--host", HOST, "--port", str(port)], ["celery", *WORKER]]
    running = [
        subprocess.Popen([sys.executable, "-m", *command], cwd=settings.BASE_DIR, env=env)  # noqa: S603  (our own words)
        for command in commands
    ]
    try:
        here = Service(port)
        until(lambda: alive(here))
        yield here
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            process.wait(PATIENCE)


def alive(here: Service) -> bool:
    """Whether a web process answers."""
    try:
        return here.get("/health/live")[0] == 200
    except OSError:
        return False

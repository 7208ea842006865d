"""The service as it runs in earnest: several web processes and a worker, on the database and Redis of the test."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from rest_framework_simplejwt.tokens import AccessToken

from access.models import User
from devtools.ports import HOST
from devtools.web_servers import granian

PATIENCE = 60.0  # seconds; two cores may be shared by many tests
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
def service(meters: Path, *, worker: bool = True, given: Mapping[str, str] | None = None) -> Iterator[Service]:
    """Run two web processes and a worker, which keep their meters in that empty folder; `given` goes to them all."""
    port = port_of_its_own()
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(meters), "LOG_LEVEL": "WARNING", **(given or {})}
    commands = [granian(port, threads=2, kill_after=1)]
    if worker:
        commands.append([sys.executable, "-m", "celery", *WORKER])
    running = [
        subprocess.Popen(command, cwd=settings.BASE_DIR, env=env)  # noqa: S603  (our own words)
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


def port_of_its_own() -> int:
    """Return a port that the system has given to nobody.

    Not the first free one from 8000: tests in another process would find the same, and granian shares a port.
    """
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def alive(here: Service) -> bool:
    """Whether a web process answers."""
    try:
        return here.get("/health/live")[0] == 200
    except OSError:
        return False

"""`./dev run` and production start different web servers: they answer alike, and end without dropping a request."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from access.models import User
from devtools.ports import HOST
from devtools.web_servers import PRODUCTION_GRACE, granian, gunicorn
from metrics.tests.serving import PATIENCE, Service, alive, port_of_its_own, until
from students.models import Student
from whitecross.tests.troubling import ask, locked

pytestmark = pytest.mark.django_db(transaction=True)

Command = Callable[[int], list[str]]
SERVERS = pytest.mark.parametrize("command", [granian, gunicorn], ids=["granian", "gunicorn"])
# What each server adds by itself, or what differs from request to request.
OWN_HEADERS = {"date", "server", "connection", "keep-alive", "x-request-id", "x-response-time", "server-timing"}


@dataclass(frozen=True)
class Server:
    """A running web server, alone in its process group."""

    here: Service
    process: subprocess.Popen[bytes]

    def group(self) -> list[int]:
        """Return its processes that live."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[2]) == self.process.pid and fields[0] not in "ZX":
                found.append(int(folder.name))
        return found

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection that is open."""
        connection = http.client.HTTPConnection(HOST, self.here.port, timeout=PATIENCE)
        connection.connect()
        return connection


@contextmanager
def served(command: Command, meters: Path) -> Iterator[Server]:
    """Run one of the servers."""
    port = port_of_its_own()
    meters.mkdir(exist_ok=True)
    env = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(meters), "LOG_LEVEL": "WARNING"}
    process = subprocess.Popen(  # noqa: S603  (our own words)
        command(port), cwd=settings.BASE_DIR, env=env, start_new_session=True
    )
    server = Server(Service(port), process)
    try:
        until(lambda: alive(server.here))
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE)


def test_both_answer_alike(tmp_path: Path, nora: User, ana: Student) -> None:
    paths = [
        f"/api/v1/students/{ana.pk}/health-summary/",
        "/api/v1/students/?identifier=" + "%F0%9F%91%A9" * 1_000,
        f"/api/v1/students/{ana.pk}/nothing/",
        "/health/ready",
        "/accounts/login/?next=" + "x" * 20_000,
        "/%00",
        "/static/css/wc.css",
    ]
    with served(granian, tmp_path / "granian") as one, served(gunicorn, tmp_path / "gunicorn") as other:
        ask(one.here, "GET", paths[0], nora)  # so that both find it in the cache
        for path in paths:
            here, there = ask(one.here, "GET", path, nora), ask(other.here, "GET", path, nora)
            assert here.status == there.status, path
            names = [{name.lower() for name in answer.headers} - OWN_HEADERS for answer in (here, there)]
            assert names[0] == names[1], path
            if here.headers["Content-Type"] == "application/json":
                assert here.body == there.body
        # A header that a proxy would refuse comes through to the application
        for server in (one, other):
            assert ask(server.here, "GET", "/health/live", cookie="c" * 60_000).status == 200
        # And gunicorn keeps the case of names, which is why it is there
        assert "X-Cache" in list(ask(other.here, "GET", paths[0], nora).headers)


@SERVERS
def test_it_ends_after_the_last_answer_and_leaves_no_process(
    command: Command, tmp_path: Path, nora: User, ana: Student
) -> None:
    path = f"/api/v1/students/{ana.pk}/vitals/"
    with served(command, tmp_path / "meters") as server, ThreadPoolExecutor(2) as callers:
        idle = server.connect()  # as a browser keeps one
        idle.request("GET", "/health/live")
        idle.getresponse().read()
        with locked("records_healthrecord"):
            # When requests are under way
            asked = [callers.submit(ask, server.here, "GET", path, nora) for _ in range(2)]
            time.sleep(0.5)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
        # Then they are answered, and the server ends
        assert [answer.result().status for answer in asked] == [200, 200]
        started = time.monotonic()
        assert server.process.wait(PATIENCE) == 0
        assert time.monotonic() - started < 5
        until(lambda: server.group() == [])


def test_in_production_new_connections_are_refused_while_the_last_are_answered(
    tmp_path: Path, nora: User, ana: Student
) -> None:
    path = f"/api/v1/students/{ana.pk}/vitals/"
    with served(patient_granian, tmp_path / "meters") as server, ThreadPoolExecutor(1) as callers:
        with locked("records_healthrecord"):
            asked = callers.submit(ask, server.here, "GET", path, nora)
            time.sleep(0.5)
            server.process.send_signal(signal.SIGTERM)
            until(lambda: not accepts(server))
            assert not asked.done()
        assert asked.result().status == 200
        assert server.process.wait(PATIENCE) == 0


def patient_granian(port: int) -> list[str]:
    """Return granian with the time to end that it has in production."""
    return granian(port, kill_after=PRODUCTION_GRACE)


def accepts(server: Server) -> bool:
    """Whether it takes new connections."""
    try:
        server.connect().close()
    except ConnectionRefusedError:
        return False
    return True


@SERVERS
def test_a_killed_worker_process_is_replaced(command: Command, tmp_path: Path, admin: User) -> None:
    def web() -> set[int]:
        found = server.here.json("/api/admin/performance", admin)["memory"]["processes"]
        return {process["pid"] for process in found if process["role"] == "web"}

    def replaced() -> bool:
        try:
            return len(web()) == 2 and victim not in web()
        except OSError:  # had come to the victim
            return False

    with served(command, tmp_path / "meters") as server:
        until(lambda: len(web()) == 2)
        victim = min(web())
        os.kill(victim, signal.SIGKILL)
        until(replaced)
        assert server.process.poll() is None

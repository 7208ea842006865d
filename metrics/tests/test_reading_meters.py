"""Where the meters are read: this machine's processes, or the places that METRICS_SCRAPE names."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from access.models import User
from access.tests.people import api_client
from devtools.ports import free_port
from metrics import processes
from metrics.processes import forget_dead_processes, live_processes, pids_with_meters
from metrics.readings import addresses, read_meters


@pytest.fixture
def elsewhere() -> Iterator[tuple[int, CollectorRegistry]]:
    """Another process that shows its meters at a port, as a worker in a container of its own does."""
    registry, port = CollectorRegistry(), free_port()
    server, thread = start_http_server(port, addr="127.0.0.1", registry=registry)
    yield port, registry
    server.shutdown()
    server.server_close()
    thread.join()


def test_places_that_are_named_are_added_up(
    settings: Settings, live_server: LiveServer, client: Client, elsewhere: tuple[int, CollectorRegistry]
) -> None:
    port, registry = elsewhere
    Counter("wc_requests", "", ["view", "method", "status"], registry=registry).labels("today", "GET", "2xx").inc(5)
    time = Histogram("wc_request_seconds", "", ["view", "method"], registry=registry, buckets=(0.1, 1.0))
    time.labels("today", "GET").observe(0.05)
    client.get("/health/live")
    here = read_meters().sums("wc_requests_total", ("view",))
    settings.METRICS_SCRAPE = [urlsplit(live_server.url).netloc, f"127.0.0.1:{port}"]
    reading = read_meters()
    assert (reading.answered, reading.silent) == (2, 0)
    assert reading.sums("wc_requests_total", ("view",))["today",] == here.get(("today",), 0) + 5
    assert reading.sums("wc_requests_total", ("view",))["health_live",] >= 1


def test_a_place_that_is_silent_is_counted_and_the_others_still_tell(
    settings: Settings, db: None, admin: User, elsewhere: tuple[int, CollectorRegistry]
) -> None:
    port, registry = elsewhere
    Counter("wc_requests", "", ["view", "method", "status"], registry=registry).labels("today", "GET", "2xx").inc(5)
    settings.METRICS_SCRAPE = [f"127.0.0.1:{free_port()}", "no-such-host.invalid:8000", f"127.0.0.1:{port}"]
    found = api_client(admin).get("/api/admin/performance").json()
    assert found["sources"] == {"answered": 1, "silent": 2}
    assert found["requests"]["requests"] == 5


def test_a_name_with_several_addresses_means_all_of_them(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def replicas(host: str, port: int, **kind: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (address, port)) for address in ("10.1.0.2", "10.1.0.3", "10.1.0.2")]

    monkeypatch.setattr("metrics.readings.socket.getaddrinfo", replicas)
    settings.METRICS_SCRAPE = ["web:8000"]
    assert addresses() == [("10.1.0.2", 8000), ("10.1.0.3", 8000)]


def test_a_worker_shows_its_meters_at_its_port(tmp_path: Path) -> None:
    port = free_port()
    code = (
        "import django, sys; django.setup()\n"
        "from metrics.in_worker import show_meters\n"
        "show_meters(); print('ready', flush=True); sys.stdin.read()"
    )
    env = {**os.environ, "METRICS_WORKER_PORT": str(port)}
    env.pop("PROMETHEUS_MULTIPROC_DIR", None)
    with subprocess.Popen(  # noqa: S603  (our own words)
        [sys.executable, "-c", code], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("metrics.readings.settings.METRICS_SCRAPE", [f"127.0.0.1:{port}"])
            reading = read_meters()
        worker.communicate("")
    assert reading.answered == 1
    assert "wc_slow_queries_total" in reading.values


def test_this_process_is_alive_and_has_memory() -> None:
    (me,) = [process for process in live_processes() if process.pid == os.getpid()]
    assert me.resident_bytes > 10_000_000
    assert me.age_seconds > 0


def test_meters_of_a_dead_process_keep_their_counts_and_lose_their_presence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for kind in ("counter", "gauge_livesum"):
        for pid in (gone.pid, os.getpid()):
            (tmp_path / f"{kind}_{pid}.db").touch()
    assert gone.pid in set(pids_with_meters())
    assert gone.pid not in {process.pid for process in live_processes()}
    forget_dead_processes()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {f"counter_{gone.pid}.db", f"counter_{os.getpid()}.db", f"gauge_livesum_{os.getpid()}.db"}


def test_another_process_that_got_the_number_of_a_dead_one_is_not_taken_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        file = tmp_path / f"counter_{stranger.pid}.db"
        file.touch()
        assert stranger.pid in {process.pid for process in live_processes()}
        long_ago = time.time() - 3_600
        os.utime(file, (long_ago, long_ago))
        assert stranger.pid not in {process.pid for process in live_processes()}
        stranger.communicate(b"\n")


def test_a_system_without_proc_says_so(db: None, admin: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(processes, "PROC", tmp_path / "proc")
    found = api_client(admin).get("/api/admin/performance").json()
    assert "no /proc" in found["memory"]["unavailable"]
    assert found["requests"]["requests"] >= 0

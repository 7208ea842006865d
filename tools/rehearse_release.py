#!/usr/bin/env python3
"""Carry out a release as docs/releasing.md describes it, on this computer: from a commit to this checkout, and back.

    tools/rehearse_release.py COMMIT

Starts private servers (in WHITECROSS_STATE, subfolder `rehearsal`), the commit's web server, worker and beat on its own
tables, and a steady load of reads and writes. Then: the new migrations, ANALYZE, the flag at 10 percent, a warm cache,
the new web server, worker and beat, 50 and 100 percent; and back to the old code on the new tables. Says how many
requests were answered and how many failed at each step. Exit status 0 if none failed.

Both run with the packages of this checkout, so a commit that needs others cannot be rehearsed so.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402  (the checkout is found first)

from devtools.environment import environment, owner_environment  # noqa: E402
from devtools.places import state_folder  # noqa: E402
from devtools.ports import HOST  # noqa: E402
from devtools.processes import end_cleanly_on_signals  # noqa: E402
from devtools.services import Services, services  # noqa: E402
from loadtest.steady import Question, SteadyLoad  # noqa: E402
from loadtest.takeover import has_come  # noqa: E402

PATIENCE = 120.0  # seconds
STUDENTS, ASKED_ABOUT = 400, 8
SETTLE = 3.0  # seconds of load after each step
USERNAME, PASSWORD = "nora", "whitecross"
GRANIAN = (
    "-m granian whitecross.wsgi:application --interface wsgi --workers 2 --blocking-threads 4 --no-ws "
    "--log-level warning --respawn-failed-workers --workers-kill-timeout 25 --host 127.0.0.1"
).split()
WORKER = "-m celery -q -A whitecross worker -P threads -c 4 -n".split()
BEAT = "-m celery -q -A whitecross beat --pidfile= -s".split()


@dataclass
class Release:
    """One version of the code: where it lies, and what of it runs."""

    name: str
    folder: Path
    env: Mapping[str, str]
    owner_env: Mapping[str, str]

    def manage(self, *command: str, owner: bool = False) -> None:
        """Run a management command of this version; stop everything if it fails."""
        env = self.owner_env if owner else self.env
        subprocess.run([sys.executable, "manage.py", *command], cwd=self.folder, env=env, check=True)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a process of this version."""
        return subprocess.Popen([sys.executable, *command], cwd=self.folder, env=self.env)


class Running:
    """What runs now: one web server, one worker, one beat; each replaced while the load goes on."""

    def __init__(self, port: int, scratch: Path) -> None:
        self.port, self.scratch = port, scratch
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def begin(self, release: Release) -> None:
        """Start a version where nothing runs yet."""
        self.processes["web"] = self.web(release)
        self.processes["worker"] = self.worker(release)
        self.processes["beat"] = release.start(*BEAT, str(self.scratch / "beat"))

    def replace(self, release: Release) -> None:
        """Start a version beside what runs, and end that when it serves. Beat first ends: two would do things twice."""
        for name, start in (("web", self.web), ("worker", self.worker)):
            old, self.processes[name] = self.processes[name], start(release)
            self.end(old)
        self.end(self.processes["beat"])
        self.processes["beat"] = release.start(*BEAT, str(self.scratch / "beat"))

    def web(self, release: Release) -> subprocess.Popen[bytes]:
        """Start a web server on the port, which others may hold as well, and wait until it listens."""
        started = release.start(*GRANIAN, "--port", str(self.port))
        until(lambda: has_come(started.pid, self.port), started)
        return started

    def worker(self, release: Release) -> subprocess.Popen[bytes]:
        """Start a worker and wait until it answers over the broker."""
        node = f"{release.name}-{time.monotonic_ns()}@{HOST}"
        started = release.start(*WORKER, node)
        ping = [sys.executable, *"-m celery -q -A whitecross inspect ping --timeout 2 -d".split(), node]

        def answers() -> bool:
            asked = subprocess.run(ping, cwd=release.folder, env=release.env, capture_output=True, check=False)
            return asked.returncode == 0

        until(answers, started)
        return started

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """Ask a process to end and wait for it."""
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)

    def end_all(self) -> None:
        """End what runs."""
        for process in self.processes.values():
            if process.poll() is None:
                self.end(process)


def until(true: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Return when something has become true; raise if the process ended or it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"{process.args!r} did not come up; the reason should be above.")
        time.sleep(0.2)


def unpacked(commit: str, folder: Path) -> Path:
    """Return the files of a commit, without touching the checkout."""
    shutil.rmtree(folder, ignore_errors=True)
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE, check=False)
    if archive.returncode:
        raise SystemExit(f"git knows no commit {commit!r}.")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


def asked(port: int, method: str, path: str, headers: dict[str, str], body: Any = None) -> Any:
    """Ask once and return the JSON of the answer."""
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    connection.request(method, path, json.dumps(body), headers | {"Content-Type": "application/json"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"{method} {path} was answered with {answer.status}.")
    return json.loads(answer.read())


def questions(port: int) -> list[Question]:
    """Return what a nurse does, as one who has just logged in: looks at summaries and lists, takes vital signs."""
    tokens = asked(port, "POST", "/api/v1/auth/token/", {}, {"username": USERNAME, "password": PASSWORD})
    headers = {"Authorization": f"Bearer {tokens['access']}"}
    found: list[Question] = []
    for student in asked(port, "GET", "/api/v1/students/", headers)["results"][:ASKED_ABOUT]:
        here = f"/api/v1/students/{student['id']}"
        found += [Question("GET", f"{here}/{part}/", headers) for part in ("health-summary", "vitals", "records")]
        found.append(Question("POST", f"{here}/vitals/", headers, {"date": "2026-03-02", "heart_rate": 80}, due=201))
    return found


def rehearse(commit: str, given: Services, scratch: Path) -> int:
    """Carry it out; return how many requests failed."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    service, owner = environment(given, LOG_LEVEL="ERROR"), owner_environment(given)
    old = Release("old", unpacked(commit, scratch / "old"), service, owner)
    new = Release("new", ROOT, service, owner)
    old.manage("migrate", "--verbosity", "0", owner=True)
    old.manage("seed_district", "--students", str(STUDENTS), "--demo")
    running, failed = Running(port, scratch), 0

    def analyze() -> None:
        with psycopg.connect(given.owner_url, autocommit=True) as connection:
            connection.execute("ANALYZE")

    steps: Sequence[tuple[str, Callable[[], None]]] = [
        ("before", lambda: None),
        ("1 migrate, as owner", lambda: new.manage("migrate", "--verbosity", "1", owner=True)),
        ("1 ANALYZE", analyze),
        ("2 flag at 10 percent", lambda: new.manage(*"waffle_flag cache --create --percent 10".split())),
        ("2 warm_cache", lambda: new.manage("warm_cache")),
        ("3 new web, worker, beat", lambda: running.replace(new)),
        ("4 50 percent", lambda: new.manage(*"waffle_flag cache --percent 50".split())),
        ("4 100 percent", lambda: new.manage(*"waffle_flag cache --everyone".split())),
        ("back: old web, worker, beat", lambda: running.replace(old)),
        ("again: new web, worker, beat", lambda: running.replace(new)),
    ]
    try:
        running.begin(old)
        for name, step in steps:
            with SteadyLoad(HOST, [port], questions(port)) as load:
                step()
                time.sleep(SETTLE)
            failed += load.failed.total()
            answered = ", ".join(f"{count} {method}" for method, count in sorted(load.answered.items()))
            print(
                f"{name:30} answered {answered}; slowest {load.slowest:.2f} s; failed {dict(load.failed)}", flush=True
            )
    finally:
        running.end_all()
    return failed


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", help="the version that is replaced")
    commit = parser.parse_args().commit
    os.chdir(ROOT)
    end_cleanly_on_signals()
    scratch = state_folder("rehearsal")
    for old in scratch.glob("postgres-*"):
        raise SystemExit(f"{old} is left of another rehearsal. Remove {scratch} and start again.")
    with services("rehearsal", durable=True) as given:
        failed = rehearse(commit, given, scratch)
    print("No request failed." if not failed else f"{failed} requests failed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

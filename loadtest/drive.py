"""Runs beside the service: starts the generator, watches CPU and memory of every part, asks the service how it did.

`python -m loadtest drive FOLDER`; FOLDER holds plan.json, world.json and the process ids of web, worker and beat.
"""

from __future__ import annotations

import http.client
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis

from devtools.places import ROOT
from devtools.ports import HOST
from devtools.run import answers
from devtools.trouble import Trouble
from loadtest.plan import Phase, load_at, phases
from loadtest.watch import cpu_seconds, memory, processes

READY_WITHIN = 60.0  # seconds
EACH = 1.0  # seconds between samples
MEMORY_EACH, SAY_EACH = 5, 10  # samples
PARTS = ("web", "worker", "beat")
# What is under way at the end may still be answered.
STOP_WITHIN = 2  # seconds


def main(arguments: Sequence[str]) -> int:
    """Run the generator and write FOLDER/watched.json; its exit status."""
    folder = Path(arguments[0])
    plan = json.loads((folder / "plan.json").read_text())
    until_ready(plan["port"])
    where = machine()
    roots = {name: int((folder / f"{name}.pid").read_text()) for name in PARTS} | servers()
    with (folder / "generator.log").open("w") as log:
        generator = subprocess.Popen(
            locust(plan["generator"], plan["port"]), env=for_generator(folder, plan), cwd=ROOT, stdout=log, stderr=log
        )
        try:
            samples = watched(generator, roots | {"generator": generator.pid}, phases(plan["length"]), folder)
        finally:
            generator.kill()
    if generator.returncode or not (folder / "generator.json").exists():
        print((folder / "generator.log").read_text()[-3000:], file=sys.stderr)
        return 1
    told = cache_stats(plan["port"], json.loads((folder / "world.json").read_text()))
    (folder / "watched.json").write_text(json.dumps({"machine": where, "samples": samples, "cache": told}))
    return 0


def until_ready(port: int) -> None:
    """Return when the service answers. Raises Trouble if it does not."""
    deadline = time.monotonic() + READY_WITHIN
    while not answers(port):
        if time.monotonic() > deadline:
            raise Trouble("The service did not start; its log says why.")
        time.sleep(0.1)


def locust(python: str, port: int) -> list[str]:
    """Return the command of the generator."""
    return [
        *(python, "-m", "locust", "-f", "loadtest/journeys.py", "--headless", "--host", f"http://{HOST}:{port}"),
        *("--only-summary", "--loglevel", "WARNING", "--stop-timeout", str(STOP_WITHIN), "--exit-code-on-error", "0"),
    ]


def for_generator(folder: Path, plan: dict[str, Any]) -> dict[str, str]:
    """Return the generator's environment: nothing of the service's keys."""
    known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return known | {
        "PYTHONPATH": str(ROOT),
        "LOADTEST_FOLDER": str(folder),
        "LOADTEST_USERS": str(plan["users"]),
        "LOADTEST_LENGTH": str(plan["length"]),
    }


def watched(
    generator: subprocess.Popen[bytes], roots: dict[str, int], plan: tuple[Phase, ...], folder: Path
) -> list[dict[str, Any]]:
    """Return a sample a second while the generator runs: CPU seconds so far by part, and now and then the memory."""
    samples: list[dict[str, Any]] = []
    begun = time.monotonic()
    while generator.poll() is None:
        alive = processes()
        sample: dict[str, Any] = {
            "at": time.time(),
            "cpu": {name: round(cpu_seconds(root, alive), 2) for name, root in roots.items()},
        }
        if len(samples) % MEMORY_EACH == 0:
            sample["memory"] = {name: memory(root, alive) for name, root in roots.items()}
        if len(samples) % SAY_EACH == 0:
            say(time.monotonic() - begun, plan, folder)
        samples.append(sample)
        time.sleep(max(0.0, begun + EACH * len(samples) - time.monotonic()))
    return samples


def say(second: float, plan: tuple[Phase, ...], folder: Path) -> None:
    """Tell how far it is."""
    asked = folder / "requests.csv"
    number = asked.read_bytes().count(b"\n") if asked.exists() else 0
    load = load_at(plan, second)
    share = f"{load.share:.0%} of the users, pace {load.pace:g}" if load else "ending"
    print(f"{second:4.0f} s  {share}, {number:,} requests so far", flush=True)


def servers() -> dict[str, int]:
    """Return the process ids of PostgreSQL and Valkey."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        backend = connection.info.backend_pid
        postmaster = processes()[backend].parent
    with Redis.from_url(os.environ["REDIS_URL"]) as valkey:
        return {"postgresql": postmaster, "valkey": int(valkey.info()["process_id"])}


def machine() -> dict[str, Any]:
    """Return what the figures were measured on and with."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        postgresql = connection.info.parameter_status("server_version")
    with Redis.from_url(os.environ["REDIS_URL"]) as client:
        info = client.info()
    return {
        "cpu": processor(),
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": system(),
        "load_before": round(os.getloadavg()[0], 2),
        "versions": {
            "Python": platform.python_version(),
            "Django": version("django"),
            "granian": version("granian"),
            "PostgreSQL": str(postgresql),
            "Valkey": str(info.get("valkey_version") or info["redis_version"]),
            "Celery": version("celery"),
        },
    }


def processor() -> str:
    """Return the processor's name as the kernel knows it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(("model name", "Model")):
            return line.partition(":")[2].strip()
    return platform.machine()


def system() -> str:
    """Return the name of the system and its kernel."""
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    except OSError:
        name = "Linux"
    return f"{name}, kernel {platform.release()}"


def cache_stats(port: int, world: dict[str, Any]) -> Any:
    """Return what the service says of its caches, asked as an operator."""
    credentials = {"username": world["operator"], "password": world["password"]}
    token = ask(port, "POST", "/api/v1/auth/token/", body=json.dumps(credentials))["access"]
    return ask(port, "GET", "/api/admin/cache/stats", token=token)


def ask(port: int, method: str, path: str, *, body: str | None = None, token: str = "") -> Any:
    """Return the JSON of a 200. Raises Trouble for anything else."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.OK:
        raise Trouble(f"{path} answered {answer.status} after the load test.")
    return json.loads(text)

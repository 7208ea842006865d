"""What `./dev loadtest` runs: hundreds of people on the service as in production, and a report of what they met."""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
from psycopg import sql
from redis import Redis

from devtools.environment import environment, owner_environment
from devtools.locks import Lock
from devtools.places import ROOT, state_folder
from devtools.ports import HOST, free_port
from devtools.processes import end_cleanly_on_signals, run_child
from devtools.run import manage_or_stop
from devtools.services import Services, services
from devtools.supervisor import Supervisor
from devtools.template import drop_database, in_database
from devtools.trouble import Trouble
from devtools.web_servers import granian
from loadtest.bench.apart import python_apart
from loadtest.plan import QUICK_USERS, STUDENTS, USERS, phases, seconds_of

RUN_DATABASE = "whitecross_run"
# Tells which process it is, and keeps what it says for whoever wants to know.
NOTED = 'echo $$ >"$0.pid"; exec "$@" >"$0.log" 2>&1'


def main(arguments: Sequence[str]) -> int:
    """Run the load test, stop all that was started; its exit status, also 1 for what the person can put right."""
    end_cleanly_on_signals()
    try:
        return load_test(arguments)
    except Trouble as trouble:
        print(f"dev: {trouble}", file=sys.stderr)
        return 1


def load_test(arguments: Sequence[str]) -> int:
    """Run the load test; 0 all promises kept, 3 one of them missed, 1 errors or nothing measured."""
    asked = parsed(arguments)
    if not Path("/proc/self/stat").exists():
        raise Trouble("The load test reads CPU and memory from /proc, so it runs on Linux alone. Nothing was started.")
    if os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"):
        raise Trouble(
            "The load test writes thousands of made-up records and empties its Valkey, so it runs on private servers "
            "alone. Leave out DATABASE_URL and REDIS_URL. Nothing was started."
        )
    python_apart()
    place = state_folder("loadtest")
    running = Lock(place / "running.lock")
    if not running.try_to_take():
        raise Trouble(
            f"A load test runs on {place} already. Wait for its end, or set WHITECROSS_STATE to another folder."
        )
    with services("loadtest", durable=True) as given:
        template = f"whitecross_{asked.students}"
        make_district(given, template, asked.students)
        folder = place / "run"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            clone(given, template)
            status = measure(given, folder, asked)
            if status or not (folder / "watched.json").exists():
                raise Trouble(f"The load test did not come to its end (exit {status}). Logs: {folder}/*.log.")
            return run_child(
                [sys.executable, "-m", "loadtest", "report", str(folder), str(asked.out.resolve())], environment(given)
            )
        finally:
            (folder / "world.json").unlink(missing_ok=True)  # the password
            with psycopg.connect(given.owner_url, autocommit=True) as owner:
                drop_database(owner, RUN_DATABASE)


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what was asked for: users, students, length, out."""
    usual, quick = (seconds_of(phases(length)) for length in ("usual", "quick"))
    parser = argparse.ArgumentParser(prog="./dev loadtest", description=load_test.__doc__)
    parser.add_argument(
        "--users", type=int, metavar="N", help=f"people at the same time ({USERS}; with --quick {QUICK_USERS})"
    )
    parser.add_argument("--students", type=int, default=STUDENTS, metavar="N", help=f"in the district ({STUDENTS})")
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--quick", dest="length", action="store_const", const="quick", default="usual",
        help=f"{quick:.0f} seconds instead of {usual:.0f}",
    )  # fmt: skip
    length.add_argument("--full", dest="length", action="store_const", const="full", help="10 minutes")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", default=state_folder("loadtest") / "report",
        help="where report.html and report.json go (%(default)s)",
    )  # fmt: skip
    asked = parser.parse_args(arguments)
    if asked.users is None:
        asked.users = QUICK_USERS if asked.length == "quick" else USERS
    if asked.users < 1 or asked.students < 100:
        parser.error("at least 1 user and 100 students")
    return asked


def make_district(given: Services, name: str, students: int) -> None:
    """Make a database with the district once and keep it; bring it up to date."""
    with psycopg.connect(given.owner_url, autocommit=True) as owner:
        there = owner.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
        if there is None:
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    owned = in_database(given.owner_url, name)
    env = environment(given, DATABASE_URL=in_database(given.database_url, name), WHITECROSS_OWNER_DATABASE_URL=owned)
    manage_or_stop(
        ["migrate", "--verbosity", "0", "--skip-checks"],
        owner_environment(given, DATABASE_URL=owned),
        "The load test's database could not be migrated",
    )
    must(["world", "district", str(students)], env, "The district could not be made")


def clone(given: Services, template: str) -> None:
    """Make the database of this run from the one with the district, so that each run begins with the same rows."""
    with psycopg.connect(given.owner_url, autocommit=True) as owner:
        drop_database(owner, RUN_DATABASE)
        owner.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(RUN_DATABASE), sql.Identifier(template)
            )
        )
    with Redis.from_url(given.redis_url) as valkey:
        valkey.flushall()


def measure(given: Services, folder: Path, asked: argparse.Namespace) -> int:
    """Start everything, let the generator run, stop everything; return its exit status."""
    port, meters = free_port(), folder / "prometheus"
    meters.mkdir(mode=0o700)
    env = environment(
        given,
        DATABASE_URL=in_database(given.database_url, RUN_DATABASE),
        WHITECROSS_ENVIRONMENT="production",
        WHITECROSS_DEMO="false",
        WHITECROSS_SILK="false",
        DEBUG="false",
        ALLOWED_HOSTS=HOST,
        SECURE_SSL_REDIRECT="false",  # there is no proxy
        PORT=str(port),
        PROMETHEUS_MULTIPROC_DIR=str(meters),
    )
    must(["world", "people", str(asked.users), str(folder)], env, "The people could not be made")
    plan = {
        "users": asked.users,
        "length": asked.length,
        "port": port,
        "commit": commit(),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "generator": str(python_apart()),
    }
    (folder / "plan.json").write_text(json.dumps(plan))
    supervisor = Supervisor(when_started=partial(say_where, folder))
    for name, command in programs(port, folder).items():
        supervisor.add(name, ["sh", "-c", NOTED, str(folder / name), *command], env)
    supervisor.add("load", [sys.executable, "-m", "loadtest", "drive", str(folder)], env)
    return supervisor.run()


def programs(port: int, folder: Path) -> dict[str, list[str]]:
    """Return the command of each part of the service, as in production."""
    celery = [
        sys.executable,
        "-W",
        "ignore:You're running the worker with superuser",
        "-m",
        "celery",
        "-A",
        "whitecross",
    ]
    return {
        "web": granian(port),
        "worker": [*celery, "worker", "-P", "threads", "-c", "4"],
        "beat": [*celery, "beat", "-s", str(folder / "beat-schedule")],
    }


def say_where(folder: Path, supervisor: Supervisor) -> None:
    """Tell where the programs' output goes."""
    supervisor.say(f"What web, worker and beat say goes to {folder}/*.log.")


def must(part: Sequence[str], env: Mapping[str, str], what_failed: str) -> None:
    """Run a part that nothing can go on without."""
    if status := run_child([sys.executable, "-m", "loadtest", *part], env):
        raise Trouble(f"{what_failed} (exit {status}, the reason is above). Nothing was measured.")


def commit() -> str:
    """Return the commit that is measured, with a word if files differ from it; "" where there is no git."""
    git = shutil.which("git")

    def told(*arguments: str) -> str:
        asked = subprocess.run([str(git), *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
        return asked.stdout.strip()

    if git is None or not (name := told("rev-parse", "--short=12", "HEAD")):
        return ""
    return f"{name} and changes not committed" if told("status", "--porcelain") else name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

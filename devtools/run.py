"""`./dev run`: everything White Cross needs, on this computer, until Ctrl-C."""

import http
import http.client
import shutil
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import psycopg

from devtools.environment import environment, owner_environment
from devtools.locks import Lock
from devtools.places import state_folder
from devtools.ports import HOST, free_port
from devtools.processes import end_by_signal, run_child
from devtools.services import Services, services
from devtools.supervisor import Supervisor
from devtools.trouble import Trouble
from devtools.web_servers import gunicorn

DEMO_STUDENTS = 400
READY_WITHIN = 60.0  # seconds
LOGINS = """
  nora     nurse at Oak Street Elementary      colin    counselor at Oak Street
  stella   nurse at Harbor Middle              sam      school administrator at Oak Street
  dana     district nurse, all schools         ivy      integration client (API)
  admin    superuser                           every password: whitecross
"""


def run(arguments: Sequence[str]) -> int:
    """Start the services, migrate, load the demo district into an empty database, serve."""
    if arguments:
        raise Trouble(
            f"./dev run takes no arguments, so {' '.join(arguments)!r} was not understood. PORT=… sets the port."
        )
    folder = state_folder("run")
    running = Lock(folder / "dev.lock")
    if not running.try_to_take():
        where = running.read()
        raise Trouble(
            f"Already running at {where} in another terminal." if where else "Already starting in another terminal."
        )
    running.write("")
    with services("run", durable=True) as given:
        migrate(given)
        seed_if_empty(given)
        port = free_port()
        running.write(f"http://{HOST}:{port}")
        return _serve(given, folder, port)


def migrate(given: Services) -> None:
    """Bring the database up to date, as its owner."""
    manage_or_stop(
        ["migrate", "--verbosity", "0", "--skip-checks"], owner_environment(given), "The database could not be migrated"
    )


def seed_if_empty(given: Services) -> None:
    """Load the demo district if there is no district at all."""
    with psycopg.connect(given.database_url) as connection:
        if connection.execute("SELECT FROM students_district LIMIT 1").fetchone() is not None:
            return
    print("Loading the demo district …", flush=True)
    manage_or_stop(
        ["seed_district", "--students", str(DEMO_STUDENTS), "--demo"],
        environment(given),
        "The demo district could not be loaded",
    )


def manage_or_stop(command: Sequence[str], env: Mapping[str, str], what_failed: str) -> None:
    """Run a management command that nothing can go on without."""
    status = run_child([sys.executable, "manage.py", *command], env)
    if status == 128 + signal.SIGINT:
        end_by_signal(signal.SIGINT)
    if status:
        raise Trouble(f"{what_failed} (exit {status}, the reason is above). What the database held before is kept.")


def _serve(given: Services, folder: Path, port: int) -> int:
    python = sys.executable
    metrics = folder / "prometheus"  # one file a process; those of earlier processes would be counted again
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(mode=0o700)
    env = environment(given, PORT=str(port), PROMETHEUS_MULTIPROC_DIR=str(metrics))
    supervisor = Supervisor(when_started=partial(_say_when_ready, port))
    supervisor.add("web", gunicorn(port), env)
    # Threads, not processes: a forked worker would inherit the open connection pool, and honcho signals whole groups.
    celery = [python, "-W", "ignore:You're running the worker with superuser", "-m", "celery", "-q", "-A", "whitecross"]
    supervisor.add("worker", [*celery, "worker", "-P", "threads", "-c", "4"], env)
    supervisor.add("beat", [*celery, "beat", "-s", str(folder / "beat-schedule")], env)
    return supervisor.run()


def _say_when_ready(port: int, supervisor: Supervisor) -> None:
    address = f"http://{HOST}:{port}"
    deadline = time.monotonic() + READY_WITHIN
    while not answers(port):
        if time.monotonic() > deadline:
            supervisor.say(f"\nWhite Cross does not answer at {address}/health/ready; the reason should be above.\n")
            return
        time.sleep(0.1)
    supervisor.say(f"\nWhite Cross is ready: {address}/\n{LOGINS}\nCtrl-C stops it.\n")


def answers(port: int) -> bool:
    """Say whether a White Cross on this port is ready to serve (no proxy in between, whatever the environment says)."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

"""What happens to the servers under load in bench `outage`: each of these goes wrong for some seconds and is over."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from redis import Redis

from devtools.keys import keys_of
from devtools.places import socket_folder, state_folder
from devtools.postgres import Postgres
from devtools.trouble import Trouble
from devtools.valkey import Valkey
from loadtest.bench.cpu import tree
from loadtest.bench.serving import Running

AWAY = 3.0  # seconds
STATE = "bench"

Outage = Callable[[], None]
"""Begins, lasts, and is over when it returns."""


def outages(web: Running) -> Mapping[str, Outage]:
    """Return each by its name. Raises Trouble on servers that are somebody's own: those are not ours to stop."""
    folder, keys = state_folder(STATE), keys_of(state_folder())
    sockets = socket_folder(folder)
    valkey = Valkey(folder, sockets, keys, durable=True)
    postgres = Postgres(folder, sockets, keys, durable=True)
    if quote(str(sockets)) not in os.environ["REDIS_URL"]:
        raise Trouble("bench outage stops its servers, so it does not run on those of DATABASE_URL and REDIS_URL.")

    def stopped() -> None:
        valkey.stop()
        time.sleep(AWAY)
        valkey.start()

    def paused() -> None:
        with halted(server_pid(valkey)):
            time.sleep(AWAY)

    def restarted() -> None:
        valkey.stop()
        valkey.start()

    def web_process_killed() -> None:
        os.kill(worker_of(web), signal.SIGKILL)
        time.sleep(AWAY)

    def postgres_restarted() -> None:
        postgres.stop()
        postgres.start()

    return {
        "valkey stopped": stopped,
        "valkey paused": paused,
        "valkey emptied": lambda: empty(valkey),
        "valkey restarted": restarted,
        "web process killed": web_process_killed,
        "postgres restarted": postgres_restarted,
    }


@contextmanager
def halted(pid: int) -> Iterator[None]:
    """Let a process stand still."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def empty(valkey: Valkey) -> None:
    """Let a Valkey forget everything."""
    with Redis.from_url(valkey.url()) as client:
        client.flushall()


def server_pid(valkey: Valkey) -> int:
    """Return the number of the Valkey that runs."""
    with Redis.from_url(valkey.url()) as client:
        return int(client.info("server")["process_id"])


def worker_of(web: Running) -> int:
    """Return one of the processes that answer: those that were started by the one that we started."""
    return next(pid for pid in tree(web.pid) if pid != web.pid and b"resource_tracker" not in command(pid))


def command(pid: int) -> bytes:
    """Return the command line of a process."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()

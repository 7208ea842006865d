"""How the background work does: asked of the broker (how much waits) and of the workers themselves (how it went)."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import current_app
from kombu import Connection

from metrics.histogram import Histogram
from metrics.parts import Unavailable
from metrics.probing import PROBE_SECONDS

ACCOUNT = "white_cross_account"
# Workers have this long to answer; all are heard, so it is also how long the question takes.
ANSWER_SECONDS = 1.0
# Tried twice at once and then given up: kombu's own default is to go on for ever.
IMPATIENT = {
    "socket_timeout": PROBE_SECONDS,
    "socket_connect_timeout": PROBE_SECONDS,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}


@contextmanager
def broker() -> Iterator[Connection]:
    """Open a connection to the message broker, whichever it is. Raises kombu's OperationalError or OSError."""
    with current_app.connection_for_read(connect_timeout=PROBE_SECONDS, transport_options=IMPATIENT) as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
        yield connection


def queue_lengths() -> dict[str, int]:
    """Return how many tasks wait in each queue for a worker to take them."""
    found = {}
    with broker() as connection:
        for name in current_app.amqp.queues:
            channel: Any = connection.channel()  # kombu's stubs leave its methods out
            try:
                found[name] = int(channel.queue_declare(queue=name, passive=True).message_count)
            except connection.channel_errors:
                found[name] = 0  # Redis knows no empty queue
            finally:
                channel.close()
    return found


def accounts() -> dict[str, dict[str, Any]]:
    """Ask all workers how they do; return the answer of each that gave one, by name. Takes ANSWER_SECONDS."""
    with broker() as connection:
        answers = current_app.control.broadcast(ACCOUNT, reply=True, timeout=ANSWER_SECONDS, connection=connection)
    found: dict[str, dict[str, Any]] = {}
    for answer in answers or []:
        found.update(answer)
    if not found:
        raise Unavailable(f"No worker answered within {ANSWER_SECONDS:g} s. Is one running, with this broker?")
    return found


def tasks_of(found: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return how the tasks of all workers went, since each worker began."""
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    times: dict[str, Histogram] = {}
    for account in found.values():
        for name, one in account["tasks"].items():
            outcomes[name].update(one["outcomes"])
            time = Histogram((*one["bounds"], math.inf), tuple(one["counts"]), one["total"])
            times[name] = times[name] + time if name in times else time
    return [
        {
            "task": name,
            **{outcome: outcomes[name][outcome] for outcome in ("succeeded", "failed", "retried")},
            "average_seconds": time.average,
            **{f"p{q}_seconds": time.quantile(q / 100) for q in (50, 95, 99)},
        }
        for name, time in sorted(times.items())
    ]

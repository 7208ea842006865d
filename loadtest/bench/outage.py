"""Bench `outage`: many connections at once, and servers that fail under load. Nobody may notice but by waiting.

First 500 connections ask for 30 s for the summaries of 200 students. Then, under 100 connections each time: Valkey
stopped for three seconds, paused (SIGSTOP), emptied, restarted; a web process killed; PostgreSQL restarted. All the
while a nurse writes, reads twice at once and compares, as a witness to wrong answers.

    errors                    answers that were none, or not 200; of the killed process not those it had in hand
    wrong_answers             what the witness read and had not just written
    connections_a_process     the most database connections that a web process had; the pool ends at 10
    latency_after_vs_before   the middle answer of 16 connections after an outage over before; the worst of the outages
    before_vs_before          the control: the same twice without an outage between

Whoever has a connection to the killed process loses it; the witness asks once more, as browsers and proxies do, and
meets nothing. A write that PostgreSQL's restart cut off is refused with 503 (`writes_refused`), never repeated.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from django.db import connection, connections

from devtools.trouble import Trouble
from loadtest.bench.cpu import tree
from loadtest.bench.district import ensure_district
from loadtest.bench.load import Asked, Generator, Load, Volley
from loadtest.bench.outages import Outage, outages
from loadtest.bench.readers import each, readers
from loadtest.bench.rounds import Result, figure, machine
from loadtest.bench.serving import Running, Server, raw, serving
from loadtest.bench.witness import Witness

MANY, LONG = 500, 30.0  # connections, seconds
FEWER, BEFORE_IT, UNDER_IT = 100, 1.0, 8.0
SAMPLE_CONNECTIONS, SAMPLE = 16, 3.0
NORMAL_WITHIN = 20.0  # seconds
KILLED = "web process killed"
# The 200 students' summaries are built once more; then all is as before.
ROUNDS_TO_WARM = 3


class Bench:
    """The service under load."""

    def __init__(self, web: Running, asks: list[Asked], generator: Generator) -> None:
        self.web, self.asks, self.generator = web, asks, generator

    def fire(self, connections_open: int, seconds: float) -> Volley:
        """Put a load on the service."""
        return self.generator.fire(Load(self.web.port, self.asks, connections_open, seconds))

    def latency(self) -> float:
        """Return the middle latency of a calm moment."""
        self.generator.fire(Load(self.web.port, self.asks, most=ROUNDS_TO_WARM * len(self.asks)))
        return self.fire(SAMPLE_CONNECTIONS, SAMPLE).checked("between outages").percentile(0.5)

    def under(self, outage: Outage) -> Volley:
        """Put a load on the service and let something fail meanwhile."""
        with ThreadPoolExecutor(1) as aside:
            fired = aside.submit(self.fire, FEWER, UNDER_IT)
            time.sleep(BEFORE_IT)
            outage()
            return fired.result()

    def crowd(self) -> tuple[Volley, int]:
        """Put many connections on the service; return what came back and the most database connections a process."""
        most = 0
        with ThreadPoolExecutor(1) as aside:
            fired = aside.submit(self.fire, MANY, LONG)
            while not fired.done():
                most = max([most, *database_connections(tree(self.web.pid)).values()])
                time.sleep(0.5)
            return fired.result(), most


def database_connections(processes: list[int]) -> Mapping[str, int]:
    """Return how many connections each of these processes has; each says its number (whitecross/database_limits.py)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name, count(*) FROM pg_stat_activity WHERE application_name = ANY(%s) GROUP BY 1",
            [[f"whitecross {pid}" for pid in processes]],
        )
        return dict(cursor.fetchall())


def run() -> Result:
    """Measure and return what was seen."""
    ensure_district()
    people = readers()
    with ExitStack() as stack:
        web = stack.enter_context(serving([Server("service")]))["service"]
        tokens = {person.user.pk: person.bearer(web) for person in people}
        path = "/api/v1/students/{}/health-summary/"
        asks = [Asked(raw("GET", path.format(student), tokens[person.user.pk])) for person, student in each(people)]
        bench = Bench(web, asks, stack.enter_context(Generator()))
        first = people[0]
        witness = stack.enter_context(Witness(web, tokens[first.user.pk], first.students[-1]))
        again, calm = bench.latency(), bench.latency()
        crowd, most = bench.crowd()
        connections.close_all()  # of this process: PostgreSQL is going to restart
        found: dict[str, dict[str, Any]] = {
            "crowd": {"errors": crowd.errors.total(), "answers": crowd.answers, "p99": figure(crowd.percentile(0.99))}
        }
        slowest = 0.0
        for name, outage in outages(web).items():
            before = witness.seen()
            volley = bench.under(outage)
            back = witness.seconds_until_hit(NORMAL_WITHIN)
            after = bench.latency()
            slowest = max(slowest, after / calm)
            lost = 0 if name != KILLED else volley.errors.total()
            found[name] = {
                "errors": volley.errors.total() - lost,
                "lost_with_process": lost,
                "answers": volley.answers,
                "slowest": figure(max(volley.waits)),
                "hit_again_after": figure(back),
                "witness": {what: number - before[what] for what, number in witness.seen().items()},
            }
            print(f"{name}: {found[name]}; {dict(volley.errors)}", file=sys.stderr)
        seen = witness.seen()
    if seen["writes"] == 0:
        raise Trouble("The witness wrote nothing, so nobody knows whether answers were wrong.")
    return Result(
        bench="outage",
        ratios={
            "errors": sum(one["errors"] for one in found.values()) + seen["errors"],
            "wrong_answers": seen["wrong"],
            "connections_a_process": most,
            "latency_after_vs_before": figure(slowest),
            "before_vs_before": figure(again / calm),
        },
        spread={},
        env={**machine(), "connections": MANY, "seconds": LONG, "outages": found, "witness": seen},
    )

"""Bench `summary`: the hot read by API, served as in production, against an empty view and against plain DRF.

Over HTTP, each on the same web server with the same workers and threads. CPU is that of the server's processes; `rps`
are answers a second with 16 connections that always ask. Four nurses read 200 students in turn.

    cached_cpu_vs_empty       a hit over a Django view that returns 2 KB without any middleware, CPU
    cached_rps_vs_naive       a hit over the naive DRF summary, answers a second
    uncached_rps_vs_naive     the same with the cache switched off
    uncached_cpu_vs_empty     CPU of that over the empty view
    cached_vs_uncached_rps    a hit over no cache, answers a second
    cached_p99_vs_p50         a hit, slowest hundredth over the middle
    middleware_vs_empty       the empty view behind all our middlewares, called as the API is by token, over without
    page_middleware_vs_empty  the same called as a page is
    empty_vs_empty_cpu, _rps  the control: the empty view twice

In process, 60 students a round, each asked of all in turn; wall time of the middle one.

    build_vs_bare_sql         records.summary.build over one statement written by hand, prepared, by psycopg
    naive_vs_build            the naive summary over ours
    bare_vs_bare              the control

The naive view is there to look bad: where it did not, the benchmark would not be measuring what it says.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import ExitStack
from http import HTTPStatus
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID

from django.utils import timezone

from devtools.trouble import Trouble
from loadtest.baselines.bare import BareSummary
from loadtest.baselines.naive import naive_bytes
from loadtest.bench.district import ensure_district
from loadtest.bench.load import Asked, Generator, Load
from loadtest.bench.measured import under_load
from loadtest.bench.readers import SUMMARY, Readings, each, readers
from loadtest.bench.rounds import Costs, Ratio, Result, side_by_side
from loadtest.bench.serving import Running, Server, raw, serving
from records.cached import forget
from records.summary import CACHE, build
from students.models import Student

ROUNDS, SECONDS, IN_PROCESS = 5, 1.5, 60
PLAIN = "loadtest.baselines.settings"
NAIVE = "/naive/{}/"
HIT, BYPASS = b"\r\nx-cache: hit\r\n", b"\r\nx-cache: bypass\r\n"
SERVERS = (
    Server("plain", PLAIN, ready="/empty/"),
    Server("chain", "loadtest.baselines.chain_settings", ready="/empty/"),
    Server("cached"),
    Server("uncached", application="loadtest.baselines.uncached:application"),
)
RATIOS = {
    "cached_cpu_vs_empty": Ratio("cached cpu", "empty cpu"),
    "cached_rps_vs_naive": Ratio("naive wall", "cached wall"),
    "uncached_rps_vs_naive": Ratio("naive wall", "uncached wall"),
    "build_vs_bare_sql": Ratio("in process build", "in process bare"),
    "naive_vs_build": Ratio("in process naive", "in process build"),
    "uncached_cpu_vs_empty": Ratio("uncached cpu", "empty cpu"),
    "cached_vs_uncached_rps": Ratio("uncached wall", "cached wall"),
    "cached_p99_vs_p50": Ratio("cached p99", "cached p50"),
    "middleware_vs_empty": Ratio("chain cpu", "empty cpu"),
    "page_middleware_vs_empty": Ratio("page chain cpu", "empty cpu"),
    "naive_cpu_vs_empty": Ratio("naive cpu", "empty cpu"),
    "empty_vs_empty_cpu": Ratio("empty again cpu", "empty cpu"),
    "empty_vs_empty_rps": Ratio("empty wall", "empty again wall"),
    "bare_vs_bare": Ratio("in process bare again", "in process bare"),
}
CONTROLS = {"empty_vs_empty_cpu": (0.9, 1.1), "empty_vs_empty_rps": (0.85, 1.15), "bare_vs_bare": (0.9, 1.1)}


def run() -> Result:
    """Measure and return the ratios."""
    ensure_district()
    people = readers()
    students = [student for _, student in each(people)]
    with ExitStack() as stack:
        bare = stack.enter_context(BareSummary.of_django())
        up = stack.enter_context(serving(SERVERS))
        generator = stack.enter_context(Generator())
        readings = Readings(people, up["cached"])
        readings.log_in()
        check(readings, up, bare)

        def load(at: Running, asks: Callable[[], list[Asked]]) -> Callable[[], Load]:
            return lambda: Load(at.port, asks(), seconds=SECONDS)

        def warm() -> None:
            readings.log_in()
            forget(f"{CACHE}:*")
            generator.fire(Load(up["cached"].port, readings.asks(SUMMARY), most=len(students))).checked("warming")

        empty = [Asked(raw("GET", "/empty/"))]
        by_token = [Asked(raw("GET", "/api/v1/empty/", {"Authorization": "Bearer x"}))]
        variants = {
            "empty": under_load(generator, up["plain"], load(up["plain"], lambda: empty)),
            "empty again": under_load(generator, up["plain"], load(up["plain"], lambda: empty)),
            "chain": under_load(generator, up["chain"], load(up["chain"], lambda: by_token)),
            "page chain": under_load(generator, up["chain"], load(up["chain"], lambda: empty)),
            "cached": under_load(
                generator, up["cached"], load(up["cached"], lambda: readings.asks(SUMMARY, HIT)), warm
            ),
            "uncached": under_load(
                generator, up["uncached"],
                load(up["uncached"], lambda: readings.asks(SUMMARY, BYPASS)), readings.log_in,
            ),
            "naive": under_load(
                generator, up["plain"], load(up["plain"], lambda: readings.asks(NAIVE)), readings.log_in
            ),
            "in process": in_process(bare),
        }  # fmt: skip
        for variant in variants.values():
            variant()  # every thread has its connection, every module is loaded, every statement prepared
        return side_by_side("summary", variants, RATIOS, CONTROLS, ROUNDS, connections=16, students=len(students))


def in_process(bare: BareSummary) -> Callable[[], Costs]:
    """Return the variant that builds the summaries of some students in this process, by each way in turn."""
    ids = list(Student.objects.order_by("pk").values_list("pk", flat=True))
    ways: dict[str, Callable[[UUID], bytes]] = {
        "build": lambda student: build(student, confidential=True),
        "bare": lambda student: bare(student, timezone.localdate()),
        "bare again": lambda student: bare(student, timezone.localdate()),
        "naive": naive_bytes,
    }

    def measure() -> Costs:
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for student in random.sample(ids, IN_PROCESS):
            build(student, confidential=True)  # its pages are in memory for whoever comes first
            for name in random.sample(list(ways), len(ways)):
                started = perf_counter()
                ways[name](student)
                seconds[name].append(perf_counter() - started)
        # The middle student: a sum would be of whatever the machine did meanwhile.
        return {name: median(several) for name, several in seconds.items()}

    return measure


def check(readings: Readings, up: dict[str, Running], bare: BareSummary) -> None:
    """Raise Trouble unless all ways answer with the same summaries, and the cache is used and not used as said."""
    wanted = {"cached": (SUMMARY, "hit"), "uncached": (SUMMARY, "bypass"), "plain": (NAIVE, "")}
    for (path, head), (_, student) in list(zip(readings.paths(SUMMARY), each(readings.people), strict=True))[::40]:
        true = comparable(build(student, confidential=True))
        found = {
            "bare": comparable(bare(student, timezone.localdate())),
            "naive in process": comparable(naive_bytes(student)),
        }
        up["cached"].get(path, head)
        for name, (pattern, cache) in wanted.items():
            status, headers, body = up[name].get(pattern.format(student), head)
            if status != HTTPStatus.OK or headers.get("x-cache", "") != cache:
                raise Trouble(f"{name}: status {status}, X-Cache {headers.get('x-cache')}. Nothing is measured.")
            found[name] = comparable(body)
        if wrong := [name for name, summary in found.items() if summary != true]:
            raise Trouble(f"The summaries of {', '.join(wrong)} differ from that of the service. Nothing is measured.")


def comparable(body: bytes) -> Any:
    """Return a summary without the moment at which it was made, and without what only the growth kernel can tell."""
    summary = json.loads(body)
    summary.pop("as_of")
    if growth := summary["growth"]:
        summary["growth"] = {"date": growth["date"], "bmi": round(growth["bmi"], 6)}
    return summary

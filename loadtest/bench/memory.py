"""Bench `memory`: what the service's processes hold after 100,000 requests, over what they held after 1,000.

Memory is the proportional share of each process's pages (PSS), summed over the server's processes once they are idle.
The requests are a mix: summaries from the cache and built anew, pages, searches, students that are somebody else's or
nobody's, addresses that do not exist, tokens that are none, each of those different from the one before.

    growth         White Cross after 100,000 requests over after 1,000; its spread is over every 10,000 between
    empty_growth   the control: the empty view of Django on the same web server, treated alike
    leak_growth    a view that keeps 8 KB of each of 20,000 answers: where this is not seen, the run says nothing
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from uuid import uuid4

from devtools.trouble import Trouble
from loadtest.bench.cpu import resident_bytes, settle
from loadtest.bench.district import ensure_district
from loadtest.bench.load import Asked, Generator, Load
from loadtest.bench.readers import SUMMARY, Readings, readers
from loadtest.bench.rounds import Result, figure, machine
from loadtest.bench.serving import Running, Server, raw, serving
from records.cached import forget
from records.summary import CACHE

FIRST, PART, PARTS, LEAKS = 1_000, 10_000, 10, 20_000
STUDENTS_EACH = 200
NOTICED = 1.1
WORDS = ("asthma", "fever", "headache", "inhaler", "nosebleed", "peanut")
MEGABYTE = 1 << 20
# Of a hundred requests; the rest are summaries.
PAGES, SEARCHES, NOBODY, NOWHERE, NO_TOKEN = 2, 2, 4, 2, 2


def run() -> Result:
    """Measure and return the ratios."""
    ensure_district()
    started = time.monotonic()
    with ExitStack() as stack:
        up = stack.enter_context(
            serving([Server("memory"), Server("plain", "loadtest.baselines.settings", ready="/empty/")])
        )
        generator = stack.enter_context(Generator())
        readings = Readings(readers(STUDENTS_EACH), up["memory"])
        cookies = [person.cookie() for person in readings.people]
        empty, leak = [Asked(raw("GET", "/empty/"))], [Asked(raw("GET", "/leak/"))]

        def mixed() -> list[Asked]:
            readings.log_in()
            forget(f"{CACHE}:*")
            return mix(readings, cookies)

        plain = held(generator, up["plain"], [(FIRST, lambda: empty), (PART * PARTS, lambda: empty)])
        leaked = held(generator, up["plain"], [(FIRST, lambda: leak), (LEAKS, lambda: leak)])
        ours = held(generator, up["memory"], [(FIRST, mixed), *[(PART, mixed)] * PARTS])
    growth = [bytes_ / ours[0] for bytes_ in ours[1:]]
    found = {"growth": growth[-1], "empty_growth": plain[-1] / plain[0], "leak_growth": leaked[-1] / leaked[0]}
    if found["leak_growth"] < NOTICED:
        raise Trouble(f"A leak of {LEAKS} answers is not seen ({found['leak_growth']:.3f}). The run is void.")
    return Result(
        bench="memory",
        ratios={name: figure(value) for name, value in found.items()},
        spread={
            **{name: [figure(value), figure(value)] for name, value in found.items()},
            "growth": [figure(min(growth)), figure(max(growth))],
        },
        env={
            **machine(),
            "requests": FIRST + PART * PARTS,
            "megabytes": [round(bytes_ / MEGABYTE, 1) for bytes_ in ours],
            "seconds": round(time.monotonic() - started),
        },
    )


def held(generator: Generator, server: Running, parts: Sequence[tuple[int, Callable[[], list[Asked]]]]) -> list[int]:
    """Send so many requests, part by part; return the bytes that the server holds after each."""
    found = []
    for number, asks in parts:
        generator.fire(Load(server.port, asks(), seconds=600, most=number)).checked(server.name)
        settle(server.pid)
        found.append(resident_bytes(server.pid))
    return found


def mix(readings: Readings, cookies: list[dict[str, str]]) -> list[Asked]:
    """Return a part's requests, shuffled."""
    summaries = readings.asks(SUMMARY)
    tokens, students = list(readings.tokens.values()), [person.students for person in readings.people]
    hundredth = PART // 100
    asks = [
        *(
            Asked(raw("GET", f"/students/{random.choice(students[place])}/", cookies[place]))
            for place in random.choices(range(len(cookies)), k=PAGES * hundredth)
        ),
        *(
            Asked(raw("GET", f"/api/v1/records/search/?q={random.choice(WORDS)}", random.choice(tokens)))
            for _ in range(SEARCHES * hundredth)
        ),
        *(
            Asked(raw("GET", SUMMARY.format(uuid4()), random.choice(tokens)), status=404)
            for _ in range(NOBODY * hundredth)
        ),
        *(
            Asked(raw("GET", f"/api/v1/{uuid4()}/", random.choice(tokens)), status=404)
            for _ in range(NOWHERE * hundredth)
        ),
        *(
            Asked(raw("GET", SUMMARY.format(uuid4()), {"Authorization": f"Bearer {uuid4()}"}), status=401)
            for _ in range(NO_TOKEN * hundredth)
        ),
    ]
    asks += random.choices(summaries, k=PART - len(asks))
    random.shuffle(asks)
    return asks

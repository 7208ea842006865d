"""Bench `write`: vital signs recorded by API, served as in production, against a bare INSERT of the same rows.

Over HTTP, each on the same web server with the same workers and threads, 16 connections that always ask, 200 students
of four nurses in turn. By API is the whole road: token, gate with its audit row, every value read and checked, the
record, the audit row, the student's new version, what refresh on write does, and the answer with what the database
computed. The insert is a plain view without any middleware that writes the record and its audit row, in one
transaction, into the same tables (loadtest.baselines.insert).

    api_vs_insert           answers a second, by API over insert: temperature, heart rate and pressure of a sick child;
                            nobody had the students open lately
    watched_vs_insert       the same when somebody had: each write makes the student's next summary too
    measured_vs_insert      height and weight beside them, each checked against growth charts and the last ones
    api_cpu_vs_insert       CPU of the server's processes, by API over insert
    insert_vs_insert        the control

What was written is taken out before each turn: a table that grows would slow down whoever comes later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Final

from django.utils import timezone

from devtools.trouble import Trouble
from loadtest.bench.district import ensure_district
from loadtest.bench.load import Asked, Generator, Load
from loadtest.bench.measured import under_load
from loadtest.bench.owner import as_owner
from loadtest.bench.readers import SUMMARY, Readings, each, readers
from loadtest.bench.rounds import Ratio, Result, side_by_side
from loadtest.bench.serving import Running, Server, raw, serving
from records.cached import forget
from records.models import HealthRecord

ROUNDS, SECONDS = 5, 2.0
SERVERS = (Server("plain", "loadtest.baselines.settings", ready="/empty/"), Server("service"))
VITALS: Final = "/api/v1/students/{}/vitals/"
SIGNS: Final = {"temperature": {"value": 98.6, "unit": "F"}, "heart_rate": 88, "systolic": 104, "diastolic": 66}
MEASURED: Final = SIGNS | {"height": {"value": 53, "unit": "in"}, "weight": {"value": 66, "unit": "lb"}}
RATIOS = {
    "api_vs_insert": Ratio("insert wall", "api wall"),
    "watched_vs_insert": Ratio("insert wall", "watched wall"),
    "measured_vs_insert": Ratio("insert wall", "measured wall"),
    "api_cpu_vs_insert": Ratio("api cpu", "insert cpu"),
    "insert_vs_insert": Ratio("insert again wall", "insert wall"),
}
CONTROLS = {"insert_vs_insert": (0.85, 1.15)}
# Charted by those who write here: a generated child's records have another source.
WRITTEN = "DELETE FROM records_healthrecord WHERE source = 'charted'"


def run() -> Result:
    """Measure and return the ratios."""
    ensure_district()
    people = readers()
    students = [student for _, student in each(people)]
    with ExitStack() as stack:
        up = stack.enter_context(serving(SERVERS))
        generator = stack.enter_context(Generator())
        readings = Readings(people, up["service"])

        def by_api(signs: Mapping[str, Any] = SIGNS) -> Load:
            body = json.dumps({"date": f"{timezone.localdate()}", **signs}).encode()
            head = {"Content-Type": "application/json"}
            asks = [Asked(raw("POST", path, token | head, body), 201) for path, token in readings.paths(VITALS)]
            return Load(up["service"].port, asks, seconds=SECONDS)

        def by_insert() -> Load:
            asks = [Asked(raw("POST", f"/insert/{student}/"), 201) for student in students]
            return Load(up["plain"].port, asks, seconds=SECONDS)

        def unwatched() -> None:
            clear()
            readings.log_in()
            forget("*")

        def watched() -> None:
            unwatched()
            load = Load(up["service"].port, readings.asks(SUMMARY), most=len(students))
            generator.fire(load).checked("opening the summaries")

        variants = {
            "insert": under_load(generator, up["plain"], by_insert, clear),
            "insert again": under_load(generator, up["plain"], by_insert, clear),
            "api": under_load(generator, up["service"], by_api, unwatched),
            "measured": under_load(generator, up["service"], lambda: by_api(MEASURED), unwatched),
            "watched": under_load(generator, up["service"], by_api, watched),
        }
        unwatched()
        check(up, readings)
        for variant in variants.values():
            variant()  # every thread has its connection, every module is loaded, every statement prepared
        found = side_by_side("write", variants, RATIOS, CONTROLS, ROUNDS, connections=16, students=len(students))
        clear()
    return found


def check(up: dict[str, Running], readings: Readings) -> None:
    """Raise Trouble unless both ways leave the same row behind."""
    (path, token), *_ = readings.paths(VITALS)
    body = json.dumps({"date": f"{timezone.localdate()}", **SIGNS}).encode()
    head = {**token, "Content-Type": "application/json", "Content-Length": str(len(body))}
    student = readings.people[0].students[0]
    statuses = up["service"].send("POST", path, head, body)[0], up["plain"].send("POST", f"/insert/{student}/")[0]
    rows = HealthRecord.objects.filter(student=student, source="charted")
    same = {(row.date, str(row.flags), row.type, row.temperature_c, row.heart_rate, row.systolic) for row in rows}
    if statuses != (201, 201) or len(rows) != 2 or len(same) != 1:
        raise Trouble(f"API and insert were answered {statuses} and left {same or 'nothing'}. Nothing is measured.")


def clear() -> None:
    """Take out what was written, and settle the tables."""
    as_owner((WRITTEN, "VACUUM records_healthrecord", "VACUUM records_searchentry"))

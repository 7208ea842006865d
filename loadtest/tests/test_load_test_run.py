"""A load test of six seconds with five people, on real web processes: everything but `./dev loadtest` around it."""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path

import pytest

from access.tests.people import make_district, make_school, make_student
from loadtest import world
from loadtest.bench.apart import python_apart
from loadtest.drive import PARTS
from loadtest.drive import main as drive
from loadtest.measured import Run
from loadtest.plan import STEPS, WRITE
from loadtest.report import report_of
from metrics.tests.serving import service
from records.models import HealthRecord

DAY = datetime.date(2026, 3, 2)


@pytest.fixture
def district(transactional_db: None) -> None:
    """Two schools of a generated district with three children each, all of whom coughed."""
    generated = make_district("generated")
    for name in ("first", "second"):
        for _ in range(3):
            student = make_student(make_school(name, district=generated))
            HealthRecord.objects.create(student=student, type="ILLNESS", date=DAY, notes="Dry cough since Monday.")


@pytest.fixture
def folder(district: None, tmp_path: Path) -> Path:
    """A run's folder with the people in it."""
    assert world.main(["people", "5", str(tmp_path)]) == 0
    return tmp_path


def test_people_come_read_write_search_and_what_they_met_is_told(folder: Path) -> None:
    meters = folder / "prometheus"
    meters.mkdir()
    for part in PARTS:
        (folder / f"{part}.pid").write_text(f"{os.getpid()}\n")
    with service(meters) as here:
        plan = {
            "users": 5,
            "length": "trial",
            "port": here.port,
            "commit": "",
            "started": "2026-11-24T12:00:00+00:00",
            "generator": str(python_apart()),
        }
        (folder / "plan.json").write_text(json.dumps(plan))
        assert drive([str(folder)]) == 0
    run = Run.read(folder)
    report = report_of(run)
    assert report["messages"] == []
    assert report["figures"]["failed"] == 0
    assert 1 <= report["figures"]["users"] <= 5
    assert report["steps"][0]["requests"] >= report["figures"]["users"]
    assert len(run.requests) > 5
    # Each write was looked for in the summary, and what the generator saw of the cache the service counted.
    recorded, seen = (len(run.of([step])) for step in STEPS[WRITE])
    assert recorded == seen == HealthRecord.objects.exclude(notes="Dry cough since Monday.").count()
    assert sum(cache["requests"] for cache in report["caches"]) >= sum(1 for request in run.requests if request.cache)
    assert run.machine["versions"]["PostgreSQL"].startswith("18")
    assert json.loads((folder / "world.json").read_text())["password"] not in json.dumps(report)


def test_the_password_is_for_nobody_else(folder: Path) -> None:
    path = folder / "world.json"
    made = json.loads(path.read_text())
    assert path.stat().st_mode & 0o077 == 0
    assert len(made["password"]) >= 32
    assert {len(person["children"]) for person in made["people"]} == {3}
    assert made["words"]


def test_words_stand_at_every_school(district: None) -> None:
    student = make_student(make_school("first"))
    HealthRecord.objects.create(student=student, type="ILLNESS", date=DAY, notes="Nosebleed, nursing care.")
    found = world.make_world(2)["words"]
    assert "cough" in found
    assert not {"nosebleed", "nurs"} & set(found)

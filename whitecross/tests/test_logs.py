"""Log lines: JSON with a fixed set of keys, and nothing about a child whatever happens."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access.models import User
from access.tests.people import api_client, make_student
from records.models import Allergy
from records.tests.summaries import DAY
from students.models import Student
from whitecross.logs import ALLOWED_KEYS, logging_settings

# All that is personal in what the tests below do.
PERSONAL = re.compile(
    r"\b(Ana|Alvarez|alvar|Peanut|1001|2018-03-14|03/14/2018|Zebra-note|nora|Nora|Rosa|whitecross-wrong)\b|lvare"
)


@pytest.fixture(params=["INFO", "DEBUG"])
def lines(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the service writes in production, at its own level and at the chattiest."""
    before = logging.getLogger().handlers[:]
    logging_settings(console=False, level=request.param)
    written = io.StringIO()
    (handler,) = [handler for handler in logging.getLogger().handlers if isinstance(handler, logging.StreamHandler)]
    handler.setStream(written)
    yield written
    logging_settings(console=django_settings.DEMO or django_settings.DEBUG, level="INFO")
    logging.getLogger().handlers[:] = before


@pytest.fixture
def nurse(nora: User, ana: Student) -> Client:
    """The browser of Nora; errors are answered, not raised."""
    Allergy.objects.create(student=ana, allergen="Peanut", severity=4)
    browser = Client(raise_request_exception=False)
    browser.force_login(nora)
    return browser


def written_about(lines: io.StringIO) -> list[dict[str, Any]]:
    """Return the lines, each of which is JSON, has only the allowed keys and says nothing personal."""
    text = lines.getvalue()
    assert PERSONAL.findall(text) == []
    found = [json.loads(line) for line in text.splitlines()]
    for line in found:
        assert line.keys() <= ALLOWED_KEYS
    return found


def requests(found: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(line["route"], line["status"]) for line in found if line["event"] == "request"]


def test_a_search_and_a_summary_leave_only_their_routes(lines: io.StringIO, nurse: Client, ana: Student) -> None:
    nurse.post("/students/search/", {"search": "alvarez"})
    nurse.post("/students/", {"search": "alvarez"})
    nurse.get("/students/?search=alvarez")
    for _ in range(2):
        nurse.get(f"/students/{ana.pk}/", headers={"Referer": "https://elsewhere.example/?q=Alvarez"})
    assert requests(written_about(lines)) == [
        ("students:search", 200),
        ("students:list", 200),
        ("students:list", 200),
        ("records:summary", 200),
        ("records:summary", 200),
    ]
    assert str(ana.pk) not in lines.getvalue()


def test_the_api_leaves_only_its_routes(lines: io.StringIO, nora: User, ana: Student) -> None:
    caller = api_client(nora)
    caller.get("/api/v1/students/?search=alvarez")
    caller.get("/api/v1/students/?identifier=1001")
    caller.get(f"/api/v1/students/{ana.pk}/health-summary/")
    caller.post(f"/api/v1/students/{ana.pk}/vitals/", {"date": "Alvarez", "note": "Zebra-note"}, format="json")
    caller.post("/api/v1/auth/token/", {"username": "nora", "password": "whitecross-wrong"}, format="json")
    assert [status for _, status in requests(written_about(lines))] == [200, 200, 200, 400, 401]


def test_what_is_recorded_or_refused_stays_out(lines: io.StringIO, nurse: Client, ana: Student, stella: User) -> None:
    address, today = f"/students/{ana.pk}/vitals/", f"{timezone.localdate():%Y-%m-%d}"
    nurse.post(address, {"height": "Alvarez", "note": "Zebra-note"})
    nurse.post(address, {"heart_rate": "88", "note": "Zebra-note", "date": today})
    nurse.get("/students/Alvarez/")
    nurse.get("/Alvarez/Ana/?name=Alvarez")
    nurse.get("/students/", headers={"Host": "alvarez.example"})
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(stella)
    strict.get(f"/students/{ana.pk}/")
    strict.post("/students/search/?name=Alvarez", {"search": "Alvarez"})
    assert [status for _, status in requests(written_about(lines))] == [422, 302, 404, 404, 400, 404, 403]


def test_failed_logins_and_a_lockout_stay_out(lines: io.StringIO, nora: User, client: Client) -> None:
    for _ in range(6):
        client.post("/accounts/login/", {"login": "nora", "password": "whitecross-wrong"})
    assert requests(written_about(lines))[-1] == ("account_login", 429)


def taken_number(*args: object, **kwargs: object) -> None:
    """Fail as a database does: its message quotes the row."""
    ana = Student.objects.get(student_number="1001")
    with transaction.atomic():
        make_student(ana.school, "Ana", "Alvarez", student_number="1001")


def bad_birth(*args: object, **kwargs: object) -> None:
    ana = Student.objects.get(student_number="1001")
    with transaction.atomic():
        make_student(ana.school, "Ana", "Alvarez", birth_date=DAY.replace(year=1800))


PARTS: dict[str, str] = {}


def chained(*args: object, **kwargs: object) -> None:
    try:
        PARTS["Alvarez"]
    except KeyError as error:
        error.add_note("This was about Ana Alvarez.")
        raise ValueError("Ana Alvarez is allergic to Peanut") from error


def grouped(*args: object, **kwargs: object) -> None:
    raise ExceptionGroup("Ana", [ValueError("Alvarez"), ExceptionGroup("Ana", [KeyError("Peanut")])])


@pytest.mark.parametrize("crash", [taken_number, bad_birth, chained, grouped])
def test_an_exception_is_logged_with_its_place_and_without_its_words(
    lines: io.StringIO, nurse: Client, ana: Student, monkeypatch: pytest.MonkeyPatch, crash: Callable[..., None]
) -> None:
    monkeypatch.setattr("records.views.summary_content.health_summary", crash)
    assert nurse.get(f"/students/{ana.pk}/").status_code == 500
    (line,) = [line for line in written_about(lines) if line["level"] == "error"]
    (first, *_) = line["exception"][-1:] or [{}]
    assert first["exc_type"]
    assert any(frame["name"] == crash.__name__ for stack in line["exception"] for frame in stack["frames"])


def test_an_exception_of_the_search_stays_without_the_text(
    lines: io.StringIO, nurse: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("students.views.audit.note", chained)
    assert nurse.post("/students/search/", {"search": "alvarez"}).status_code == 500
    assert any(line["level"] == "error" for line in written_about(lines))


def test_redis_away_is_said_without_what_was_to_be_kept(
    lines: io.StringIO, nurse: Client, ana: Student, settings: Settings, tmp_path: Path
) -> None:
    phi = settings.CACHES["phi"] | {"LOCATION": f"unix://{tmp_path}/nobody.sock"}
    settings.CACHES = settings.CACHES | {"phi": phi}
    assert nurse.get(f"/students/{ana.pk}/").status_code == 200
    assert {"warning", "error"} & {line["level"] for line in written_about(lines)}


def test_a_careless_line_loses_the_value_and_keeps_the_rest(lines: io.StringIO) -> None:
    log = structlog.get_logger("whitecross.careless")
    log.info("student opened", student="Ana Alvarez", allergies=["Peanut"], seconds=3)
    (line,) = written_about(lines)
    assert (line["event"], line["seconds"], line["logger"]) == ("student opened", 3, "whitecross.careless")


def test_no_key_that_could_hold_a_child_is_allowed() -> None:
    assert not {"student", "student_id", "name", "user", "username", "path", "query", "body", "args"} & ALLOWED_KEYS

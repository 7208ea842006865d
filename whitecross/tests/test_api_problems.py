"""Errors of the API: one shape, and nothing in them that was not meant to be told."""

import logging
from typing import Any

import pytest

from access.models import User
from access.tests.people import api_client
from students.models import Student

MEMBERS = {"type", "title", "status", "detail", "errors", "request_id"}


def problem(answer: Any, status: int) -> dict[str, Any]:
    """Return the problem of an answer that must be one."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    found: dict[str, Any] = answer.json()
    assert found.keys() == MEMBERS
    assert found["status"] == status
    assert found["request_id"] == answer["X-Request-ID"]
    assert found["detail"]
    return found


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1/",
        "/api/v2/students/",
        "/api/v1/students",
        "/api/v1/students/1/",
        "/api/v1/students/not-a-uuid/health-summary/",
        "/api/v1/students/0190a000-0000-7000-8000-000000000000/nothing/",
        "/api/v1/students/0190a000-0000-7000-8000-000000000000/allergies/7/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_address_that_is_none_is_404(db: None, path: str, method: str) -> None:
    assert "/api/schema/" in problem(getattr(api_client(), method)(path), 404)["detail"]


def test_the_callers_request_id_is_in_the_problem(db: None) -> None:
    answer = api_client().get("/api/v1/nothing/", headers={"X-Request-ID": "mine-0001"})
    assert problem(answer, 404)["request_id"] == "mine-0001"


@pytest.mark.parametrize("kind", ["records", "allergies", "conditions", "vaccinations"])
def test_what_cannot_be_posted_yet_is_405_and_says_what_can(nora: User, ana: Student, kind: str) -> None:
    answer = api_client(nora).post(f"/api/v1/students/{ana.pk}/{kind}/", {}, format="json")
    problem(answer, 405)
    assert answer["Allow"] == "GET, HEAD, OPTIONS"


def test_nothing_is_ever_deleted_by_api(nora: User, ana: Student) -> None:
    answer = api_client(nora).delete(f"/api/v1/students/{ana.pk}/")
    problem(answer, 405)
    assert answer["Allow"] == "GET, PATCH, HEAD, OPTIONS"


def test_another_media_type_than_json_is_406_to_ask_for_and_415_to_send(nora: User, ana: Student) -> None:
    vitals = f"/api/v1/students/{ana.pk}/vitals/"
    problem(api_client(nora).get(vitals, headers={"Accept": "text/html"}), 406)
    problem(api_client(nora).post(vitals, "heart_rate=80", content_type="application/x-www-form-urlencoded"), 415)


@pytest.mark.parametrize(
    "body",
    [
        '{"date": ',
        "",
        "date=2026-01-01",
        '{"heart_rate": NaN}',
        '{"note": "\\ud800"}',
        b'{"note": "\xff"}',
        "[" * 100_000,
        '{"a":' * 100_000,
    ],
    ids=["cut off", "empty", "form", "NaN", "surrogate", "not UTF-8", "deep list", "deep object"],
)
def test_malformed_json_is_400(nora: User, ana: Student, body: str | bytes) -> None:
    answer = api_client(nora).post(f"/api/v1/students/{ana.pk}/vitals/", body, content_type="application/json")
    assert problem(answer, 400)["errors"]


@pytest.mark.parametrize("body", ["[]", '"x"', "7", "null", "true"])
def test_json_that_is_no_object_is_400(nora: User, ana: Student, body: str) -> None:
    answer = api_client(nora).post(f"/api/v1/students/{ana.pk}/vitals/", body, content_type="application/json")
    assert problem(answer, 400)["errors"]


def test_a_body_without_end_is_413(nora: User, ana: Student) -> None:
    body = '{"note": "' + "x" * 3_000_000 + '"}'
    answer = api_client(nora).post(f"/api/v1/students/{ana.pk}/vitals/", body, content_type="application/json")
    problem(answer, 413)


def test_one_entry_a_field_though_two_things_are_wrong_with_it(nora: User) -> None:
    answer = api_client(nora).get("/api/v1/students/", {"search": "\x00" + "x" * 200})
    (error,) = problem(answer, 400)["errors"]
    assert error["attr"] == "search"
    assert "Null" in error["detail"]
    assert "100" in error["detail"]


@pytest.mark.parametrize("debug", [False, True])
def test_a_failure_of_ours_tells_the_request_id_and_nothing_else(
    nora: User,
    ana: Student,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    settings: Any,
    debug: bool,
) -> None:
    settings.DEBUG = debug

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(f"DETAIL: Failing row contains ({ana.family_name}, peanuts)")

    monkeypatch.setattr("records.api.summary.health_summary", fail)
    with caplog.at_level(logging.DEBUG):
        answer = api_client(nora).get(f"/api/v1/students/{ana.pk}/health-summary/")
    told = problem(answer, 500)
    assert "request id" in told["detail"]
    for secret in ("RuntimeError", "Traceback", "Alvarez", "summary.py"):
        assert secret not in answer.text
    assert "RuntimeError" in caplog.text  # where to look, and what kind it was
    assert "Alvarez" not in caplog.text


def test_no_log_line_holds_a_name_a_search_or_a_number(
    nora: User, ana: Student, caplog: pytest.LogCaptureFixture
) -> None:
    client = api_client(nora)
    with caplog.at_level(logging.DEBUG):
        client.get("/api/v1/students/", {"search": "Alvarez", "identifier": "1001"})
        client.get(f"/api/v1/students/{ana.pk}/health-summary/")
        client.patch(f"/api/v1/students/{ana.pk}/", {"given_name": "Anastasia", "grade": "?"}, format="json")
        client.post("/api/v1/auth/token/", {"username": "nora", "password": "Wrong-Alvarez"}, format="json")
    ours = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("django.db.backends")
    )
    assert ours
    for personal in ("Alvarez", "alvarez", "1001", "Anastasia", "2018-03-14"):
        assert personal not in ours

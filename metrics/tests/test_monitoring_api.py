"""The four monitoring endpoints: for staff alone, with real content, right also where a part cannot be had."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from access.models import User
from access.roles import Nurse
from access.tests.people import api_client, make_staff
from metrics import caches
from metrics.probing import own_redis
from students.models import School, Student

ENDPOINTS = ("performance", "cache/stats", "database/health", "workers/stats")
every_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS)
no_workers = pytest.mark.usefixtures("hasty")


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits a second for workers that are not there."""
    monkeypatch.setattr("metrics.workers.ANSWER_SECONDS", 0.05)


@pytest.fixture
def ask(admin: User, hasty: None) -> Callable[[str], Any]:
    """Ask an endpoint as the superuser."""

    def asked(endpoint: str) -> Any:
        answer = api_client(admin).get(f"/api/admin/{endpoint}")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
        return answer.json()

    return asked


@every_endpoint
@pytest.mark.parametrize("slash", ["", "/"])
@no_workers
def test_staff_come_in_by_token_and_by_session(admin: User, client: Client, endpoint: str, slash: str) -> None:
    client.force_login(admin)
    for caller in (client, api_client(admin)):
        answer = caller.get(f"/api/admin/{endpoint}{slash}")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
        assert answer["Cache-Control"] == "no-store"


@every_endpoint
@pytest.mark.parametrize("slash", ["", "/"])
def test_others_get_a_problem(nora: User, client: Client, endpoint: str, slash: str) -> None:
    path = f"/api/admin/{endpoint}{slash}"
    nobody = api_client().get(path)
    assert nobody.status_code == 401
    assert nobody["WWW-Authenticate"].startswith("Bearer")
    client.force_login(nora)
    for caller in (client, api_client(nora)):
        refused = caller.get(path)
        assert refused.status_code == 403
        assert refused.json()["request_id"] == refused["X-Request-ID"]
    for answer in (nobody, refused):
        assert answer["Content-Type"] == "application/problem+json"
    assert "ask your administrator" in refused.json()["detail"].lower()


@every_endpoint
def test_staff_who_were_deactivated_are_out_with_the_token_they_hold(oak_street: School, endpoint: str) -> None:
    former = make_staff("pat", Nurse, oak_street, is_staff=True)
    holder = api_client(former)
    User.objects.update(is_active=False)
    assert holder.get(f"/api/admin/{endpoint}").status_code == 401


@every_endpoint
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_they_only_answer_questions(admin: User, endpoint: str, method: str) -> None:
    assert getattr(api_client(admin), method)(f"/api/admin/{endpoint}").status_code == 405


@every_endpoint
def test_no_answer_names_anybody(
    nora: User, ana: Student, client: Client, ask: Callable[[str], Any], endpoint: str
) -> None:
    client.force_login(nora)
    client.get(f"/students/{ana.pk}/")
    client.post("/students/search/", {"search": "alvarez"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'Alvarez' || pg_sleep(0.01)::text")
    text = json.dumps(ask(endpoint))
    for personal in (str(ana.pk), ana.pk.hex, "lvarez", "nora", "oak-street", "Oak Street"):
        assert personal not in text


def test_performance_counts_what_was_asked(ask: Callable[[str], Any], nora: User, client: Client) -> None:
    def today(found: Any) -> Any:
        return next((view for view in found["requests"]["by_view"] if view["view"] == "today"), {"requests": 0})

    before = ask("performance")
    client.force_login(nora)
    for _ in range(7):
        client.get("/")
        client.get("/health/live")
    after = ask("performance")
    view = today(after)
    assert view["requests"] - today(before)["requests"] == 7
    assert 0 < view["p50_ms"] <= view["p95_ms"] <= view["p99_ms"]
    assert view["average_ms"] > 0
    # Together without the probes: our seven, and the first question to this endpoint.
    assert after["requests"]["requests"] - before["requests"]["requests"] == 8
    assert {"error_rate", "errors", "refused", "slow"} <= after["requests"].keys()
    assert after["memory"]["resident_bytes"] > 10_000_000
    assert after["slow_queries"]["slower_than_ms"] == 200
    assert "are both running?" in after["last_hour"]["unavailable"]


def test_performance_shows_errors_in_the_rate(
    ask: Callable[[str], Any], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr("students.views.render", lambda *given: 1 / 0)
    client.force_login(User.objects.get(username="admin"))
    before = ask("performance")["requests"]
    assert client.get("/").status_code == 500
    after = ask("performance")["requests"]
    assert after["errors"] == before["errors"] + 1
    assert 0 < after["error_rate"] < 1


def test_cache_stats_tell_hits_latency_keys_and_memory_by_name(
    transactional_db: None, ask: Callable[[str], Any], nora: User, ana: Student
) -> None:
    def summary(found: Any) -> Any:
        return next((one for one in found["caches"] if one["name"] == "summary"), {"hits": 0, "misses": 0})

    with own_redis(caches.location("phi")) as redis:
        redis.flushdb()
    before = summary(ask("cache/stats"))
    for _ in range(5):
        api_client(nora).get(f"/api/v1/students/{ana.pk}/health-summary/")
    found = ask("cache/stats")
    after = summary(found)
    assert (after["hits"] - before["hits"], after["misses"] - before["misses"]) == (4, 1)
    assert 0 < after["hit_rate"] < 1
    assert 0 < after["p50_ms"] <= after["p99_ms"]
    (kept,) = [one for one in found["keys"]["phi"]["by_name"] if one["name"] == "summary"]
    assert kept["keys"] == 1
    assert kept["memory_bytes"] > 200
    assert found["keys"]["phi"]["counted_all"] is True
    assert found["server"]["memory_bytes"] > 0


def test_only_known_names_come_out_of_keys(settings: Settings, transactional_db: None) -> None:
    with own_redis(caches.location("phi")) as client:
        client.set("phi:1:Ana Alvarez:x", "1", ex=30)
        client.set("phi:1:summary:x", "1", ex=30)
        client.set("phi", "1", ex=30)
        found = caches.keys("phi", {"summary"})
        client.delete("phi:1:Ana Alvarez:x", "phi:1:summary:x", "phi")
    assert {one["name"] for one in found["by_name"]} >= {"summary", "other"}
    assert "Alvarez" not in str(found)


def test_without_redis_the_rest_still_answers(ask: Callable[[str], Any], settings: Settings, tmp_path: Path) -> None:
    gone = f"unix://{tmp_path}/nobody.sock?db=1"
    settings.CACHES = {alias: {**cache, "LOCATION": gone} for alias, cache in settings.CACHES.items()}
    found = ask("cache/stats")
    assert found["server"] == {"unavailable": "The cache did not answer."}
    assert found["keys"]["phi"] == {"unavailable": "The cache did not answer."}
    assert isinstance(found["caches"], list)
    assert ask("performance")["memory"]["resident_bytes"] > 0


def test_without_the_broker_the_workers_cannot_be_asked_and_it_says_so(
    ask: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        "whitecross.celery.app.conf.broker_read_url", f"redis+socket://{tmp_path}/nobody.sock?virtual_host=2"
    )
    found = ask("workers/stats")
    sentence = {"unavailable": "The message broker did not answer."}
    assert (found["workers"], found["queues"], found["tasks"]) == (sentence, sentence, sentence)


def test_without_a_worker_it_says_so_and_still_tells_the_queues(ask: Callable[[str], Any]) -> None:
    found = ask("workers/stats")
    assert "No worker answered" in found["workers"]["unavailable"]
    assert found["queues"] == {"celery": 0}

"""The last hour: samples under one key for two hours, their differences, and the page that draws them."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.test import Client
from django_redis import get_redis_connection
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from access.models import User
from access.tests.people import PASSWORD, api_client
from metrics import page, samples
from metrics.histogram import Histogram
from metrics.parts import Unavailable
from metrics.readings import read_meters
from metrics.samples import KEY, Sample
from metrics.tasks import keep_sample
from students.models import Student
from whitecross.tests.browsing import DESKTOP, TABLET, visit

BOUNDS = (0.01, 0.1, 1.0, math.inf)
VIEW = ("records:summary", "GET")


@pytest.fixture(autouse=True)
def no_samples() -> Iterator[None]:
    """Begin and end without a sample."""
    get_redis_connection("default").delete(KEY)
    yield
    get_redis_connection("default").delete(KEY)


def sample(at: float, quick: int, slow: int = 0, hits: int = 0, misses: int = 0, errors: int = 0) -> Sample:
    """Return a sample that shows so many since the processes began."""
    time_ = Histogram(BOUNDS, (quick, quick, quick + slow, quick + slow), 0.005 * quick + 0.5 * slow)
    statuses = {"2xx": float(quick + slow), "5xx": float(errors)}
    return Sample(at, {VIEW: time_}, statuses, {("summary", "hit"): hits, ("summary", "miss"): misses})


def put(*kept: Sample) -> None:
    get_redis_connection("default").rpush(KEY, *(one.to_json() for one in kept))


def an_hour() -> None:
    """Keep samples as a busy hour leaves them: 20 quick answers every half minute, a slow spell, a pause."""
    now = time.time()
    quick, slow, hits, misses = 0, 0, 0, 0
    for number in range(121):
        if not 40 <= number < 50:
            quick, hits, misses = quick + 20, hits + 18, misses + 2
        if 80 <= number < 90:
            slow += 5
        put(sample(now - 3_600 + number * 30, quick, slow, hits, misses, errors=number // 60))


def test_a_sample_comes_back_as_it_was_kept(nora: User, client: Client) -> None:
    client.force_login(nora)
    client.get("/")
    kept = Sample.of(read_meters(), 1_000.5)
    assert kept.times["today", "GET"].count > 0
    assert Sample.from_json(kept.to_json()) == kept
    assert Sample.from_json(Sample(1.0, {}, {}, {}).to_json()) == Sample(1.0, {}, {}, {})


def test_the_task_keeps_one_key_for_two_hours_and_no_more_than_an_hour_of_samples(settings: Settings) -> None:
    for _ in range(samples.SAMPLES_KEPT + 5):
        put(sample(time.time(), 1))
    keep_sample.apply().get()
    store = get_redis_connection("default")
    assert store.llen(KEY) == samples.SAMPLES_KEPT == 121
    assert 7_100 < store.ttl(KEY) <= 7_200
    entry = settings.CELERY_BEAT_SCHEDULE["keep-sample"]
    assert entry["schedule"].total_seconds() == samples.SECONDS_BETWEEN
    assert entry["task"] == keep_sample.name


def test_probes_are_left_out_and_nobody_is_in_it(nora: User, ana: Student, client: Client) -> None:
    client.force_login(nora)
    for path in (f"/students/{ana.pk}/", "/health/live", "/metrics", "/students/?search=alvarez"):
        client.get(path)
    samples.keep(read_meters())
    (kept,) = get_redis_connection("default").lrange(KEY, 0, -1)
    assert b"records:summary" in kept
    for absent in (b"health_live", b'"metrics"', b"lvarez", b"nora", str(ana.pk).encode(), ana.pk.hex.encode()):
        assert absent not in kept


def test_what_happened_is_the_difference_of_two_samples() -> None:
    now = time.time()
    put(sample(now - 60, 10, hits=5), sample(now - 30, 30, slow=2, hits=25), sample(now, 30, slow=2, hits=25))
    first, second = samples.last_hour()
    assert first.times[VIEW].count == 22
    assert first.caches["summary", "hit"] == 20
    assert second.times[VIEW].count == 0


def test_processes_that_began_anew_lose_nothing_of_what_came_after() -> None:
    now = time.time()
    put(sample(now - 30, 1_000, hits=900, misses=100), sample(now, 7, hits=6, misses=1))
    (after,) = samples.last_hour()
    assert after.times[VIEW].count == 7
    assert after.caches == {("summary", "hit"): 6, ("summary", "miss"): 1}


def test_what_is_older_than_an_hour_does_not_count() -> None:
    now = time.time()
    put(sample(now - 7_000, 1), sample(now - 4_000, 500), sample(now - 1_800, 510), sample(now, 520))
    assert sum(one.times[VIEW].count for one in samples.last_hour()) == 10


def test_without_samples_it_says_who_keeps_them() -> None:
    with pytest.raises(Unavailable, match="Beat and a worker"):
        samples.last_hour()
    assert samples.seconds_since_the_last() is None
    put(sample(time.time() - 90, 1))
    assert samples.seconds_since_the_last() == pytest.approx(90, abs=5)


def test_minutes_hold_latency_errors_and_hit_rate_and_gaps_stay_gaps() -> None:
    an_hour()
    minutes = page.by_minute(samples.last_hour())
    assert 60 <= len(minutes) <= 62
    busy = [minute for minute in minutes if minute.requests]
    assert 3 <= len(minutes) - len(busy) <= 6
    assert {minute.hit_rate for minute in busy} == {90.0}
    assert max(minute.p95_ms or 0 for minute in busy) > 100
    assert min(minute.p95_ms or 0 for minute in busy) < 10
    assert sum(minute.errors for minute in minutes) == 2
    assert all(minute.p50_ms is None for minute in minutes if not minute.requests)


def test_the_endpoint_tells_the_same_hour(admin: User) -> None:
    an_hour()
    hour = api_client(admin).get("/api/admin/performance").json()["last_hour"]
    assert hour["requests"] == 110 * 20 + 10 * 5 + 2
    assert hour["errors"] == 2
    assert hour["by_view"][0]["view"] == "records:summary"
    assert hour["p50_ms"] < 10 < hour["p99_ms"]


def test_the_page_is_for_staff(nora: User, admin: User, client: Client) -> None:
    assert client.get("/ops/performance/").status_code == 302
    client.force_login(nora)
    assert client.get("/ops/performance/").status_code == 403
    client.force_login(admin)
    answer = client.get("/ops/performance/")
    assert answer.status_code == 200
    assert "No samples of the last hour yet" in answer.text


def test_the_page_opens_when_the_cache_is_away(admin: User, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(admin)

    def gone(*given: Any) -> Any:
        raise redis.ConnectionError("connection to 10.0.0.7 refused")

    monkeypatch.setattr("metrics.samples.get_redis_connection", gone)
    answer = client.get("/ops/performance/")
    assert answer.status_code == 200
    assert "does not answer" in answer.text
    assert "10.0.0.7" not in answer.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [DESKTOP, TABLET], ids=["desktop", "tablet"])
@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_an_operator_sees_the_hour_in_a_browser(
    browser: Browser, live_server: LiveServer, admin: User, size: tuple[int, int], javascript: bool
) -> None:
    an_hour()
    with visit(browser, live_server.url, size, javascript=javascript) as here:
        here.log_in("admin", PASSWORD)
        here.page.goto(f"{live_server.url}/ops/performance/")
        expect(here.page.get_by_role("img", name="Time to answer by minute")).to_be_visible()
        expect(here.page.get_by_role("img", name="Cache hit rate by minute")).to_be_visible()
        expect(here.page.locator("polyline")).not_to_have_count(0)
        expect(here.page.get_by_role("row").filter(has_text="records:summary")).to_contain_text("2,250")
        expect(here.page.get_by_role("row").filter(has_text="summary").last).to_contain_text("90")
        if javascript:  # neither measuring nor axe works without
            assert here.page.evaluate("document.documentElement.scrollWidth") <= size[0]
            assert here.accessible() == []

"""Each answer is counted and timed, by labels from short fixed lists that nobody can add to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from prometheus_client.metrics import MetricWrapperBase
from pytest_django import DjangoAssertNumQueries

from access.events import Action, Door, Outcome
from access.models import User
from access.tests.people import api_client
from metrics import meters
from metrics.middleware import MeasureMiddleware
from metrics.readings import read_meters
from students.models import Student
from whitecross.celery import app as celery_app
from whitecross.database_trouble import WORTH_ANOTHER_TRY

# Every error of a database that Django knows.
KINDS: list[type[Exception]] = [DatabaseError, InterfaceError, *DatabaseError.__subclasses__()]

Label = tuple[str, str, str]


def counted() -> dict[tuple[str, ...], float]:
    return read_meters().sums("wc_requests_total", ("view", "method", "status"))


class Counted:
    """What was counted since."""

    def __init__(self) -> None:
        self.before = counted()

    def since(self) -> dict[tuple[str, ...], float]:
        return {key: n - self.before.get(key, 0) for key, n in counted().items() if n != self.before.get(key, 0)}


def view_names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Return the name of every view of the URLconf as Django's resolver gives it."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from view_names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name or pattern.lookup_str}"


def test_an_answer_is_counted_once_with_its_view_method_and_class(nora: User, ana: Student, client: Client) -> None:
    client.force_login(nora)
    here = Counted()
    for _ in range(3):
        client.get(f"/students/{ana.pk}/")
    client.post(f"/students/{ana.pk}/")
    client.get("/Alvarez/Ana/")
    assert here.since() == {
        ("records:summary", "GET", "2xx"): 3,
        ("records:summary", "POST", "4xx"): 1,
        ("unmatched", "GET", "4xx"): 1,
    }


def test_its_time_is_counted_in_a_bucket_and_told_to_the_caller(db: None, client: Client) -> None:
    def live_times() -> int:
        time = read_meters().histograms("wc_request_seconds", ("view", "method")).get(("health_live", "GET"))
        return time.count if time else 0

    before = live_times()
    answer = client.get("/health/live")
    assert live_times() == before + 1
    assert re.fullmatch(r"\d+\.\dms", answer["X-Response-Time"])


def test_a_failure_is_counted_too() -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=500)

    here = Counted()
    request = RequestFactory().get("/")
    request.resolver_match = None
    MeasureMiddleware(broken)(request)
    assert here.since() == {("unmatched", "GET", "5xx"): 1}


def test_what_a_caller_makes_up_adds_no_label_and_is_not_remembered(db: None, client: Client) -> None:
    here = Counted()
    middleware = MeasureMiddleware(lambda request: HttpResponse(status=405))
    for number in range(50):
        request = RequestFactory().generic(f"MADEUP{number}", f"/Alvarez/{number}/")
        request.resolver_match = None
        middleware(request)
        client.get(f"/no/such/page/{number}/?name=Alvarez")
        client.get(f"/api/v1/no-such-{number}/")
    assert here.since() == {
        ("unmatched", "other", "4xx"): 50,
        ("unmatched", "GET", "4xx"): 50,
        ("api:no-such-address", "GET", "4xx"): 50,
    }
    assert len(middleware.known) == 1


def test_static_files_are_neither_counted_nor_slowed(db: None, client: Client) -> None:
    here = Counted()
    assert client.get("/static/css/pages.css").status_code == 200
    assert here.since() == {}


def test_counting_asks_neither_database_nor_cache(client: Client) -> None:
    # No access to the database is granted to this test.
    assert client.get("/health/live").status_code == 200


def test_the_middleware_of_django_prometheus_is_not_on_the_path() -> None:
    assert not [name for name in settings.MIDDLEWARE if "prometheus" in name]


def test_looks_and_cache_answers_are_counted_by_door_outcome_and_cache_name(
    nora: User, stella: User, ana: Student
) -> None:
    def told() -> tuple[dict[tuple[str, ...], float], dict[tuple[str, ...], float]]:
        reading = read_meters()
        return (
            reading.sums("wc_audit_rows_total", ("door", "outcome")),
            reading.sums("wc_cache_requests_total", ("name", "result")),
        )

    rows, asked = told()
    path = f"/api/v1/students/{ana.pk}/health-summary/"
    found = [api_client(nora).get(path)["X-Cache"] for _ in range(3)]
    api_client(stella).get(path)
    rows_after, asked_after = told()
    assert rows_after["api", "granted"] - rows.get(("api", "granted"), 0) == 3
    assert rows_after["api", "not_visible"] - rows.get(("api", "not_visible"), 0) == 1
    for result in set(found):
        assert asked_after["summary", result] - asked.get(("summary", result), 0) == found.count(result)


def test_many_rows_of_a_list_are_counted_as_many(nora: User, ana: Student, client: Client) -> None:
    client.force_login(nora)
    before = read_meters().sums("wc_audit_rows_total", ("door", "outcome")).get(("page", "granted"), 0)
    client.get("/students/")
    assert read_meters().sums("wc_audit_rows_total", ("door", "outcome"))["page", "granted"] == before + 1


def test_every_label_of_ours_is_from_a_fixed_list(nora: User, ana: Student, client: Client) -> None:
    client.force_login(nora)
    for path in (f"/students/{ana.pk}/", "/students/?search=alvarez", "/Alvarez/", "/api/v1/x/", "/health/ready"):
        client.get(path)
    lists: dict[str, set[str]] = {
        "view": {*view_names(get_resolver()), "unmatched"},
        "method": {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"},
        "status": {"1xx", "2xx", "3xx", "4xx", "5xx"},
        "result": {"hit", "miss", "bypass"},
        "door": set(Door.values),
        "outcome": {*Outcome.values, "succeeded", "failed", "retried", "other"},
        "task": set(celery_app.tasks),
        "kind": {kind.__name__ for kind in KINDS},
        "state": {"open", "in_use", "most"},
        "trouble": set(WORTH_ANOTHER_TRY),
        "name": {
            "summary",
            "summary_page",
            "records",
            "allergies",
            "conditions",
            "vaccinations",
            "vitals",
            "growth",
            "growth_statistics",
            "search",
        },
    }
    assert not set(Action.values) & lists["outcome"]
    told = {
        (label, value)
        for metric in all_of_ours()
        for sample in metric.samples
        for label, value in sample.labels.items()
        if label != "le"
    }
    assert told
    assert {(label, value) for label, value in told if value not in lists[label]} == set()


def all_of_ours() -> list[Any]:
    """Return what each meter of metrics.meters shows."""
    defined = [meter for meter in vars(meters).values() if isinstance(meter, MetricWrapperBase)]
    assert len(defined) > 10
    return [metric for meter in defined for metric in meter.collect()]


def test_the_pool_is_looked_at_once_a_second_at_most(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    monkeypatch.setattr("metrics.pool.pool_watch.write", lambda: looks.append(1))
    monkeypatch.setattr("metrics.pool.pool_watch.next_look", 0.0)
    with django_assert_num_queries(0):
        for _ in range(20):
            client.get("/health/live")
    assert 1 <= len(looks) <= 2

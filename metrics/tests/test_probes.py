"""The probes: alive, ready, and the scrape; for machines, without a login and without anything about a child."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from psycopg_pool import PoolTimeout
from pytest_django import DjangoAssertNumQueries, Settings

from access.models import User
from students.models import Student


def test_live_answers_and_touches_nothing(client: Client, settings: Settings, tmp_path: Path) -> None:
    # No access to the database is granted to this test, and Redis is nowhere.
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    answer = client.get("/health/live")
    assert (answer.status_code, answer.content) == (200, b"alive\n")


def test_ready_asks_the_database_once_and_the_cache(
    db: None, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "cache": "ok"}


def test_without_the_cache_it_is_ready_and_says_so(
    db: None, client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.REDIS_URL = f"unix://:secret@{tmp_path}/nobody.sock"
    started = time.monotonic()
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "cache": "unreachable"}
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("trouble", [OperationalError, PoolTimeout])
def test_without_the_database_it_is_not_ready_and_gives_no_address_away(
    db: None, client: Client, trouble: type[Exception]
) -> None:
    def refuse(execute: Callable[..., Any], *asked: Any) -> Any:
        raise trouble("connection to server at 10.0.0.7 failed for user whitecross")

    with connection.execute_wrapper(refuse):
        answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"database": "unreachable", "cache": "ok"}
    assert b"10.0.0.7" not in answer.content


@pytest.mark.parametrize("probe", ["/health/live", "/health/ready", "/metrics"])
def test_a_probe_needs_no_login_and_only_answers_questions(db: None, client: Client, probe: str) -> None:
    assert client.get(probe).status_code == 200
    assert client.head(probe).status_code == 200
    assert client.post(probe).status_code == 405


def test_the_scrape_counts_by_route_and_names_nobody(nora: User, ana: Student, client: Client) -> None:
    client.force_login(nora)
    client.get(f"/students/{ana.pk}/")
    client.post("/students/search/", {"search": "alvarez"})
    client.get("/students/Alvarez/")
    answer = client.get("/metrics")
    assert answer["Content-Type"].startswith("text/plain")
    text = answer.content.decode()
    assert 'view="records:summary"' in text
    for personal in (str(ana.pk), ana.pk.hex, "lvarez", "nora"):
        assert personal not in text

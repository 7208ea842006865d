"""The probes: alive, ready, and the scrape; for machines, without a login and without anything about a child."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from access.models import User
from metrics.probing import PROBE_SECONDS
from students.models import Student

FINE = {"database": "ok", "cache": "ok", "broker": "ok"}


@pytest.fixture
def no_cache(settings: Settings, tmp_path: Path) -> None:
    """The cache's Redis is nowhere."""
    phi: dict[str, Any] = dict(settings.CACHES["phi"])
    settings.CACHES = {**settings.CACHES, "phi": {**phi, "LOCATION": f"unix://:secret@{tmp_path}/nobody.sock?db=1"}}


def test_live_answers_and_touches_nothing(client: Client, no_cache: None) -> None:
    # No access to the database is granted to this test, and Redis is nowhere.
    answer = client.get("/health/live")
    assert (answer.status_code, answer.content) == (200, b"alive\n")


def test_ready_says_a_word_for_each_part(db: None, client: Client) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, FINE)


def test_without_the_cache_it_is_ready_and_says_so(db: None, client: Client, no_cache: None) -> None:
    started = time.monotonic()
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, FINE | {"cache": "unreachable"})
    assert time.monotonic() - started < PROBE_SECONDS


def test_without_the_database_it_is_not_ready_and_gives_no_address_away(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nowhere = {"host": str(tmp_path), "port": "9", "user": "whitecross", "password": "secret", "dbname": "whitecross"}
    monkeypatch.setattr("metrics.probing.database_parameters", lambda: nowhere)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, FINE | {"database": "unreachable"})
    for secret in (str(tmp_path), "secret", "whitecross"):
        assert secret not in answer.text


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
    for personal in (str(ana.pk), ana.pk.hex, "lvarez", "nora", "oak-street", "Oak Street"):
        assert personal not in text


def test_the_scrape_tells_of_the_servers(db: None, client: Client) -> None:
    lines = client.get("/metrics").content.decode().splitlines()
    for part in ("database", "cache", "broker", "processes"):
        assert f'wc_up{{part="{part}"}} 1.0' in lines
    assert 'wc_queue_length{queue="celery"} 0.0' in lines
    assert "wc_replica_lag_seconds 0.0" in lines


def test_a_server_that_is_away_costs_the_scrape_its_own_figures_alone(db: None, client: Client, no_cache: None) -> None:
    text = client.get("/metrics").content.decode()
    assert 'wc_up{part="cache"} 0.0' in text
    assert "wc_cache_keys" not in text
    assert 'wc_up{part="database"} 1.0' in text
    assert "wc_database_size_bytes " in text

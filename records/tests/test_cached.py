"""The door to the cache: what it keeps, how it tells, and that a crowd at a cold key builds once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.db import transaction
from redis import Redis

from access.models import User
from access.signals import cache_asked
from records.cached import answer, forget, key_of, of_school
from records.rollout import Rollout, remember
from records.summary import health_summary
from records.tests.summaries import look
from students.models import Student

SCHOOL = UUID(int=5)
PATIENCE = 20.0


@pytest.fixture
def told() -> Iterator[list[tuple[str, str]]]:
    """What the door tells about itself: name of the cache and result."""
    found: list[tuple[str, str]] = []

    def hear(sender: object, name: str, result: str, seconds: float, **kwargs: Any) -> None:
        assert 0 <= seconds < PATIENCE
        found.append((name, result))

    cache_asked.connect(hear)
    yield found
    cache_asked.disconnect(hear)


def redis() -> Redis:
    cache: Any = caches["phi"]
    client: Redis = cache.client.get_client()
    return client


def asked(key: str, value: bytes = b"value", **options: Any) -> tuple[bytes, str]:
    given = answer("search", key, lambda: value, about=b"about", schools=[SCHOOL], **options)
    return given.body, given.cache


@pytest.fixture
def key() -> str:
    """A key that nobody used before."""
    return f"search:{uuid4().hex}"


def test_it_is_built_once_kept_and_told(db: None, key: str, told: list[tuple[str, str]]) -> None:
    assert asked(key, b"first") == (b"first", "miss")
    assert asked(key, b"second") == (b"first", "hit")
    assert told == [("search", "miss"), ("search", "hit")]


def test_it_lives_as_long_as_was_asked_and_never_for_ever(db: None, key: str) -> None:
    asked(key, seconds=7)
    asked(f"{key}:usual")
    (seven,) = redis().keys(f"*{key}")
    (usual,) = redis().keys(f"*{key}:usual")
    assert 0 < redis().ttl(seven) <= 7
    assert 290 < redis().ttl(usual) <= 300


def test_it_lies_sealed_and_opens_only_with_what_it_is_about(
    db: None, key: str, told: list[tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    asked(key, b"Peanut, anaphylaxis")
    (name,) = redis().keys(f"*{key}")
    assert b"Peanut" not in (redis().get(name) or b"")
    moved = answer("search", key, lambda: b"built", about=b"something else", schools=[SCHOOL])
    assert (moved.body, moved.cache) == (b"built", "miss")
    assert "cached search does not open" in caplog.text


def test_inside_a_transaction_nothing_is_asked_and_nothing_kept(db: None, key: str) -> None:
    with transaction.atomic():
        assert asked(key) == (b"value", "bypass")
    assert asked(key) == (b"value", "miss")


def test_where_the_flag_is_off_nothing_is_asked_and_nothing_kept(
    db: None, key: str, told: list[tuple[str, str]]
) -> None:
    asked(key, b"old")
    remember(Rollout(off_at=frozenset({SCHOOL})), PATIENCE)
    assert asked(key, b"new") == (b"new", "bypass")
    remember(Rollout(), PATIENCE)
    assert asked(key) == (b"old", "hit")
    assert [result for _, result in told] == ["miss", "bypass", "hit"]


def test_an_error_of_the_builder_is_the_readers_and_nothing_is_kept(db: None, key: str) -> None:
    def fail() -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        answer("search", key, fail, about=b"about", schools=[SCHOOL])
    assert asked(key) == (b"value", "miss")


def test_fifty_readers_of_a_cold_key_build_it_once(db: None, key: str) -> None:
    built: list[str] = []  # appending is atomic

    def reader(together: threading.Barrier, key: str) -> bytes:
        def build() -> bytes:
            built.append(key)
            return b"value"

        together.wait(PATIENCE)
        return answer("search", key, build, about=b"about", schools=[SCHOOL]).body

    for burst in range(9):
        together = threading.Barrier(50)
        with ThreadPoolExecutor(50) as pool:
            found = [pool.submit(reader, together, f"{key}:{burst}") for _ in range(50)]
            assert {each.result(PATIENCE) for each in found} == {b"value"}
    assert sorted(built) == sorted(f"{key}:{burst}" for burst in range(9))


def test_a_key_says_nothing_but_opaque_ids() -> None:
    school, student = uuid4(), uuid4()
    key = key_of("summary", 1, school, student, 42, True)
    name, shape, of, about, version, audience, day = key.split(":")
    assert (name, shape, of, about, version, audience) == ("summary", "1", school.hex, student.hex, "42", "c")
    assert len(day) == 6
    assert key_of("summary", 1, school, student, 42, False) != key


def test_a_schools_answers_can_be_thrown_away_and_no_others(nora: User, stella: User, ana: Student) -> None:
    other = uuid4()
    health_summary(look(nora, ana))
    asked(key_of("test", 1, other, uuid4(), 1, True))
    assert forget(of_school(ana.school_id)) == 1
    assert forget(of_school(other)) == 1
    assert health_summary(look(nora, ana)).cache == "miss"

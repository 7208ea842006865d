"""The benchmark of the cache: the ideal is worked out exactly, the trace is the seed's, and the replay counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from django.core.management import call_command

from loadtest.bench import caching
from loadtest.bench.ideal import FIVE_MINUTES, IdealCache, hit_rate
from loadtest.bench.trace import LOOKS, Request, trace
from records import rollout
from records.cached import phi_cache


def answers(*requests: Request, renewed: bool) -> list[bool | None]:
    """Return what an ideal cache says to each request."""
    cache = IdealCache(renewed)
    return [cache.asked(request) for request in requests]


def test_a_value_is_there_for_five_minutes_from_when_it_was_made() -> None:
    looks = [Request(at, "summary", 1) for at in (0.0, 299.9, 300.0, 301.0)]
    assert answers(*looks, renewed=True) == [False, True, False, True]


def test_each_student_each_list_and_each_search_is_a_value_of_its_own() -> None:
    asked = [Request(0, "summary", 1), Request(1, "summary", 2), Request(2, "vitals", 1), Request(3, "search", 1)]
    assert answers(*asked, *asked, renewed=True) == [False] * 4 + [True] * 4


def test_a_write_renews_what_is_there_or_takes_it_away() -> None:
    asked = [
        Request(0, "summary", 1), Request(250, "write", 1), Request(400, "summary", 1), Request(401, "records", 1),
        Request(402, "summary", 2), Request(403, "write", 1), Request(404, "summary", 2),
    ]  # fmt: skip
    assert answers(*asked, renewed=True) == [False, None, True, False, False, None, True]
    assert answers(*asked, renewed=False) == [False, None, False, False, False, None, True]


def test_a_write_brings_back_nothing_that_had_ended_and_leaves_searches_alone() -> None:
    asked = [
        Request(0, "summary", 1), Request(0, "search", 1), Request(FIVE_MINUTES, "write", 1),
        Request(FIVE_MINUTES, "summary", 1), Request(FIVE_MINUTES - 1, "search", 1),
    ]  # fmt: skip
    assert answers(*asked, renewed=True) == [False, False, None, False, True]


def test_the_rate_counts_questions_from_a_time_on_and_no_writes() -> None:
    asked = [Request(0, "summary", 1), Request(5, "write", 1), Request(6, "summary", 1), Request(7, "vitals", 1)]
    assert hit_rate(asked, renewed=True) == pytest.approx(1 / 3)
    assert hit_rate(asked, renewed=True, since=6) == pytest.approx(1 / 2)


def test_the_trace_is_60_30_10_in_order_and_the_same_each_time() -> None:
    requests = trace(seconds=2000, visits_a_second=5, students=50, words=20)
    assert requests == trace(seconds=2000, visits_a_second=5, students=50, words=20)
    assert [request.at for request in requests] == sorted(request.at for request in requests)
    kinds = Counter(request.kind for request in requests)
    visits = kinds["records"] + kinds["write"] + kinds["search"]
    assert visits == pytest.approx(10_000, rel=0.05)
    assert kinds["records"] / visits == pytest.approx(0.6, abs=0.02)
    assert kinds["write"] / visits == pytest.approx(0.3, abs=0.02)
    assert kinds["summary"] == kinds["records"] + kinds["write"]
    students = Counter(request.about for request in requests if request.kind in LOOKS)
    assert students[0] > 2 * students[10] > 2 * students[40]
    assert max(students) == 49


@pytest.fixture
def district(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A tiny generated district, and a short trace about six of its children."""
    call_command("seed_district", students=12, schools=2, verbosity=0)
    for name, value in {
        "SECONDS": 420.0, "VISITS_A_SECOND": 0.25, "SCHOOLS": 1, "STUDENTS_A_SCHOOL": 4, "FILLED": 60.0,
    }.items():  # fmt: skip
        monkeypatch.setattr(caching, name, value)
    yield
    rollout.forget()
    phi_cache().clear()


@pytest.mark.django_db(transaction=True)
def test_it_gives_the_ratios_that_are_asked_for(district: None) -> None:
    found = caching.run()
    assert found["bench"] == "cache"
    assert {"hit_rate_vs_ideal", "hit_rate", "delete_on_write_vs_ideal"} == found["ratios"].keys()
    # Here the cache does what the ideal one does but for a step of five seconds, and without refresh much less.
    assert found["ratios"]["hit_rate_vs_ideal"] == pytest.approx(1.0, abs=0.03)
    assert found["ratios"]["delete_on_write_vs_ideal"] < 0.9
    assert sum(found["env"]["asked"].values()) > 100

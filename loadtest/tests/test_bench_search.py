"""The benchmark of search: it checks what it measures, and asks both sides the same question."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
from django.db import connection

from access.tests.people import make_district, make_school, make_student
from loadtest.bench import search
from loadtest.bench.search import World, check, ilike, p95, run
from records import rollout
from records.models import HealthRecord

DAY = datetime.date(2026, 3, 2)


@pytest.fixture
def district(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A generated district: two schools, 400 records, words in all, in one of twenty, in one of two hundred."""
    generated = make_district("generated")
    for name in ("first", "second"):
        student = make_student(make_school(name, district=generated))
        HealthRecord.objects.bulk_create(
            HealthRecord(
                student=student,
                type="ILLNESS",
                date=DAY - datetime.timedelta(days=number),
                notes="common" + " middling" * (number % 20 == 0) + " seldom" * (number == 7),
            )
            for number in range(200)
        )
    monkeypatch.setattr(search, "RARE", (0.001, 0.01))
    monkeypatch.setattr(search, "QUESTIONS", 4)
    monkeypatch.setattr(search, "SLOW_QUESTIONS", 2)
    monkeypatch.setattr(search, "ROUNDS", 2)
    yield
    rollout.forget()


def test_words_are_sorted_by_how_many_records_hold_them(district: None) -> None:
    assert World.found().words == {"common": ["common"], "mid": ["middl"], "rare": ["seldom"]}


def test_both_sides_answer_the_same_question(district: None) -> None:
    world = World.found()
    for kind in ("common", "mid", "rare"):
        question = world.question(kind)
        assert [record.pk for record in ilike(question)] == [pk for _, pk in question.rows(20)]


def test_a_search_that_finds_something_else_is_not_measured(district: None) -> None:
    world = World.found()
    check(world)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_searchentry")
    with pytest.raises(RuntimeError, match="nothing measured"):
        check(world)


def test_it_gives_the_ratios_that_are_asked_for(district: None) -> None:
    found = run()
    assert found["bench"] == "search"
    assert {"ilike_vs_common_p95", "common_vs_mid_p95"} <= found["ratios"].keys() == found["spread"].keys()
    assert all(ratio > 0 for ratio in found["ratios"].values())
    assert found["env"]["records"] == 400


def test_the_95th_percentile_is_that() -> None:
    waits = iter(range(100))
    assert p95(lambda: [sum(range(2_000)) for _ in range(next(waits))], 20) > 0
    assert [int(0.95 * (count - 1) + 0.5) for count in (1, 2, 8, 20, 60, 100)] == [0, 1, 7, 18, 56, 94]

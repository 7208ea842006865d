"""`warm_cache` makes the first look quick; `clear_cache` throws away what is cached, of one school or of all."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries, Settings

from access.models import AuditEvent, User
from access.tests.people import make_student
from records import warming
from records.rollout import Rollout, remember
from records.tests.searching import chart, looked_for
from records.tests.summaries import chart_something, shown, summary, true
from students.models import School, Student


def run(command: str, **options: Any) -> str:
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def hal(harbor_middle: School) -> Student:
    """Hal, of Harbor Middle."""
    return make_student(harbor_middle, "Hal", "Hart")


def test_after_warming_the_first_look_is_a_hit_and_right(nora: User, stella: User, ana: Student, hal: Student) -> None:
    chart_something(ana)
    assert run("warm_cache") == "Made 2 summaries at 2 schools.\n"
    assert summary(nora, ana).cache == summary(stella, hal).cache == "hit"
    assert shown(nora, ana) == true(ana)


def test_one_school_may_be_warmed(nora: User, stella: User, ana: Student, hal: Student) -> None:
    assert run("warm_cache", school="oak-street") == "Made 1 summaries at 1 schools.\n"
    assert (summary(nora, ana).cache, summary(stella, hal).cache) == ("hit", "miss")


def test_warming_shows_nobody_anything_so_nobody_is_on_record(ana: Student) -> None:
    run("warm_cache")
    assert not AuditEvent.objects.exists()


def test_confidential_rows_are_warmed_for_those_who_may_see_them_only(nora: User, ivy: User, ana: Student) -> None:
    chart(ana, "confidential cough", confidential=True)
    run("warm_cache")
    assert (summary(nora, ana).cache, summary(ivy, ana).cache) == ("hit", "miss")
    assert shown(ivy, ana)["record_counts"] == {}


def test_those_who_left_are_not_warmed(oak_street: School) -> None:
    make_student(oak_street, "Dan", "Doe", status=Student.Status.WITHDRAWN)
    assert run("warm_cache") == "Made 0 summaries at 1 schools.\n"


def test_a_write_after_warming_is_seen(nora: User, ana: Student) -> None:
    run("warm_cache")
    chart_something(ana)
    assert shown(nora, ana) == true(ana)


def test_it_takes_three_statements_a_step(
    oak_street: School, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(7):
        make_student(oak_street, f"Kim {number}", "Kay")
    monkeypatch.setattr(warming, "STUDENTS_A_STEP", 4)
    # Schools, how many, which; then versions and summaries for each of two steps.
    with django_assert_num_queries(7):
        assert run("warm_cache") == "Made 7 summaries at 1 schools.\n"


def test_where_the_flag_keeps_the_cache_off_nothing_is_made(nora: User, ana: Student, hal: Student) -> None:
    remember(Rollout(off_at=frozenset({ana.school_id})), 60)
    assert run("warm_cache") == "Made 1 summaries at 1 schools. The flag keeps the cache off at 1 others.\n"


@pytest.mark.parametrize("command", ["warm_cache", "clear_cache"])
def test_an_unknown_school_is_said(db: None, command: str) -> None:
    with pytest.raises(CommandError, match="There is no school 'nowhere'"):
        run(command, school="nowhere")


@pytest.mark.parametrize("command", ["warm_cache", "clear_cache"])
def test_without_redis_it_says_so(ana: Student, settings: Settings, command: str) -> None:
    phi: dict[str, Any] = settings.CACHES["phi"]
    settings.CACHES = settings.CACHES | {"phi": phi | {"LOCATION": f"unix:///nowhere/{command}.sock?db=0"}}
    with pytest.raises(CommandError, match="Redis does not answer"):
        run(command)


def test_one_schools_answers_and_all_searches_are_thrown_away(
    nora: User, stella: User, ana: Student, hal: Student
) -> None:
    chart(ana, "cough")
    run("clear_cache")
    for user, student in ((nora, ana), (stella, hal)):
        summary(user, student)
    looked_for(nora, "cough")
    assert run("clear_cache", school="oak-street") == "Threw away 2 cached answers.\n"
    assert (summary(nora, ana).cache, summary(stella, hal).cache) == ("miss", "hit")
    assert looked_for(nora, "cough").cache == "miss"
    assert run("clear_cache") == "Threw away 3 cached answers.\n"
    assert summary(stella, hal).cache == "miss"

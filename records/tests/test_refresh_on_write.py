"""Refresh on write: after a commit the next reader finds the new summary made, if anybody had read the old one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from redis import Redis

from access.events import Actor, Door
from access.models import User
from access.tests.people import make_student
from records import summary as summaries
from records.actions import record_vital_signs
from records.freshness import MOST_ANNOUNCED
from records.models import Allergy, Condition, HealthRecord
from records.refresh import VERSIONS_BACK
from records.rollout import Rollout, remember
from records.tests.summaries import DAY, shown, summary, true
from records.vital_signs import read
from students.models import School, Student

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[tuple[UUID, bool]]:
    """Every summary that is built: of whom, and whether with confidential rows."""
    found: list[tuple[UUID, bool]] = []
    build = summaries.build

    def noted(student_id: UUID, *, confidential: bool) -> bytes:
        found.append((student_id, confidential))
        return build(student_id, confidential=confidential)

    monkeypatch.setattr(summaries, "build", noted)
    return found


def redis() -> Redis:
    cache: Any = caches["phi"]
    client: Redis = cache.client.get_client()
    return client


def lives(student: Student) -> list[int]:
    """Return how long each cached summary of the student is still kept, in seconds."""
    return [redis().ttl(key) for key in redis().scan_iter("*:summary:*") if student.pk.hex in str(key)]


def test_the_first_look_after_a_write_is_a_hit_with_the_new_data(
    nora: User, ana: Student, built: list[tuple[UUID, bool]]
) -> None:
    summary(nora, ana)
    Allergy.objects.create(student=ana, allergen="Latex")
    again = summary(nora, ana)
    assert again.cache == "hit"
    assert [allergy["allergen"] for allergy in again.data["allergies"]] == ["Latex"]
    assert built == [(ana.pk, True)] * 2


def test_whom_nobody_looked_at_nothing_is_built_for(nora: User, ana: Student, built: list[tuple[UUID, bool]]) -> None:
    Allergy.objects.create(student=ana, allergen="Latex")
    assert built == []
    assert summary(nora, ana).cache == "miss"


def test_a_write_where_nobody_looked_costs_one_statement_and_one_trip(ana: Student) -> None:
    with CaptureQueriesContext(connection) as asked:
        Allergy.objects.create(student=ana, allergen="Latex")
    after = asked.captured_queries[[query["sql"] for query in asked.captured_queries].index("COMMIT") + 1 :]
    assert len(after) == 1
    assert "health_version" in after[0]["sql"]


def test_vital_signs_where_nobody_looked_cost_one_command_and_no_statement_more(
    nora: User, ana: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    send: Any = Redis.execute_command

    def noted(self: Redis, *args: Any, **options: Any) -> Any:
        asked.append(args[0])
        return send(self, *args, **options)

    monkeypatch.setattr(Redis, "execute_command", noted)
    signs = {"weight": read("weight", "48 kg")}
    with CaptureQueriesContext(connection) as statements:
        record_vital_signs(by=Actor(nora.pk, Door.PAGE), student_id=ana.pk, date=DAY, signs=signs)
    assert asked == ["EXISTS"]
    assert len(statements) == 2  # the birth date, and the one that writes


def test_each_audience_that_looked_has_its_own_made(
    nora: User, ivy: User, ana: Student, built: list[tuple[UUID, bool]]
) -> None:
    summary(ivy, ana)
    Condition.objects.create(student=ana, name="Asthma", confidential=True)
    assert built == [(ana.pk, False)] * 2
    summary(nora, ana)
    built.clear()
    Condition.objects.create(student=ana, name="Eczema")
    assert sorted(built) == [(ana.pk, False), (ana.pk, True)]
    assert [summary(user, ana).cache for user in (nora, ivy)] == ["hit", "hit"]
    assert len(shown(nora, ana)["conditions"]) == 2
    assert len(shown(ivy, ana)["conditions"]) == 1


def test_several_writes_in_one_transaction_build_once(nora: User, ana: Student, built: list[tuple[UUID, bool]]) -> None:
    summary(nora, ana)
    with transaction.atomic():
        for allergen in ("Latex", "Bees", "Milk"):
            Allergy.objects.create(student=ana, allergen=allergen)
    assert len(built) == 2
    assert summary(nora, ana).cache == "hit"
    assert shown(nora, ana) == true(ana)


@pytest.mark.parametrize("way", ["action", "update", "bulk_create", "save of the student", "delete"])
def test_whichever_way_it_is_written(nora: User, ana: Student, way: str) -> None:
    allergy = Allergy.objects.create(student=ana, allergen="Latex")
    summary(nora, ana)
    match way:
        case "action":
            signs = {"weight": read("weight", "48 kg")}
            record_vital_signs(by=Actor(nora.pk, Door.PAGE), student_id=ana.pk, date=DAY, signs=signs)
        case "update":
            Allergy.objects.filter(student=ana).update(reaction="Hives")
        case "bulk_create":
            HealthRecord.objects.bulk_create([HealthRecord(student=ana, type="ILLNESS", date=DAY)])
        case "save of the student":
            ana.preferred_name = "Annie"
            ana.save()
        case "delete":
            allergy.delete()
    assert summary(nora, ana).cache == "hit"
    assert shown(nora, ana) == true(ana)


def test_what_is_rolled_back_builds_nothing(nora: User, ana: Student, built: list[tuple[UUID, bool]]) -> None:
    summary(nora, ana)
    with transaction.atomic():
        Allergy.objects.create(student=ana, allergen="Latex")
        transaction.set_rollback(True)
    assert len(built) == 1
    assert summary(nora, ana).cache == "hit"


def test_a_savepoint_that_is_rolled_back_does_not_keep_a_later_write_from_being_told(nora: User, ana: Student) -> None:
    summary(nora, ana)
    with transaction.atomic():
        with transaction.atomic():
            Allergy.objects.create(student=ana, allergen="Never")
            transaction.set_rollback(True)
        Allergy.objects.create(student=ana, allergen="Latex")
    assert summary(nora, ana).cache == "hit"
    assert shown(nora, ana) == true(ana)


def test_the_new_one_lives_its_own_five_minutes(nora: User, ana: Student) -> None:
    summary(nora, ana)
    for key in redis().scan_iter("*:summary:*"):
        if ana.pk.hex in str(key):
            redis().expire(key, 40)
    Allergy.objects.create(student=ana, allergen="Latex")
    old, new = sorted(lives(ana))
    assert old <= 40
    assert 290 < new <= 300


def test_many_students_at_once_are_an_import_and_nobodys_summary_is_made(
    nora: User, oak_street: School, built: list[tuple[UUID, bool]]
) -> None:
    students = [make_student(oak_street, f"Kim {number}", "Kay") for number in range(MOST_ANNOUNCED + 1)]
    for student in students:
        summary(nora, student)
    built.clear()
    HealthRecord.objects.bulk_create(HealthRecord(student=each, type="ILLNESS", date=DAY) for each in students)
    assert built == []
    assert all(shown(nora, student) == true(student) for student in students)


def test_more_versions_than_it_looks_back_are_left_to_the_reader(nora: User, ana: Student) -> None:
    summary(nora, ana)
    with transaction.atomic():
        for number in range(VERSIONS_BACK + 1):
            Allergy.objects.create(student=ana, allergen=f"Allergen {number}")
    assert summary(nora, ana).cache == "miss"


def test_where_the_flag_is_off_nothing_is_made(nora: User, ana: Student, built: list[tuple[UUID, bool]]) -> None:
    summary(nora, ana)
    remember(Rollout(percent=0), 60)
    Allergy.objects.create(student=ana, allergen="Latex")
    assert len(built) == 1


def test_without_redis_the_write_stands(nora: User, ana: Student, settings: Settings) -> None:
    phi: dict[str, Any] = settings.CACHES["phi"]
    settings.CACHES = settings.CACHES | {"phi": phi | {"LOCATION": "unix:///nowhere/v.sock?db=0"}}
    Allergy.objects.create(student=ana, allergen="Latex")
    assert shown(nora, ana) == true(ana)


def test_a_failure_after_the_commit_takes_nothing_back_and_is_told(
    nora: User, ana: Student, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    summary(nora, ana)

    def fail(*args: Any, **kwargs: Any) -> bytes:
        raise DatabaseError("the connection is lost")

    with monkeypatch.context() as broken:
        broken.setattr(summaries, "build", fail)
        Allergy.objects.create(student=ana, allergen="Latex")
    assert "Error calling refresh" in caplog.text
    assert shown(nora, ana) == true(ana)

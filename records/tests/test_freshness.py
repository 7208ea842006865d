"""Freshness: whichever way something is written, the next summary shows it; what is rolled back changes nothing."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection, transaction
from django.utils import timezone

from access.models import User
from records.models import Allergy
from records.tests.summaries import look, shown, summary, true
from records.tests.writes import WRITES, World, bulk_create, call_action, make_world, save
from students.models import School, Student


@pytest.fixture
def world(dana: User, ana: Student, harbor_middle: School) -> World:
    """Ana, two other students, and one row of each kind about her."""
    return make_world(dana, ana, harbor_middle)


@pytest.mark.parametrize("way", WRITES)
def test_the_next_summary_shows_what_was_written(world: World, way: str) -> None:
    students = (world.ana, world.ben, world.hal)
    before = [shown(world.dana, student) for student in students]
    assert summary(world.dana, world.ana).cache == "hit"
    WRITES[way](world)
    now = [true(student) for student in students]
    assert now != before, "the write wrote nothing"
    assert [shown(world.dana, student) for student in students] == now


def test_no_other_student_is_built_anew(world: World) -> None:
    shown(world.dana, world.ben)
    call_action(world)
    assert summary(world.dana, world.ben).cache == "hit"


def test_a_write_that_matches_nothing_makes_nothing_new(world: World) -> None:
    shown(world.dana, world.ana)
    assert Allergy.objects.filter(allergen="Dust").update(allergen="Pollen") == 0
    assert summary(world.dana, world.ana).cache == "hit"


def test_a_rolled_back_write_changes_nothing(world: World) -> None:
    before, version = shown(world.dana, world.ana), look(world.dana, world.ana).health_version
    with transaction.atomic():
        call_action(world)
        save(world)
        bulk_create(world)
        transaction.set_rollback(True)
    assert look(world.dana, world.ana).health_version == version
    assert summary(world.dana, world.ana).cache == "hit"
    assert shown(world.dana, world.ana) == before == true(world.ana)


def test_after_a_savepoint_is_rolled_back_the_rest_is_shown(world: World) -> None:
    shown(world.dana, world.ana)
    with transaction.atomic():
        Allergy.objects.create(student=world.ana, allergen="Latex")
        with transaction.atomic():
            Allergy.objects.create(student=world.ana, allergen="Bees")
            transaction.set_rollback(True)
    found = shown(world.dana, world.ana)
    assert found == true(world.ana)
    assert {allergy["allergen"] for allergy in found["allergies"]} == {"Peanut", "Latex"}


def test_the_version_grows_by_one_for_each_statement_that_writes(world: World) -> None:
    version = look(world.dana, world.ana).health_version
    for number in range(1, 6):
        Allergy.objects.create(student=world.ana, allergen=f"Number {number}")
        assert look(world.dana, world.ana).health_version == version + number
    Allergy.objects.filter(student=world.ana).update(reaction="Hives")
    assert look(world.dana, world.ana).health_version == version + 6


def test_many_rows_are_updated_in_as_many_statements_as_one(world: World) -> None:
    """PostgreSQL takes 65,535 values a statement: a district's worth of rows must not be listed one by one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_allergy (id, student_id, allergen, category, severity, reaction, treatment, status,"
            " status_reason, flags, source, version, verified, code_system, code, created_at, updated_at)"
            " SELECT gen_random_uuid(), %s, 'Pollen', 'other', 0, '', '', 'active',"
            " '', '{}', 'charted', 1, false, '', '', now(), now() FROM generate_series(1, 70000)",
            [world.ben.pk],
        )
    version = look(world.dana, world.ben).health_version
    assert Allergy.objects.filter(allergen="Pollen").update(severity=1) == 70_000
    assert look(world.dana, world.ben).health_version == version + 1


def test_yesterdays_summary_is_not_shown_today(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    birthday = datetime.date(2026, 3, 14)
    ages = []
    for day in (birthday - datetime.timedelta(days=1), birthday):
        monkeypatch.setattr(timezone, "localdate", lambda day=day: day)
        ages.append(shown(world.dana, world.ana)["student"]["age"])
    assert ages == [7, 8]

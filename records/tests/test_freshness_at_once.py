"""Freshness with several people at once: transactions that really commit, other connections beside them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from django.db.models import F

from access.models import User
from access.tests.people import make_student
from records.models import Allergy, Condition
from records.summary import health_summary
from records.tests.summaries import look, shown, true
from records.tests.writes import WRITES, World, make_world
from students.models import School, Student
from students.models.student import StudentQuerySet

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20.0


@pytest.fixture
def world(dana: User, ana: Student, harbor_middle: School) -> World:
    """Ana, two other students, and one row of each kind about her."""
    return make_world(dana, ana, harbor_middle)


@pytest.fixture
def threads() -> Iterator[Callable[..., Future[object]]]:
    """Run functions beside the test, each with a connection of its own."""
    with ThreadPoolExecutor(8) as pool:

        def run(function: Callable[[], object]) -> Future[object]:
            def closing() -> object:
                try:
                    return function()
                finally:
                    connection.close()

            return pool.submit(closing)

        yield run


def test_a_reader_sees_the_old_until_the_commit_and_the_new_right_after(
    world: World, threads: Callable[..., Future[object]]
) -> None:
    before = shown(world.dana, world.ana)
    written, seen = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            Allergy.objects.create(student=world.ana, allergen="Latex")
            written.set()
            assert seen.wait(PATIENCE)

    done = threads(write)
    assert written.wait(PATIENCE)
    assert shown(world.dana, world.ana) == before
    seen.set()
    done.result(PATIENCE)
    after = shown(world.dana, world.ana)
    assert after != before
    assert after == true(world.ana)


@pytest.mark.parametrize(
    "way", ["create", "save", "student, saved twice", "school, saved", "delete", "save that moves"]
)
def test_a_write_whose_freshness_fails_does_not_stand(world: World, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """Without a transaction around it a write must still not be seen before its version, nor without it."""
    students = (world.ana, world.ben)
    before = [true(student) for student in students]

    def crash(*args: object, **kwargs: object) -> int:
        raise ConnectionResetError

    monkeypatch.setattr(StudentQuerySet, "make_stale", crash)
    monkeypatch.setattr(StudentQuerySet, "update", crash)
    with pytest.raises(ConnectionResetError):
        WRITES[way](world)
    assert [true(student) for student in students] == before


def test_what_a_rolled_back_transaction_read_of_itself_is_never_shown(world: World) -> None:
    """The next write takes its version again: a value that it had cached under that version would be believed."""
    shown(world.dana, world.ana)
    before = look(world.dana, world.ana)
    with transaction.atomic():
        opened = replace(before, health_version=before.health_version + 1)
        Allergy.objects.create(student=world.ana, allergen="Never happened")
        inside = health_summary(opened)
        assert inside.cache == "bypass"
        assert b"Never happened" in inside.body
        transaction.set_rollback(True)
    Allergy.objects.create(student=world.ana, allergen="Latex")
    found = shown(world.dana, world.ana)
    assert found == true(world.ana)
    assert {allergy["allergen"] for allergy in found["allergies"]} == {"Peanut", "Latex"}


LOW, HIGH = UUID(int=1), UUID(int=2)
NOWAIT = "SELECT id FROM {table} WHERE id = %s FOR NO KEY UPDATE NOWAIT"


@contextmanager
def holding(statement: str, *values: object) -> Iterator[None]:
    """Let somebody else do a statement in a transaction that stays open for the block."""
    with psycopg.connect(**outside()) as other:
        other.execute("SET CONSTRAINTS ALL IMMEDIATE")
        other.execute(statement, values)
        yield


def outside() -> dict[str, Any]:
    """Return how to connect as the service, past Django."""
    named = connection.settings_dict
    return {"host": named["HOST"], "dbname": named["NAME"], "user": named["USER"], "password": named["PASSWORD"]}


def somebody_waits() -> None:
    """Return when a connection of this database waits for a row that another holds."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(**outside(), autocommit=True) as other:
        deadline = time.monotonic() + PATIENCE
        while not other.execute(waiting).fetchone():
            assert time.monotonic() < deadline, "nobody waits"
            time.sleep(0.01)


def is_free(table: str, key: UUID) -> bool:
    """Whether nobody holds the row."""
    with psycopg.connect(**outside()) as other:
        try:
            other.execute(NOWAIT.format(table=table), [key])
        except psycopg.errors.LockNotAvailable:
            return False
    return True


def test_students_are_locked_in_the_order_of_their_ids(world: World, threads: Callable[..., Future[object]]) -> None:
    """Whoever waits for the first of two holds nothing yet that the other could wait for."""
    for key in (HIGH, LOW):  # in this order on the disk
        make_student(world.ana.school, f"Kid {key.int}", id=key)
    with holding(NOWAIT.format(table="students_student"), LOW):
        writer = threads(lambda: Student.objects.make_stale([HIGH, LOW]))
        somebody_waits()
        assert is_free("students_student", HIGH)
    writer.result(PATIENCE)


def test_rows_are_locked_in_the_order_of_their_ids(world: World, threads: Callable[..., Future[object]]) -> None:
    for key in (HIGH, LOW):
        Condition.objects.create(id=key, student=world.ben, name="Eczema")
    with holding(NOWAIT.format(table="records_condition"), LOW):
        writer = threads(lambda: Condition.objects.filter(name="Eczema").update(notes="Itches"))
        somebody_waits()
        assert is_free("records_condition", HIGH)
    assert writer.result(PATIENCE) == 2


def test_a_writer_does_not_wait_for_who_only_refers_to_the_student(world: World) -> None:
    """A row that refers to a student holds the student's key until it is committed, as any new row does."""
    with (
        holding(
            "INSERT INTO students_studentidentifier (student_id, system, value) VALUES (%s, 'urn:x', '1')", world.ana.pk
        ),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        Student.objects.make_stale([world.ana.pk, world.ben.pk])
        Allergy.objects.filter(student=world.ana).update(reaction="Hives")


def test_writers_on_the_same_students_neither_deadlock_nor_lose_a_version(
    world: World, threads: Callable[..., Future[object]]
) -> None:
    students = [world.ana, world.ben, world.hal, *(make_student(world.ana.school, f"Kid {n}") for n in range(5))]
    rounds, together = 12, threading.Barrier(4)
    for student in students:
        Condition.objects.create(student=student, name="Eczema")
    before = {student.pk: look(world.dana, student).health_version for student in students}

    def create_many(order: list[Student]) -> None:
        for _ in range(rounds):
            together.wait(PATIENCE)
            Allergy.objects.bulk_create(Allergy(student=student, allergen="Dust") for student in order)

    def update_many(order: str) -> None:
        for number in range(rounds):
            together.wait(PATIENCE)
            rows = Condition.objects.filter(name="Eczema").order_by(order)
            rows.update(notes=f"Round {number}")

    writers = [
        threads(lambda: create_many(students)),
        threads(lambda: create_many(students[::-1])),
        threads(lambda: update_many("pk")),
        threads(lambda: update_many("-pk")),
    ]
    for writer in writers:
        writer.result(PATIENCE * 3)
    after = {student.pk: look(world.dana, student).health_version for student in students}
    assert {after[pk] - before[pk] for pk in after} == {4 * rounds}


def test_readers_beside_writers_never_see_anything_older_than_the_last_commit(
    world: World, threads: Callable[..., Future[object]]
) -> None:
    committed, stop = [0], threading.Event()

    def write() -> None:
        for number in range(1, 41):
            Allergy.objects.filter(pk=world.allergy.pk).update(reaction=str(number), version=F("version") + 1)
            committed[0] = number
        stop.set()

    def watch() -> int:
        looks = 0
        while not stop.is_set():
            at_least = committed[0]
            (allergy,) = shown(world.dana, world.ana)["allergies"]
            assert int(allergy["reaction"] or 0) >= at_least
            looks += 1
        return looks

    readers = [threads(watch), threads(watch)]
    writer = threads(write)
    writer.result(PATIENCE * 3)
    assert all(reader.result(PATIENCE) for reader in readers)
    assert shown(world.dana, world.ana)["allergies"][0]["reaction"] == "40"

"""The search index holds what the records say: whichever way they are written, and whoever moves meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from access.models import User
from access.tests.people import make_student
from records.models import HealthRecord, SearchEntry
from records.tests.searching import DAY, chart, notes_found
from records.tests.writes import WRITES, World, make_world
from students.models import School, Student

PATIENCE = 20.0
TRUTH = """
    SELECT r.id, s.school_id, r.date, r.type, r.confidential,
           records_search_words(r.description, r.result, r.notes, r.provider)
    FROM records_healthrecord r JOIN students_student s ON s.id = r.student_id WHERE r.status <> 'entered_in_error'
"""
KEPT = "SELECT record_id, school_id, date, type, confidential, words FROM records_searchentry"


def differences() -> list[Any]:
    """Return the entries that are not what the records say, and those that are missing."""
    with connection.cursor() as cursor:
        cursor.execute(f"({TRUTH} EXCEPT {KEPT}) UNION ALL ({KEPT} EXCEPT {TRUTH})")
        return list(cursor.fetchall())


@pytest.fixture
def world(dana: User, ana: Student, harbor_middle: School) -> World:
    """Ana, two other students, and one row of each kind about her."""
    return make_world(dana, ana, harbor_middle)


@pytest.mark.parametrize("way", WRITES)
def test_whichever_way_something_is_written_the_index_follows(world: World, way: str) -> None:
    assert SearchEntry.objects.filter(record=world.record).exists()
    WRITES[way](world)
    assert differences() == []


def test_sql_typed_by_hand_is_followed_too(world: World) -> None:
    """An upsert runs the triggers of both its parts."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_healthrecord SET notes = 'ringworm', date = '2020-01-01', confidential = true")
        cursor.execute(
            "CREATE TEMPORARY TABLE copied ON COMMIT DROP AS SELECT id, student_id, date FROM records_healthrecord"
        )
        cursor.execute("INSERT INTO copied SELECT gen_random_uuid(), student_id, date FROM copied")
        columns = "status, status_reason, flags, source, version, created_at, updated_at, confidential, type"
        rest = "description, provider, code_system, code, result, notes"
        cursor.execute(
            f"INSERT INTO records_healthrecord (id, student_id, date, {columns}, {rest})"
            " SELECT id, student_id, date, 'final', '', '{}', 'hand', 1, now(), now(), false, 'OTHER',"
            " '', '', '', '', '', 'hives' FROM copied ON CONFLICT (id) DO UPDATE SET notes = excluded.notes"
        )
    assert differences() == []
    assert notes_found(world.dana, "hives") == ["hives", "hives"]


def test_what_is_rolled_back_leaves_nothing(world: World) -> None:
    with transaction.atomic():
        chart(world.ana, "ringworm")
        transaction.set_rollback(True)
    assert differences() == []
    assert notes_found(world.dana, "ringworm") == []


def test_a_student_who_changes_school_takes_the_records_along(
    nora: User, stella: User, ana: Student, harbor_middle: School
) -> None:
    chart(ana, "ringworm")
    ana.school = harbor_middle
    ana.save()
    assert notes_found(stella, "ringworm") == ["ringworm"]
    assert notes_found(nora, "ringworm") == []
    assert differences() == []


def test_a_write_that_changes_no_word_does_not_touch_the_index(ana: Student) -> None:
    record = chart(ana, "ringworm")

    def places() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ctid::text, xmin::text FROM records_searchentry WHERE record_id = %s", [record.pk])
            return list(cursor.fetchall())

    before = places()
    record.vital = {"heart_rate": 80}
    record.save()
    HealthRecord.objects.filter(pk=record.pk).update(flags=["fever"])
    Student.objects.filter(pk=ana.pk).update(grade="04")
    assert places() == before


def test_the_words_of_a_very_long_note_do_not_refuse_the_record(nora: User, ana: Student) -> None:
    """A tsvector holds a megabyte; what stands after the first hundred thousand letters is not searched."""
    chart(ana, "ringworm " + " ".join(f"w{number:x}" for number in range(400_000)))
    assert len(notes_found(nora, "ringworm")) == 1


# With several at once


@pytest.fixture
def threads() -> Iterator[Callable[[Callable[[], object]], Future[object]]]:
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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["record", "move"])
def test_a_record_written_while_its_student_moves_is_found_at_the_new_school(
    stella: User, ana: Student, harbor_middle: School, threads: Callable[..., Future[object]], first: str
) -> None:
    begun = threading.Event()

    def write() -> None:
        with transaction.atomic():
            chart(ana, "ringworm")
            begun.set()
            time.sleep(0.3)

    def move() -> None:
        with transaction.atomic():
            Student.objects.filter(pk=ana.pk).update(school=harbor_middle)
            begun.set()
            time.sleep(0.3)

    one, other = (write, move) if first == "record" else (move, write)
    running = threads(one)
    assert begun.wait(PATIENCE)
    other()
    running.result(PATIENCE)
    assert differences() == []
    assert notes_found(stella, "ringworm") == ["ringworm"]


@pytest.mark.django_db(transaction=True)
def test_writers_movers_and_the_reindexing_together_neither_deadlock_nor_lose_anything(
    dana: User, oak_street: School, harbor_middle: School, threads: Callable[..., Future[object]]
) -> None:
    students = [make_student(oak_street, f"Kim {number}", "Kay") for number in range(6)]
    records = [chart(student, f"cough {number}") for number, student in enumerate(students)]
    until = time.monotonic() + 3.0

    def insert(turn: int) -> None:
        chart(students[turn % 6], f"cough and {turn}")

    def insert_many(turn: int) -> None:
        rows = [HealthRecord(student=students[(turn * 5 + n) % 6], type="ILLNESS", date=DAY) for n in range(4)]
        HealthRecord.objects.bulk_create(rows)

    def change(turn: int) -> None:
        record = HealthRecord.objects.get(pk=records[turn % 6].pk)
        record.notes, record.status = f"fever {turn}", "amended"
        record.save()

    def take_back_and_restore(turn: int) -> None:
        status = "entered_in_error" if turn % 2 else "final"
        HealthRecord.objects.filter(pk=records[turn % 6].pk).update(status=status, status_reason="Wrong" * (turn % 2))

    def move(turn: int) -> None:
        Student.objects.filter(pk=students[turn % 6].pk).update(school=(oak_street, harbor_middle)[turn // 6 % 2])

    def reindex(turn: int) -> None:
        call_command("reindex_search", "--restart", stdout=StringIO())

    def over_and_over(work: Callable[[int], None]) -> int:
        turn = 0
        while time.monotonic() < until:
            work(turn)
            turn += 1
        return turn

    kinds = (insert, insert_many, change, take_back_and_restore, move, reindex)
    running = [threads(lambda work=work: over_and_over(work)) for work in kinds]
    assert all(future.result(PATIENCE) for future in running)
    assert differences() == []

"""Readers against writers: nobody who looks after a commit sees what was before it, also when the writer died.

The same harness tries a plain cache that deletes on write: it must catch that one, or it could catch nothing.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from redis import Redis

from access.models import User
from access.tests.people import make_student
from records import summary as summaries
from records.models import Allergy
from records.tests.summaries import summary
from students.models import Student

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60.0
READERS, LEAST_READS, LEAST_WRITES = 6, 500, 20
# Between reading the database and keeping what was read: as long as a busy process may take.
GAP_SECONDS = 0.004
DIE_AFTER_COMMIT = """
import os, sys, django
django.setup()
from django.db import transaction
from records.models import Allergy
with transaction.atomic():
    transaction.on_commit(lambda: os._exit(9))  # before whatever follows the commit
    allergy = Allergy.objects.get(pk=sys.argv[1])
    allergy.reaction = sys.argv[2]
    allergy.save()
"""


class Cache(Protocol):
    """A cache of summaries that is put to the test."""

    def number(self, student: Student) -> int:
        """Return what a reader sees of the student: the number in the allergy's reaction."""

    def written(self, student_id: UUID) -> None:
        """Do what follows a commit."""


@dataclass
class Ours:
    """The health summary as every door shows it."""

    reader: User

    def number(self, student: Student) -> int:
        return number_in(summary(self.reader, student).body)

    def written(self, student_id: UUID) -> None:
        """Do nothing: all of it is in the write itself."""


@dataclass
class DeleteOnWrite:
    """The usual way: read, build where it is missing, keep for five minutes; after a commit delete."""

    redis: Redis

    def number(self, student: Student) -> int:
        body: Any = self.redis.get(f"plain:{student.pk.hex}")
        if body is None:
            body = summaries.build(student.pk, confidential=True)
            self.redis.set(f"plain:{student.pk.hex}", body, 300)
        return number_in(body)

    def written(self, student_id: UUID) -> None:
        self.redis.delete(f"plain:{student_id.hex}")


def redis() -> Redis:
    cache: Any = caches["phi"]
    client: Redis = cache.client.get_client()
    return client


def number_in(body: bytes) -> int:
    (allergy,) = orjson.loads(body)["allergies"]
    return int(allergy["reaction"])


@pytest.fixture
def slow_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let some time pass between building and keeping, so that writers come in between."""
    build = summaries.build

    def slow(student_id: UUID, *, confidential: bool) -> bytes:
        body = build(student_id, confidential=confidential)
        time.sleep(random.uniform(0, GAP_SECONDS))
        return body

    monkeypatch.setattr(summaries, "build", slow)


@dataclass
class Seen:
    """What came of it."""

    reads: int = 0
    stale: int = 0


def fire(cache: Cache, students: list[Student], enough: Callable[[Seen], bool]) -> Seen:
    """Let readers look and writers write until it is enough; count the looks that missed what was committed before."""
    committed = {student.pk: 0 for student in students}
    seen, lock, over = Seen(), threading.Lock(), threading.Event()
    deadline = time.monotonic() + PATIENCE

    def going_on() -> bool:
        return not over.is_set() and time.monotonic() < deadline

    def read() -> None:
        while going_on():
            student = random.choice(students)
            before = committed[student.pk]
            number = cache.number(student)
            with lock:
                seen.reads += 1
                seen.stale += number < before
                if enough(seen) and min(committed.values()) > LEAST_WRITES:
                    over.set()
        connection.close()

    def write(student: Student) -> None:
        number = 0
        while going_on():
            number += 1
            allergy = Allergy.objects.get(student=student)
            allergy.reaction = str(number)
            allergy.save()
            cache.written(student.pk)
            committed[student.pk] = number
            time.sleep(random.uniform(0, 2 * GAP_SECONDS))
        connection.close()

    with ThreadPoolExecutor(READERS + len(students)) as pool:
        running = [pool.submit(read) for _ in range(READERS)] + [pool.submit(write, each) for each in students]
        for each in running:
            each.result(PATIENCE)
    assert min(committed.values()) > LEAST_WRITES
    return seen


@pytest.fixture
def students(ana: Student) -> list[Student]:
    """Two students with an allergy each, whose reaction the writers count up."""
    both = [ana, make_student(ana.school, "Ben", "Bach")]
    for student in both:
        Allergy.objects.create(student=student, allergen="Peanut", reaction="0")
    return both


def test_no_look_after_a_commit_is_stale(nora: User, students: list[Student], slow_to_keep: None) -> None:
    seen = fire(Ours(nora), students, lambda seen: seen.reads >= 3 * LEAST_READS)
    assert seen.reads >= LEAST_READS
    assert seen.stale == 0


def test_the_control_a_cache_that_deletes_on_write_is_caught(
    nora: User, students: list[Student], slow_to_keep: None
) -> None:
    seen = fire(DeleteOnWrite(redis()), students, lambda seen: seen.stale > 0 and seen.reads >= LEAST_READS)
    assert seen.stale >= 1


def die_after_commit(student: Student, number: int) -> None:
    """Write in another process, which ends right after the commit without doing anything that follows it."""
    (allergy,) = Allergy.objects.filter(student=student)
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "whitecross.settings"}
    command = [sys.executable, "-c", DIE_AFTER_COMMIT, str(allergy.pk), str(number)]
    ended = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=False)  # noqa: S603
    assert ended.returncode == 9


def test_a_writer_that_dies_after_its_commit_leaves_nothing_stale(nora: User, students: list[Student]) -> None:
    ours, plain = Ours(nora), DeleteOnWrite(redis())
    ana = students[0]
    assert ours.number(ana) == plain.number(ana) == 0
    die_after_commit(ana, 7)
    assert ours.number(ana) == 7
    # The control: what should have followed the commit never came, and the old answer stays for minutes.
    assert plain.number(ana) == 0


def test_writers_that_die_among_readers_leave_nothing_stale(
    nora: User, students: list[Student], slow_to_keep: None
) -> None:
    ours, ana, floor, over = Ours(nora), students[0], [0], threading.Event()
    stale, reads = [], []

    def read() -> None:
        while not over.is_set():
            before = floor[0]
            reads.append(ours.number(ana))
            stale.extend([(before, reads[-1])] if reads[-1] < before else [])
        connection.close()

    with ThreadPoolExecutor(READERS) as pool:
        running = [pool.submit(read) for _ in range(READERS)]
        for number in (1, 2, 3):
            die_after_commit(ana, number)
            floor[0] = number
            time.sleep(0.05)
        over.set()
        for each in running:
            each.result(PATIENCE)
    assert len(reads) >= LEAST_READS
    assert stale == []


def test_a_write_that_never_commits_is_never_seen(nora: User, students: list[Student]) -> None:
    ours, ana = Ours(nora), students[0]
    with transaction.atomic():
        Allergy.objects.filter(student=ana).update(reaction="9")
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(ours.number, ana).result(PATIENCE) == 0
        transaction.set_rollback(True)
    assert ours.number(ana) == 0

"""Sealing the trail: everything once, nothing that could still change, one chain however many seal."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import override_settings
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from access import seals
from access.keys import key_ring
from access.models import AuditEvent, AuditSeal
from access.seals import seal_pending
from access.tests.sealing import (
    PATIENCE,
    empty_trail,
    findings,
    note,
    run_command,
    seal_everything,
    sealed_rows,
    wait_for_others,
)
from access.tests.trail import owner

OTHER_KEY = "k2:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="


@pytest.fixture(autouse=True)
def trail(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A trail of this test alone."""
    with empty_trail(django_db_blocker):
        yield


def test_a_transaction_larger_than_a_seal_is_sealed_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "ROWS_A_SEAL", 3)
    note(1)
    seal_everything()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")  # a transaction without rows lies between
    note(8)
    note(1)
    seal_everything()
    assert sealed_rows() == 10
    assert findings() == []


def test_many_rows_make_several_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "ROWS_A_SEAL", 4)
    for _ in range(10):
        note(1)
    seal_everything()
    assert AuditSeal.objects.count() >= 3
    assert findings() == []


def test_a_transaction_still_open_is_not_sealed_around() -> None:
    ring = key_ring()
    with owner() as slow:
        slow.execute("INSERT INTO access_auditevent (action, door, actor_id) VALUES ('student_viewed', 'page', 4)")
        note(2)
        assert AuditEvent.objects.count() == 2
        assert seal_pending(ring.secrets, ring.newest) is None
        slow.commit()
    seal_everything()
    assert sealed_rows() == 3
    assert findings() == []


def test_a_row_rolled_back_leaves_no_gap_that_looks_like_a_removal() -> None:
    note(1)
    with transaction.atomic():
        note(5)
        transaction.set_rollback(True)
    note(1)
    seal_everything()
    assert sealed_rows() == 2
    assert findings() == []


def test_two_sealers_at_once_make_one_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "ROWS_A_SEAL", 3)
    for _ in range(30):
        note(1)
    together = threading.Barrier(2)

    def sealer() -> None:
        ring, deadline = key_ring(), time.monotonic() + PATIENCE
        together.wait(PATIENCE)
        try:
            while sealed_rows() < 30 and time.monotonic() < deadline:
                seal_pending(ring.secrets, ring.newest)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(sealer), pool.submit(sealer)]:
            done.result(PATIENCE)
    numbers = list(AuditSeal.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert sealed_rows() == 30
    assert findings() == []


def test_sealing_takes_few_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    note(200)
    seal_everything()
    note(200)
    wait_for_others()
    ring = key_ring()
    with django_assert_max_num_queries(12):
        seal_pending(ring.secrets, ring.newest)


def test_the_newest_key_of_the_ring_seals() -> None:
    key_ring.cache_clear()
    try:
        with override_settings(PHI_KEYS=OTHER_KEY):
            note(1)
            seal_everything()
            assert AuditSeal.objects.get().key_id == "k2"
            assert run_command()[0] == 0
    finally:
        key_ring.cache_clear()

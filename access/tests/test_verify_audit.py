"""Finding what a master of the database did to the trail after it was sealed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from uuid import UUID

import pytest
from pytest_django import DjangoDbBlocker
from uuid_utils.compat import uuid7

from access.keys import key_ring
from access.models import AuditEvent, AuditSeal
from access.seals import Finding, RestoredElsewhere, seal_pending, verify
from access.tasks import seal_audit_trail
from access.tests.sealing import (
    empty_trail,
    erase,
    findings,
    note,
    run_command,
    seal_everything,
    sealed_rows,
    three_seals,
    wait_for_others,
)
from access.tests.trail import tamper


@pytest.fixture(autouse=True)
def trail(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A trail of this test alone."""
    with empty_trail(django_db_blocker):
        yield


def test_a_healthy_trail_exits_0_and_says_how_much_it_checked() -> None:
    three_seals()
    status, said = run_command()
    assert status == 0
    assert "The audit trail is whole: 12 rows under" in said
    assert findings() == []


def test_an_empty_trail_is_healthy() -> None:
    assert run_command()[0] == 0


def test_the_command_seals_what_is_pending() -> None:
    note(3)
    wait_for_others()
    assert run_command()[0] == 0
    assert sealed_rows() == 3


def test_the_task_seals_what_is_pending() -> None:
    note(3)
    wait_for_others()
    seal_audit_trail()
    assert sealed_rows() == 3
    assert findings() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_id", 8),
        ("actor_id", None),
        ("student_id", UUID(int=0)),
        ("action", "health_summary_viewed"),
        ("door", "api"),
        ("outcome", "forbidden"),
        ("reason", "made up"),
        ("request_id", "another"),
        ("at", datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)),
        ("id", 10**12),
    ],
)
def test_a_changed_row_is_found_whatever_was_changed(column: str, value: object) -> None:
    students = three_seals()
    assert tamper(f"UPDATE access_auditevent SET {column} = %s WHERE student_id = %s", value, students[5]) == 1
    assert {finding.seal for finding in findings()} == {2}
    status, said = run_command()
    assert status == 1
    assert "seal 2: 1 of its rows were changed or added" in said


def test_a_changed_row_is_named_by_its_id() -> None:
    students = three_seals()
    number = AuditEvent.objects.get(student_id=students[5]).id
    tamper("UPDATE access_auditevent SET actor_id = 99 WHERE student_id = %s", students[5])
    assert f"row id {number}" in findings()[0].what


def test_a_removed_row_is_found() -> None:
    students = three_seals()
    assert tamper("DELETE FROM access_auditevent WHERE student_id = %s", students[0]) == 1
    assert findings() == [Finding(1, "1 of its 4 rows are changed or missing")]


def test_an_added_row_is_found() -> None:
    students = three_seals()
    tamper(
        "INSERT INTO access_auditevent (transaction, at, actor_id, student_id, action, door)"
        " SELECT transaction, at, 7, %s, action, door FROM access_auditevent WHERE student_id = %s",
        uuid7(),
        students[6],
    )
    (finding,) = findings()
    assert finding.seal == 2
    assert "added" in finding.what


def test_a_row_added_before_the_very_first_seal_is_found() -> None:
    three_seals()
    tamper("INSERT INTO access_auditevent (transaction, action, door) VALUES (1, 'student_viewed', 'page')")
    assert [finding.seal for finding in findings()] == [1]


def test_two_rows_that_changed_places_are_found() -> None:
    first, *_, last = three_seals()
    tamper(
        "UPDATE access_auditevent SET student_id = CASE student_id WHEN %s THEN %s ELSE %s END"
        " WHERE student_id IN (%s, %s)",
        first, last, first, first, last,
    )  # fmt: skip
    assert {finding.seal for finding in findings()} == {1, 3}


def test_a_row_moved_into_another_seal_is_found_in_both() -> None:
    first, *_, last = three_seals()
    tamper(
        "UPDATE access_auditevent SET transaction = (SELECT transaction FROM access_auditevent WHERE student_id = %s)"
        " WHERE student_id = %s",
        last, first,
    )  # fmt: skip
    assert {finding.seal for finding in findings()} == {1, 3}


def test_a_row_that_stands_twice_is_found() -> None:
    students = three_seals()
    try:
        tamper("ALTER TABLE access_auditevent DROP CONSTRAINT access_auditevent_pkey")
        tamper("INSERT INTO access_auditevent SELECT * FROM access_auditevent WHERE student_id = %s", students[5])
        assert findings() == [Finding(2, "its rows are in another order, or one stands twice")]
    finally:
        erase()
        tamper("ALTER TABLE access_auditevent ADD CONSTRAINT access_auditevent_pkey PRIMARY KEY (transaction, id, at)")


@pytest.mark.parametrize(
    "change",
    [
        "rows = rows - 1",
        "digest = digest || '\\x00'",
        "digest = '\\x00'",
        "row_digests = substring(row_digests FROM 17)",
        "row_digests = substring(row_digests FROM 1 FOR 48), rows = rows - 1",
        "end_transaction = end_transaction - 1",
        "key_id = 'unknown'",
        "number = 12",
    ],
)
def test_a_changed_seal_is_found(change: str) -> None:
    three_seals()
    assert tamper(f"UPDATE access_auditseal SET {change} WHERE number = 2") == 1
    assert findings()
    assert run_command()[0] == 1


def test_a_row_removed_together_with_its_digest_in_the_seal_is_found() -> None:
    students = three_seals()
    tamper("DELETE FROM access_auditevent WHERE student_id = %s", students[7])
    tamper(
        "UPDATE access_auditseal SET rows = rows - 1, row_digests = substring(row_digests FROM 1 FOR 48)"
        " WHERE number = 2"
    )
    assert Finding(2, "was itself changed, or the one before it was") in findings()


def test_a_removed_middle_seal_is_found() -> None:
    three_seals()
    tamper("DELETE FROM access_auditseal WHERE number = 2")
    assert Finding(2, "seals 2 to 2 are missing") in findings()


def test_a_middle_seal_removed_with_its_rows_and_renumbered_is_found() -> None:
    students = three_seals()
    tamper("DELETE FROM access_auditevent WHERE student_id = ANY(%s)", students[4:8])
    tamper("DELETE FROM access_auditseal WHERE number = 2")
    tamper("UPDATE access_auditseal SET number = 2 WHERE number = 3")
    assert findings()


def test_the_newest_seals_removed_with_their_rows_are_found_by_the_digest_noted_outside() -> None:
    students = three_seals()
    noted = bytes(AuditSeal.objects.get(number=3).digest).hex()
    assert run_command("--expect", noted)[0] == 0
    tamper("DELETE FROM access_auditevent WHERE student_id = ANY(%s)", students[4:])
    tamper("DELETE FROM access_auditseal WHERE number > 1")
    assert run_command()[0] == 0
    status, said = run_command("--expect", noted)
    assert status == 1
    assert "the newest seals were removed" in said


def test_a_later_look_does_not_cover_up_what_was_found() -> None:
    students = three_seals()
    tamper("DELETE FROM access_auditevent WHERE student_id = %s", students[0])
    note(2)
    seal_everything()
    assert AuditSeal.objects.count() == 4
    assert [finding.seal for finding in findings()] == [1]


def test_seals_of_an_older_key_stay_good_while_the_key_is_in_the_ring() -> None:
    three_seals()
    ring = key_ring()
    both = {"k2": bytes(32)} | ring.secrets
    note(2)
    wait_for_others()
    assert seal_pending(both, "k2")
    assert list(verify(both)) == []
    without_old = list(verify({"k2": bytes(32)}))
    assert {finding.seal for finding in without_old} == {1, 2, 3}
    assert "which is not in PHI_KEYS" in without_old[0].what


def test_a_key_that_only_claims_the_id_does_not_make_the_seal_agree() -> None:
    three_seals()
    assert {finding.seal for finding in verify(dict.fromkeys(key_ring().secrets, bytes(32)))} == {1, 2, 3}


def test_a_database_restored_into_a_new_cluster_is_named_instead_of_left_unsealed() -> None:
    three_seals()
    tamper("UPDATE access_auditseal SET end_transaction = end_transaction + 1000000000 WHERE number = 3")
    ring = key_ring()
    with pytest.raises(RestoredElsewhere, match="restored into a new cluster"):
        seal_pending(ring.secrets, ring.newest)

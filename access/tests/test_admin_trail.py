"""The audit trail in the admin: read, never written, and bounded however long it is."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access import audit
from access.admin_lists import CappedPaginator
from access.admin_trail import When
from access.events import Action, Actor, Door, Outcome
from access.models import AuditEvent, User
from students.models import Student

TRAIL = "/admin/access/auditevent/"
SEALS = "/admin/access/auditseal/"
SEAL = """
    INSERT INTO access_auditseal (number, key_id, first_transaction, end_transaction, rows, row_digests, digest)
    VALUES (7, 'k1', 1, 2, 1, %s, %s)
"""


@pytest.fixture
def admin_client(admin: User, client: Client) -> Client:
    client.force_login(admin)
    return client


def seen_by(user: User, *students: Student) -> None:
    audit.note(Actor(user.pk, Door.PAGE), Action.HEALTH_SUMMARY_VIEWED, [student.pk for student in students])


def test_the_trail_says_who_what_and_whom_and_looking_is_itself_on_record(
    admin: User, admin_client: Client, nora: User, ana: Student
) -> None:
    seen_by(nora, ana)
    page = admin_client.get(TRAIL).text
    assert "nora" in page
    assert "Looked at the health summary" in page
    assert f"/admin/students/student/{ana.pk}/change/" in page
    rows = AuditEvent.objects.filter(actor_id=admin.pk, action=Action.ADMIN_VIEWED)
    assert [row.student_id for row in rows] == [ana.pk]


@pytest.mark.parametrize("where", [TRAIL, SEALS])
def test_nothing_is_added_changed_or_deleted(admin_client: Client, where: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SEAL, [b"d" * 16, b"s" * 32])
    assert admin_client.get(f"{where}add/").status_code == 403
    assert admin_client.post(f"{where}7/change/", {"rows": "2"}).status_code in {403, 404}
    assert admin_client.post(f"{where}7/delete/", {"post": "yes"}).status_code in {403, 404}
    assert 'name="action"' not in admin_client.get(where).text


def test_a_person_s_looks_and_looks_at_a_student_are_found(
    admin_client: Client, nora: User, stella: User, ana: Student
) -> None:
    seen_by(nora, ana)
    audit.note(Actor(stella.pk, Door.API), Action.VITALS_VIEWED, [uuid4()], outcome=Outcome.NOT_VISIBLE)
    for text in ("nora", str(ana.pk)):
        page = admin_client.get(admin_client.post(TRAIL, {"q": text})["Location"]).text
        assert "Looked at the health summary" in page
        assert '<td class="field-who">stella</td>' not in page


def test_the_list_begins_with_the_last_day_and_reaches_further_when_asked(
    admin_client: Client, nora: User, ana: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen_by(nora, ana)
    monkeypatch.setitem(When.spans, "day", timedelta(0))  # the day was over long ago
    looked = '<td class="field-shown_action">Looked at the health summary</td>'
    assert looked not in admin_client.get(TRAIL).text
    assert looked in admin_client.get(TRAIL, {"when": "week"}).text
    assert looked in admin_client.get(TRAIL, {"q": "nora"}).text


def test_a_row_has_no_page_because_no_index_leads_to_it(admin_client: Client, nora: User, ana: Student) -> None:
    seen_by(nora, ana)
    row = AuditEvent.objects.get()
    assert admin_client.get(f"{TRAIL}{row.pk}/change/").status_code == 404


def test_a_long_list_is_counted_up_to_a_limit_and_says_that_there_is_more(
    admin_client: Client, nora: User, ana: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CappedPaginator, "most_rows", 5)
    for _ in range(8):
        seen_by(nora, ana)
    with CaptureQueriesContext(connection) as asked:
        page = admin_client.get(TRAIL).text
    assert "More than 5 audit events" in page
    counts = [query["sql"] for query in asked.captured_queries if "COUNT(" in query["sql"]]
    assert len(counts) == 1
    assert "LIMIT 6" in counts[0]


def test_a_seal_shows_its_digest_and_leaves_those_of_the_rows_in_the_database(admin_client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SEAL, [b"d" * 16, b"s" * 32])
    with CaptureQueriesContext(connection) as asked:
        page = admin_client.get(f"{SEALS}7/change/").text
    assert (b"s" * 32).hex() in page
    assert not [query["sql"] for query in asked.captured_queries if "row_digests" in query["sql"]]
    assert ">7</" in admin_client.get(admin_client.post(SEALS, {"q": "7"})["Location"]).text

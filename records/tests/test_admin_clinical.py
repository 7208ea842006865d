"""Clinical rows in the admin: to read, within one's role, and to mark as entered in error; nothing else."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from access.events import Action, Door, Outcome
from access.models import AuditEvent, User
from access.tests.people import make_student
from records.models import Allergy, Condition, HealthRecord, SourceEntry, Vaccination
from students.models import School, Student

DAY = datetime.date(2026, 3, 2)
Row = Allergy | Condition | HealthRecord | Vaccination


@pytest.fixture
def admin_client(admin: User, client: Client) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture(params=["allergy", "condition", "healthrecord", "vaccination"])
def row(request: pytest.FixtureRequest, ana: Student) -> Row:
    """One row of each kind, about Ana."""
    match request.param:
        case "allergy":
            return Allergy.objects.create(student=ana, allergen="Peanut")
        case "condition":
            return Condition.objects.create(student=ana, name="Asthma")
        case "healthrecord":
            return HealthRecord.objects.create(student=ana, type=HealthRecord.Type.CHECKUP, date=DAY)
        case _:
            return Vaccination.objects.create(student=ana, name="MMR", cvx="03", date=DAY)


def list_of(row: Row) -> str:
    return f"/admin/records/{row._meta.model_name}/"


def page_of(row: Row, page: str = "change") -> str:
    return f"{list_of(row)}{row.pk}/{page}/"


def selected(*rows: Row) -> dict[str, Any]:
    return {"action": "mark_entered_in_error", "_selected_action": [str(row.pk) for row in rows]}


def confirmed(reason: str, *rows: Row) -> dict[str, Any]:
    shown = [f"{row.pk}:{row.version}" for row in rows]
    return selected(*rows) | {"confirmed": "yes", "reason": reason, "shown": shown}


def into_the_admin(user: User, client: Client) -> Client:
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client.force_login(user)
    return client


def on_record(student: Student, action: Action, outcome: Outcome = Outcome.GRANTED) -> int:
    rows = AuditEvent.objects.filter(student_id=student.pk, action=action, door=Door.ADMIN, outcome=outcome)
    return rows.count()


def test_a_row_is_read_and_not_added_changed_or_deleted(admin_client: Client, ana: Student, row: Row) -> None:
    page = admin_client.get(page_of(row)).text
    assert "View " in page
    assert 'name="_save"' not in page
    assert on_record(ana, Action.ADMIN_VIEWED) == 1
    assert admin_client.get(f"{list_of(row)}add/").status_code == 403
    assert admin_client.post(page_of(row), {"status": "inactive"}).status_code == 403
    assert admin_client.post(page_of(row, "delete"), {"post": "yes"}).status_code == 403
    admin_client.post(list_of(row), selected(row) | {"action": "delete_selected", "post": "yes"})
    before = row.updated_at
    row.refresh_from_db()
    assert row.updated_at == before


def test_the_only_thing_to_do_with_rows_is_to_mark_them(admin_client: Client, row: Row) -> None:
    offered = re.findall(r'<option value="(\w+)"', admin_client.get(list_of(row)).text)
    assert offered == ["mark_entered_in_error"]


def test_marking_shows_the_row_and_asks_why(admin_client: Client, ana: Student, row: Row) -> None:
    page = admin_client.post(list_of(row), selected(row))
    assert "Why is this wrong?" in page.text
    assert "Alvarez, Ana" in page.text
    assert on_record(ana, Action.ADMIN_VIEWED) == 1
    row.refresh_from_db()
    assert row.status != "entered_in_error"


@pytest.mark.parametrize("reason", ["", "   "])
def test_marking_without_a_reason_marks_nothing(admin_client: Client, row: Row, reason: str) -> None:
    page = admin_client.post(list_of(row), confirmed(reason, row))
    assert "Say why this was entered in error. Nothing was marked yet." in page.text
    row.refresh_from_db()
    assert row.status != "entered_in_error"


def test_a_marked_row_keeps_the_reason_is_on_record_and_makes_the_next_summary_a_new_one(
    admin_client: Client, ana: Student, row: Row
) -> None:
    ana.refresh_from_db()
    before = ana.health_version
    answer = admin_client.post(list_of(row), confirmed("Charted for the wrong student", row), follow=True)
    assert "Marked as entered in error: 1" in answer.text
    row.refresh_from_db()
    assert (row.status, row.status_reason) == ("entered_in_error", "Charted for the wrong student")
    assert on_record(ana, Action.ENTERED_IN_ERROR) == 1
    ana.refresh_from_db()
    assert ana.health_version > before
    log = LogEntry.objects.get()
    assert (log.object_repr, log.change_message) == (
        f"{row._meta.verbose_name} {row.pk}",
        "Marked as entered in error.",
    )
    assert "Mark as entered in error" not in admin_client.get(page_of(row)).text


def test_a_row_that_changed_while_one_looked_is_not_marked_nor_are_the_others(
    admin_client: Client, ana: Student
) -> None:
    peanut = Allergy.objects.create(student=ana, allergen="Peanut")
    latex = Allergy.objects.create(student=ana, allergen="Latex")
    as_shown = confirmed("Wrong student", peanut, latex)
    Allergy.objects.filter(pk=latex.pk).update(version=2)
    answer = admin_client.post(list_of(peanut), as_shown, follow=True)
    assert "Someone changed one of these entries" in answer.text
    assert not Allergy.objects.filter(status="entered_in_error").exists()
    assert on_record(ana, Action.ENTERED_IN_ERROR) == 0


def test_more_rows_than_one_can_look_through_are_not_marked(
    admin_client: Client, ana: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.admin.entered_in_error.MOST_ROWS", 1)
    rows = [Allergy.objects.create(student=ana, allergen=name) for name in ("Peanut", "Latex")]
    answer = admin_client.post(list_of(rows[0]), confirmed("Wrong student", *rows), follow=True)
    assert "Nothing was changed. Select fewer" in answer.text
    assert not Allergy.objects.filter(status="entered_in_error").exists()


def test_who_writes_no_health_data_cannot_mark(colin: User, client: Client, ana: Student, row: Row) -> None:
    into_the_admin(colin, client)
    assert "mark_entered_in_error" not in client.get(list_of(row)).text
    assert "Mark as entered in error" not in client.get(page_of(row)).text
    client.post(list_of(row), confirmed("Wrong student", row))
    row.refresh_from_db()
    assert row.status != "entered_in_error"


def test_a_nurse_cannot_mark_what_another_school_has(nora: User, client: Client, harbor_middle: School) -> None:
    row = Allergy.objects.create(student=make_student(harbor_middle, "Liam", "Okafor"), allergen="Peanut")
    into_the_admin(nora, client).post(list_of(row), confirmed("Wrong student", row))
    row.refresh_from_db()
    assert row.status == "active"
    assert client.get(page_of(row)).status_code == 404
    assert on_record(row.student, Action.ADMIN_VIEWED, Outcome.NOT_VISIBLE) == 1


def test_who_sees_no_health_data_sees_none_here(sam: User, client: Client, ana: Student, row: Row) -> None:
    into_the_admin(sam, client)
    assert client.get(list_of(row)).status_code == 403
    assert client.get(page_of(row)).status_code in {403, 404}
    assert "Allergies" not in client.get("/admin/").text


def test_confidential_rows_are_shown_only_to_roles_that_may_see_them(
    ivy: User, colin: User, client: Client, ana: Student
) -> None:
    secret = Condition.objects.create(student=ana, name="Depression", confidential=True)
    Condition.objects.create(student=ana, name="Asthma")
    page = into_the_admin(ivy, client).get("/admin/records/condition/").text
    assert "Asthma" in page
    assert "Depression" not in page
    assert client.get(page_of(secret)).status_code == 404
    assert "Depression" in into_the_admin(colin, client).get("/admin/records/condition/").text


def test_records_are_found_by_student_and_by_words(admin_client: Client, ana: Student, oak_street: School) -> None:
    liam = make_student(oak_street, "Liam", "Okafor")
    HealthRecord.objects.create(student=ana, type="INJURY", date=DAY, description="Fell from the monkey bars")
    HealthRecord.objects.create(student=liam, type="ILLNESS", date=DAY, description="Stomach ache after lunch")
    for text in ("okafor", "stomach aches", "lunch -monkey"):
        sent = admin_client.post("/admin/records/healthrecord/", {"q": text})
        page = admin_client.get(sent["Location"]).text
        assert "Stomach ache" in page
        assert "monkey bars" not in page


def test_vital_signs_are_shown_with_their_units_and_as_typed(admin_client: Client, ana: Student) -> None:
    record = HealthRecord.objects.create(
        student=ana,
        type="VITAL_SIGNS_CHECK",
        date=DAY,
        vital={"height_cm": 120.5, "weight_kg": 22.1},
        vital_typed={"height": {"value": "47.4", "unit": "in"}},
        flags=["unknown_code"],
    )
    page = admin_client.get(page_of(record)).text
    for shown in ("Height 120.5 cm", "Weight 22.1 kg", "15.2 kg/m²", "Height 47.4 in", "unknown code"):
        assert shown in page


def test_an_import_s_entry_leads_to_what_it_became(admin_client: Client, ana: Student) -> None:
    peanut = Allergy.objects.create(student=ana, allergen="Peanut")
    entries = {
        target: SourceEntry.objects.create(
            student=ana,
            resource_type="A",
            source_id=target,
            digest=b"\x0f" * 32,
            target_model=target,
            target_id=peanut.pk,
        )
        for target in ("records.Allergy", "records.Unheard")
    }
    page = admin_client.get("/admin/records/sourceentry/").text
    assert page_of(peanut) in page
    assert f"Unheard {peanut.pk}" in page
    assert "0f" * 32 in admin_client.get(f"/admin/records/sourceentry/{entries['records.Allergy'].pk}/change/").text

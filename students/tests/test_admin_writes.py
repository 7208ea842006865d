"""What is written in the admin follows the rules of every other door: on record, fresh, and never over someone else."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from access.events import Action, Door, Outcome
from access.models import AuditEvent, User
from access.tests.people import make_student
from students.models import Contact, School, Student, StudentIdentifier

CHANGED = "Someone changed this student after you opened this page"


@pytest.fixture
def admin_client(admin: User, client: Client) -> Client:
    client.force_login(admin)
    return client


def page_of(student: Student) -> str:
    return reverse("admin:students_student_change", args=[student.pk])


def form_of(student: Student, **changes: Any) -> dict[str, Any]:
    """Return what the browser sends from the student's page, with some fields changed."""
    identifiers = list(student.identifiers.order_by("pk"))
    rows = {"identifiers-TOTAL_FORMS": str(len(identifiers)), "identifiers-INITIAL_FORMS": str(len(identifiers))}
    for number, identifier in enumerate(identifiers):
        for name, value in {"id": identifier.pk, "student": student.pk, "system": identifier.system}.items():
            rows[f"identifiers-{number}-{name}"] = str(value)
        rows[f"identifiers-{number}-value"] = identifier.value
    fields = {
        "given_name": student.given_name,
        "family_name": student.family_name,
        "birth_date": f"{student.birth_date:%Y-%m-%d}",
        "sex": student.sex,
        "school": str(student.school_id),
        "student_number": student.student_number,
        "grade": student.grade,
        "status": student.status,
        "opened_version": str(student.version),
    }
    return {**fields, **rows, **changes}


def writes(student: Student) -> list[tuple[str, str]]:
    """Return the writes on record about the student, by what was done and through which door."""
    written = [Action.STUDENT_CHANGED, Action.STUDENT_ENROLLED]
    rows = AuditEvent.objects.filter(student_id=student.pk, action__in=written)
    return [(row.action, row.door) for row in rows.order_by("id")]


def test_a_changed_grade_is_on_record_and_makes_the_next_summary_a_new_one(admin_client: Client, ana: Student) -> None:
    before = ana.health_version
    assert admin_client.post(page_of(ana), form_of(ana, grade="04")).status_code == 302
    ana.refresh_from_db()
    assert ana.grade == "04"
    assert ana.health_version > before
    assert ana.version == 2
    assert writes(ana) == [(Action.STUDENT_CHANGED, Door.ADMIN)]


def test_a_save_that_fails_later_leaves_neither_the_change_nor_its_record(
    admin_client: Client, ana: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr("students.admin.student.StudentAdmin.log_change", fails)
    with pytest.raises(RuntimeError, match="the log is full"):
        admin_client.post(page_of(ana), form_of(ana, grade="04"))
    ana.refresh_from_db()
    assert (ana.grade, ana.version, ana.health_version) == ("03", 1, 1)
    assert writes(ana) == []


def test_who_saves_an_old_page_is_told_and_overwrites_nothing(admin_client: Client, ana: Student) -> None:
    opened = form_of(ana, homeroom="12")
    admin_client.post(page_of(ana), form_of(ana, grade="04"))
    answer = admin_client.post(page_of(ana), opened)
    assert CHANGED in answer.text
    ana.refresh_from_db()
    assert (ana.grade, ana.homeroom) == ("04", "")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"status": "entered_in_error"}, "Say why this student was entered in error."),
        ({"birth_date": "2180-03-14"}, "The birth date lies between 1900 and today."),
        ({"student_number": "1002"}, "Another student of this school has this number."),
    ],
)
def test_what_may_not_be_is_said_once_and_in_words(
    admin_client: Client, ana: Student, changes: dict[str, str], sentence: str
) -> None:
    make_student(ana.school, "Liam", "Okafor", student_number="1002")
    answer = admin_client.post(page_of(ana), form_of(ana, **changes)).text
    assert answer.count(sentence) == 1
    assert "Constraint" not in answer
    ana.refresh_from_db()
    assert ana.version == 1


def test_a_student_is_enrolled_with_an_identifier(admin_client: Client, oak_street: School) -> None:
    new = Student(
        school=oak_street, given_name="Noor", family_name="Haddad", birth_date="2018-01-02", student_number="9"
    )
    fields = form_of(
        make_student(oak_street), given_name="Noor", family_name="Haddad", student_number=new.student_number
    )
    row = {"identifiers-TOTAL_FORMS": "1", "identifiers-0-system": "urn:x", "identifiers-0-value": "N-1"}
    answer = admin_client.post("/admin/students/student/add/", fields | row)
    assert answer.status_code == 302, answer.text
    noor = Student.objects.get(given_name="Noor")
    assert writes(noor) == [(Action.STUDENT_ENROLLED, Door.ADMIN)]
    assert StudentIdentifier.objects.get(value="N-1").student == noor


def test_an_identifier_that_alone_changed_is_on_record(admin_client: Client, ana: Student) -> None:
    StudentIdentifier.objects.create(student=ana, system="urn:x", value="A-1")
    assert admin_client.post(page_of(ana), form_of(ana) | {"identifiers-0-value": "A-2"}).status_code == 302
    assert StudentIdentifier.objects.get().value == "A-2"
    assert writes(ana) == [(Action.STUDENT_CHANGED, Door.ADMIN)]


def test_a_contact_is_written_on_record_and_stays_with_its_student(
    admin_client: Client, ana: Student, harbor_middle: School
) -> None:
    fields = {"student": str(ana.pk), "given_name": "Rosa", "family_name": "Alvarez", "priority": "primary"}
    assert admin_client.post("/admin/students/contact/add/", fields).status_code == 302
    rosa = Contact.objects.get()
    liam = make_student(harbor_middle, "Liam", "Okafor")
    moved = fields | {"student": str(liam.pk), "phone": "555 0100"}
    assert admin_client.post(f"/admin/students/contact/{rosa.pk}/change/", moved).status_code == 302
    rosa.refresh_from_db()
    assert (rosa.student_id, rosa.phone) == (ana.pk, "555 0100")
    assert writes(ana) == [(Action.STUDENT_CHANGED, Door.ADMIN)] * 2


@pytest.mark.parametrize("model", ["student", "school", "district", "contact", "studentidentifier"])
def test_nothing_about_a_student_is_deleted(admin_client: Client, ana: Student, model: str) -> None:
    Contact.objects.create(student=ana, given_name="Rosa", family_name="Alvarez")
    StudentIdentifier.objects.create(student=ana, system="urn:x", value="A-1")
    row = {
        "student": ana,
        "school": ana.school,
        "district": ana.school.district,
        "contact": ana.contacts.get(),
        "studentidentifier": ana.identifiers.get(),
    }[model]
    assert admin_client.post(f"/admin/students/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}
    admin_client.post(f"/admin/students/{model}/", bulk)
    row.refresh_from_db()
    assert "delete_selected" not in admin_client.get(f"/admin/students/{model}/").text


def test_who_may_only_look_may_not_save_and_the_try_is_on_record(
    colin: User, client: Client, ana: Student, admin: User
) -> None:
    User.objects.filter(pk=colin.pk).update(is_staff=True)
    client.force_login(colin)
    page = client.get(page_of(ana)).text
    assert "View student" in page
    assert 'name="_save"' not in page
    assert client.post(page_of(ana), form_of(ana, grade="04")).status_code == 403
    ana.refresh_from_db()
    assert ana.grade == "03"
    assert AuditEvent.objects.filter(actor_id=colin.pk, student_id=ana.pk, outcome=Outcome.FORBIDDEN).count() == 1


def test_nobody_moves_a_student_to_a_school_that_is_not_theirs(
    sam: User, client: Client, ana: Student, harbor_middle: School
) -> None:
    User.objects.filter(pk=sam.pk).update(is_staff=True)
    client.force_login(sam)
    answer = client.post(page_of(ana), form_of(ana, school=str(harbor_middle.pk)))
    assert "Select a valid choice" in answer.text
    ana.refresh_from_db()
    assert ana.school.code == "oak-street"
    assert client.post(page_of(ana), form_of(ana, grade="04")).status_code == 302


def test_django_s_log_keeps_no_name(admin_client: Client, ana: Student) -> None:
    admin_client.post(page_of(ana), form_of(ana, grade="04"))
    entry = LogEntry.objects.get()
    assert entry.object_repr == f"student {ana.pk}"
    assert "Grade" in entry.change_message
    assert "Alvarez" not in entry.change_message

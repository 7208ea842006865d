"""Whoever is shown a student in the admin is on record, and sees only the students that are theirs."""

from __future__ import annotations

from urllib.parse import unquote_plus

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.events import Action, Door, Outcome
from access.models import AuditEvent, User
from access.tests.people import make_student
from students.models import Contact, School, Student, StudentIdentifier

STUDENTS = "/admin/students/student/"
CONTACTS = "/admin/students/contact/"


@pytest.fixture
def liam(harbor_middle: School) -> Student:
    """Liam, at Harbor Middle, whom Nora must not see."""
    return make_student(harbor_middle, "Liam", "Okafor", student_number="2001")


@pytest.fixture
def nora_in_the_admin(nora: User, client: Client) -> Client:
    nora.is_staff = True
    nora.save()
    client.force_login(nora)
    return client


@pytest.fixture
def admin_client(admin: User, client: Client) -> Client:
    client.force_login(admin)
    return client


def looks(user: User, outcome: Outcome = Outcome.GRANTED) -> list[object]:
    """Return whom the person is on record for having been shown in the admin."""
    rows = AuditEvent.objects.filter(
        actor_id=user.pk, door=Door.ADMIN, action=Action.ADMIN_VIEWED, outcome=outcome
    ).order_by("id")
    return [row.student_id for row in rows]


def page_of(student: Student, page: str = "change") -> str:
    return reverse(f"admin:students_student_{page}", args=[student.pk])


def test_a_list_puts_each_student_on_record_in_one_statement(
    admin: User, admin_client: Client, ana: Student, liam: Student
) -> None:
    with CaptureQueriesContext(connection) as asked:
        page = admin_client.get(STUDENTS)
    assert "Alvarez, Ana" in page.text
    assert sorted(map(str, looks(admin))) == sorted([str(ana.pk), str(liam.pk)])
    assert sum("INSERT INTO access_auditevent" in query["sql"] for query in asked.captured_queries) == 1


def test_a_list_of_rows_about_a_student_puts_the_student_on_record_once(
    admin: User, admin_client: Client, ana: Student
) -> None:
    for name in ("Rosa", "Luis", "Marta"):
        Contact.objects.create(student=ana, given_name=name, family_name="Alvarez")
    admin_client.get(CONTACTS)
    assert looks(admin) == [ana.pk]


@pytest.mark.parametrize("page", ["change", "history"])
def test_a_page_puts_its_student_on_record(admin: User, admin_client: Client, ana: Student, page: str) -> None:
    assert admin_client.get(page_of(ana, page)).status_code == 200
    assert looks(admin) == [ana.pk]


@pytest.mark.parametrize("page", ["change", "history"])
def test_no_page_has_a_name_in_its_title(admin_client: Client, ana: Student, page: str) -> None:
    title = admin_client.get(page_of(ana, page)).text.partition("<title>")[2].partition("</title>")[0]
    assert "White Cross" in title
    assert "Alvarez" not in title


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_a_field_offers_as_one_types_is_on_record_and_tells_children_apart(
    admin: User, admin_client: Client, ana: Student, liam: Student, method: str
) -> None:
    asked = {"term": "alva", "app_label": "students", "model_name": "contact", "field_name": "student"}
    answer = getattr(admin_client, method)("/admin/autocomplete/", asked).json()
    assert answer["results"] == [
        {"id": str(ana.pk), "text": "Alvarez, Ana · born 2018-03-14 · Grade 3 · Oak Street Elementary"}
    ]
    assert looks(admin) == [ana.pk]


def test_a_nul_among_what_is_typed_is_no_error(admin_client: Client, ana: Student) -> None:
    asked = {"term": "al\x00va", "app_label": "students", "model_name": "contact", "field_name": "student"}
    assert len(admin_client.post("/admin/autocomplete/", asked).json()["results"]) == 1


def test_a_form_that_opens_with_a_student_chosen_puts_them_on_record(
    admin: User, admin_client: Client, ana: Student
) -> None:
    page = admin_client.get(f"{CONTACTS}add/", {"student": str(ana.pk)})
    assert "Alvarez, Ana" in page.text
    assert looks(admin) == [ana.pk]


@pytest.mark.parametrize("text", ["álv", "ana alvarez", "1001", "MRN-77", "{id}"])
def test_a_search_finds_by_name_number_identifier_or_id_and_its_address_does_not_say_whom(
    admin: User, admin_client: Client, ana: Student, liam: Student, text: str
) -> None:
    StudentIdentifier.objects.create(student=ana, system="urn:oid:1.2.3", value="MRN-77")
    text = text.format(id=ana.pk)
    sent = admin_client.post(STUDENTS, {"q": text, "status__exact": "enrolled"})
    assert sent.status_code == 302
    assert text not in unquote_plus(sent["Location"])
    page = admin_client.get(sent["Location"])
    assert "Alvarez, Ana" in page.text
    assert "Okafor" not in page.text
    assert f'value="{text}"' in page.text
    assert "status__exact=enrolled" in sent["Location"]
    assert looks(admin) == [ana.pk]


def test_a_search_that_was_altered_says_to_type_it_again(admin_client: Client, ana: Student) -> None:
    assert "Type it again" in admin_client.get(STUDENTS, {"q": "~AQJrMaaaaaaaa"}).text


def test_a_nurse_sees_only_the_students_of_her_school(
    nora: User, nora_in_the_admin: Client, ana: Student, liam: Student
) -> None:
    page = nora_in_the_admin.get(STUDENTS)
    assert "Alvarez, Ana" in page.text
    assert "Okafor" not in page.text
    assert "Harbor Middle" not in page.text
    assert looks(nora) == [ana.pk]
    assert "Okafor" not in nora_in_the_admin.get(STUDENTS, {"q": "okafor"}).text


@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_another_schools_student_is_404_and_the_try_is_on_record(
    nora: User, nora_in_the_admin: Client, liam: Student, page: str
) -> None:
    assert nora_in_the_admin.get(page_of(liam, page)).status_code == 404
    assert nora_in_the_admin.post(page_of(liam, page)).status_code in {404, 405}
    assert set(looks(nora, Outcome.NOT_VISIBLE)) == {liam.pk}
    assert looks(nora) == []


def test_another_schools_contacts_are_not_shown(nora: User, nora_in_the_admin: Client, liam: Student) -> None:
    contact = Contact.objects.create(student=liam, given_name="Ngozi", family_name="Okafor")
    assert "Ngozi" not in nora_in_the_admin.get(CONTACTS).text
    assert nora_in_the_admin.get(f"{CONTACTS}{contact.pk}/change/").status_code == 404
    assert looks(nora, Outcome.NOT_VISIBLE) == [liam.pk]


def test_another_schools_students_are_not_offered_as_one_types(
    nora: User, nora_in_the_admin: Client, liam: Student
) -> None:
    asked = {"term": "okafor", "app_label": "students", "model_name": "contact", "field_name": "student"}
    assert nora_in_the_admin.post("/admin/autocomplete/", asked).json()["results"] == []
    assert looks(nora) == []


@pytest.mark.parametrize("where", ["students/district", "access/user", "access/assignment", "access/auditevent"])
def test_logins_and_the_trail_are_for_superusers_alone(nora_in_the_admin: Client, where: str) -> None:
    assert nora_in_the_admin.get(f"/admin/{where}/").status_code == 403


def test_staff_without_an_assignment_see_nothing(nora: User, nora_in_the_admin: Client, ana: Student) -> None:
    nora.assignments.all().delete()
    assert nora_in_the_admin.get("/admin/").status_code == 200
    assert nora_in_the_admin.get(STUDENTS).status_code == 403


def test_the_first_page_shows_no_name_of_a_student_that_was_changed(
    admin: User, admin_client: Client, ana: Student
) -> None:
    contact = Contact.objects.create(student=ana, given_name="Rosa", family_name="Alvarez")
    fields = {
        "given_name": "Rosa",
        "family_name": "Alvarez",
        "priority": "primary",
        "active": "on",
        "phone": "555 0100",
    }
    assert admin_client.post(f"{CONTACTS}{contact.pk}/change/", fields).status_code == 302
    assert LogEntry.objects.get().object_repr == f"contact {contact.pk}"
    admin_client.get(CONTACTS)  # takes the message about the saved row
    assert "Alvarez" not in admin_client.get("/admin/").text

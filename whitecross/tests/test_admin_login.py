"""The way into the admin is the login of the pages, where lockout and second factor apply."""

from __future__ import annotations

import pytest
from django.test import Client

from access.models import User
from access.tests.people import PASSWORD
from students.models import Student

pytestmark = pytest.mark.django_db


def test_the_admin_sends_to_the_login_of_the_pages_and_back(admin: User, ana: Student, client: Client) -> None:
    page = f"/admin/students/student/{ana.pk}/change/"
    answer = client.get(page, follow=True)
    last, _ = answer.redirect_chain[-1]
    assert last.startswith("/accounts/login/?next=")
    back = client.post(last, {"login": "admin", "password": PASSWORD}, follow=True)
    assert back.redirect_chain[-1] == (page, 302)
    assert back.status_code == 200


def test_the_admin_takes_no_password_of_its_own(admin: User, client: Client) -> None:
    answer = client.post("/admin/login/", {"username": "admin", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_who_is_no_administrator_is_told_so(nora: User, client: Client) -> None:
    client.force_login(nora)
    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("page", ["/admin/", "/admin/students/student/"])
def test_pages_are_kept_by_no_cache(admin: User, client: Client, page: str) -> None:
    client.force_login(admin)
    assert "no-store" in client.get(page)["Cache-Control"]


def test_a_message_with_a_name_is_in_no_cookie(admin: User, ana: Student, client: Client) -> None:
    client.force_login(admin)
    contact = ana.contacts.create(given_name="Rosa", family_name="Alvarez")
    fields = {"given_name": "Rosa", "family_name": "Alvarez", "priority": "primary"}
    saved = client.post(f"/admin/students/contact/{contact.pk}/change/", fields)
    assert saved.status_code == 302
    assert set(saved.cookies) <= {"sessionid", "csrftoken"}
    assert "was changed successfully" in client.get("/admin/students/contact/").text

"""Logins in the admin: people and their assignments, locked logins, lost second factors."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.test import Client

from access.models import Assignment, User
from students.models import School

USERS = "/admin/access/user/"
NO_ROWS = {"assignments-TOTAL_FORMS": "0", "assignments-INITIAL_FORMS": "0"}


@pytest.fixture
def admin_client(admin: User, client: Client) -> Client:
    client.force_login(admin)
    return client


def test_a_new_login_gets_an_assignment(admin_client: Client, oak_street: School) -> None:
    password = {"password1": "a long pass phrase", "password2": "a long pass phrase", "usable_password": "true"}
    made = admin_client.post(f"{USERS}add/", {"username": "grace", **password, **NO_ROWS})
    assert made.status_code == 302, made.text
    grace = User.objects.get(username="grace")
    row = {"role": "nurse", "school": str(oak_street.pk), "starts_on": "2026-08-01"}
    rows = {"assignments-TOTAL_FORMS": "1", "assignments-INITIAL_FORMS": "0"}
    rows |= {f"assignments-0-{name}": value for name, value in row.items()}
    saved = admin_client.post(f"{USERS}{grace.pk}/change/", {"username": "grace", "is_active": "on", **rows})
    assert saved.status_code == 302, saved.text
    assert grace.assignments.get().school == oak_street


def test_an_assignment_is_to_a_school_or_a_district_and_says_so(admin_client: Client, nora: User) -> None:
    answer = admin_client.post(
        "/admin/access/assignment/add/", {"user": str(nora.pk), "role": "nurse", "starts_on": "2026-08-01"}
    )
    assert "Choose a school or a district, not both." in answer.text


def test_an_assignment_made_by_mistake_is_removed_with_its_person_kept(admin_client: Client, nora: User) -> None:
    assignment = nora.assignments.get()
    admin_client.post(f"/admin/access/assignment/{assignment.pk}/delete/", {"post": "yes"})
    assert not Assignment.objects.exists()
    assert User.objects.filter(username="nora").exists()


def test_nobody_who_could_be_in_the_trail_is_deleted(admin_client: Client, nora: User) -> None:
    assert admin_client.post(f"{USERS}{nora.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in admin_client.get(USERS).text


def test_the_page_of_a_login_offers_no_permissions_beside_the_assignments(admin_client: Client, nora: User) -> None:
    page = admin_client.get(f"{USERS}{nora.pk}/change/").text
    assert "user_permissions" not in page
    assert "groups" not in page


@pytest.mark.parametrize("where", ["access/user", "access/assignment", "access/auditseal", "axes/accessattempt"])
def test_staff_who_are_no_superusers_see_no_logins(nora: User, client: Client, where: str) -> None:
    User.objects.filter(pk=nora.pk).update(is_staff=True)
    client.force_login(nora)
    assert client.get(f"/admin/{where}/").status_code == 403
    assert client.post(f"/admin/{where}/add/", {"username": "grace"}).status_code == 403


def test_a_locked_login_is_unlocked(admin_client: Client, nora: User) -> None:
    for username in ("nora", "stella"):
        AccessAttempt.objects.create(username=username, ip_address="10.0.0.1", failures_since_start=5)
    nora_s = AccessAttempt.objects.get(username="nora")
    answer = admin_client.post(
        "/admin/axes/accessattempt/", {"action": "unlock", "_selected_action": str(nora_s.pk)}, follow=True
    )
    assert "They can log in again now." in answer.text
    assert [attempt.username for attempt in AccessAttempt.objects.all()] == ["stella"]


def test_a_lost_second_factor_is_removed_and_its_secret_never_shown(admin_client: Client, nora: User) -> None:
    lost = Authenticator.objects.create(user=nora, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DP"})
    where = f"/admin/mfa/authenticator/{lost.pk}"
    assert "JBSWY3DP" not in admin_client.get(f"{where}/change/").text
    assert admin_client.post(f"{where}/delete/", {"post": "yes"}).status_code == 302
    assert not Authenticator.objects.exists()

"""Logging in and out, and the lockout that says what to do."""

from __future__ import annotations

import datetime

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axes.models import AccessAttempt
from axes.utils import reset
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access.accounts import LOCKED
from access.models import User
from access.roles import Nurse
from access.tests.people import PASSWORD, make_staff
from students.models import School, Student

LOGIN = "/accounts/login/"


QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def nobody_is_locked_out(db: None, settings: Settings) -> None:
    """Begin with no failures counted, by axes or by allauth; and with a hash that is not slow on purpose."""
    reset()
    caches["default"].clear()
    settings.PASSWORD_HASHERS = QUICK


def quick_login(username: str, school: School) -> User:
    nurse = make_staff(username, Nurse, school)
    nurse.set_password(PASSWORD)
    nurse.save()
    return nurse


@pytest.fixture
def nora(nobody_is_locked_out: None, oak_street: School) -> User:
    return quick_login("nora", oak_street)


@pytest.fixture
def stella(nobody_is_locked_out: None, harbor_middle: School) -> User:
    return quick_login("stella", harbor_middle)


def log_in(client: Client, password: str = PASSWORD, username: str = "nora", ip: str = "10.0.0.1") -> int:
    return client.post(LOGIN, {"login": username, "password": password}, REMOTE_ADDR=ip).status_code


def fail_five_times(client: Client) -> list[int]:
    return [log_in(client, "wrong") for _ in range(5)]


def test_the_right_password_leads_to_today(nora: User, client: Client) -> None:
    answer = client.post(LOGIN, {"login": "nora", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert answer.status_code == 200


def test_login_leads_back_to_where_the_person_wanted_to_go(nora: User, ana: Student, client: Client) -> None:
    page = f"/students/{ana.pk}/"
    asked = client.get(page)
    assert asked["Location"] == f"{LOGIN}?next={page}"
    answer = client.post(asked["Location"], {"login": "nora", "password": PASSWORD})
    assert answer["Location"] == page


def test_login_leads_to_no_other_site(nora: User, client: Client) -> None:
    answer = client.post(f"{LOGIN}?next=https://evil.example/", {"login": "nora", "password": PASSWORD})
    assert answer["Location"] == "/"


def test_logging_out_needs_a_post_and_ends_the_session(nora: User, client: Client) -> None:
    log_in(client)
    client.get("/accounts/logout/")
    assert client.get("/students/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/students/").status_code == 302


def test_nobody_signs_up_by_themselves(db: None, client: Client) -> None:
    client.post(
        "/accounts/signup/", {"username": "eve", "password1": "a-long-password-1", "password2": "a-long-password-1"}
    )
    assert not User.objects.filter(username="eve").exists()


def test_an_inactive_login_is_refused(nora: User, client: Client) -> None:
    User.objects.update(is_active=False)
    log_in(client)
    assert client.get("/students/").status_code == 302


def test_a_wrong_password_and_an_unknown_name_read_the_same(nora: User, client: Client) -> None:
    pages = [
        client.post(LOGIN, {"login": name, "password": "wrong"}).content.decode().replace(name, "")
        for name in ("nora", "nobody")
    ]
    assert "not correct" in pages[0]
    assert [page.count("not correct") for page in pages] == [1, 1]


def test_the_fifth_failure_locks_the_login_and_says_what_to_do(nora: User, client: Client) -> None:
    assert fail_five_times(client) == [200, 200, 200, 200, 429]
    answer = client.post(LOGIN, {"login": "nora", "password": PASSWORD}, REMOTE_ADDR="10.0.0.1")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    assert LOCKED in answer.content.decode()
    assert client.get("/students/").status_code == 302


def test_a_lockout_is_of_one_person_from_one_place(nora: User, stella: User, client: Client) -> None:
    fail_five_times(client)
    assert log_in(client, username="stella") == 302
    assert log_in(client, ip="10.0.0.2") == 302


def test_a_success_forgets_the_failures_before_it(nora: User, client: Client) -> None:
    for _ in range(3):
        assert [log_in(client, "wrong") for _ in range(4)] == [200] * 4
        assert log_in(client) == 302
        client.post("/accounts/logout/")


def test_a_lockout_ends_after_a_quarter_of_an_hour(nora: User, client: Client) -> None:
    fail_five_times(client)
    AccessAttempt.objects.update(attempt_time=timezone.now() - datetime.timedelta(minutes=14))
    assert log_in(client) == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - datetime.timedelta(minutes=16))
    assert log_in(client) == 302


def test_the_api_answers_a_lockout_with_a_problem(nora: User, client: Client) -> None:
    body = {"username": "nora", "password": "wrong"}
    answers = [client.post("/api/v1/auth/token/", body, content_type="application/json") for _ in range(6)]
    assert [answer.status_code for answer in answers[:4]] == [401] * 4
    assert answers[5].status_code == 429
    assert answers[5]["Content-Type"] == "application/problem+json"
    assert answers[5]["Retry-After"] == "900"
    assert answers[5].json()["detail"] == LOCKED


def test_the_admin_has_no_login_of_its_own_beside_the_counted_one(client: Client) -> None:
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(LOGIN)
    User.objects.create_superuser("boss", password=PASSWORD)
    client.post("/admin/login/", {"username": "boss", "password": PASSWORD})
    assert client.get("/admin/").status_code == 302


def test_codes_of_the_second_factor_cannot_be_tried_without_end(oak_street: School, client: Client) -> None:
    nora = quick_login("nora", oak_street)
    TOTP.activate(nora, generate_totp_secret())
    client.post(LOGIN, {"login": "nora", "password": PASSWORD})
    answers = [client.post("/accounts/2fa/authenticate/", {"code": f"{n:06}"}) for n in range(6)]
    said = [str(answer.context["form"].errors) for answer in answers]
    assert all("Incorrect code" in each for each in said[:5])
    assert "Too many failed login attempts" in said[5]


def test_who_forgot_the_password_is_told_whom_to_ask(client: Client) -> None:
    answer = client.get("/accounts/password/reset/")
    assert answer.status_code == 200
    assert "they set a new password" in answer.content.decode()
    assert client.post("/accounts/password/reset/", {"email": "nora@example.org"}).status_code == 405

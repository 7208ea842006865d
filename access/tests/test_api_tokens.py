"""Tokens: how a program logs in, and when it is let in no longer."""

from typing import Any

import pytest

from access.models import User
from access.tests.people import PASSWORD, api_client
from students.models import Student

TOKEN = "/api/v1/auth/token/"
REFRESH = "/api/v1/auth/token/refresh/"


def log_in(username: str, password: str = PASSWORD) -> Any:
    return api_client().post(TOKEN, {"username": username, "password": password}, format="json")


def test_a_password_buys_an_access_and_a_refresh_token(nora: User, ana: Student) -> None:
    answer = log_in("nora")
    assert answer.status_code == 200
    assert answer.json().keys() == {"access", "refresh"}
    client = api_client()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}")
    assert client.get(f"/api/v1/students/{ana.pk}/").status_code == 200


def test_a_wrong_password_is_a_problem_that_tells_nothing(nora: User) -> None:
    wrong, nobody = log_in("nora", "guess"), log_in("nobody", "guess")
    for answer in (wrong, nobody):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert wrong.json()["detail"] == nobody.json()["detail"]


def test_five_wrong_passwords_lock_the_login_even_for_the_right_one(nora: User) -> None:
    answers = [log_in("nora", "guess").status_code for _ in range(5)]
    assert answers[:4] == [401] * 4
    locked = log_in("nora")
    assert locked.status_code == 429
    assert locked["Content-Type"] == "application/problem+json"
    assert locked["Retry-After"] == "900"
    assert locked.json().keys() == {"type", "title", "status", "detail", "errors", "request_id"}
    assert locked.json()["request_id"] == locked["X-Request-ID"]


def test_a_lock_on_one_login_leaves_the_others_alone(nora: User, stella: User) -> None:
    for _ in range(6):
        log_in("nora", "guess")
    assert log_in("stella").status_code == 200


@pytest.mark.parametrize("body", [{}, {"username": "nora"}, {"username": "n" * 151, "password": "x"}, [1], "nora"])
def test_a_senseless_login_names_the_fields(nora: User, body: object) -> None:
    answer = api_client().post(TOKEN, body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_a_refresh_token_buys_new_tokens_once(nora: User) -> None:
    refresh = log_in("nora").json()["refresh"]
    answer = api_client().post(REFRESH, {"refresh": refresh}, format="json")
    assert answer.status_code == 200
    assert answer.json().keys() == {"access", "refresh"}
    assert api_client().post(REFRESH, {"refresh": refresh}, format="json").status_code == 401


def test_a_deactivated_login_gets_no_new_tokens(nora: User) -> None:
    refresh = log_in("nora").json()["refresh"]
    User.objects.filter(pk=nora.pk).update(is_active=False)
    assert log_in("nora").status_code == 401
    assert api_client().post(REFRESH, {"refresh": refresh}, format="json").status_code == 401


def test_a_deleted_login_gets_no_new_tokens(db: None) -> None:
    User.objects.create_user("temp", password=PASSWORD)
    refresh = log_in("temp").json()["refresh"]
    User.objects.filter(username="temp").delete()
    answer = api_client().post(REFRESH, {"refresh": refresh}, format="json")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["students/", "students/{}/", "students/{}/health-summary/", "students/{}/access/"])
def test_a_token_of_a_deactivated_login_is_401(nora: User, ana: Student, path: str) -> None:
    client = api_client(nora)
    assert client.get(f"/api/v1/{path.format(ana.pk)}").status_code == 200
    User.objects.filter(pk=nora.pk).update(is_active=False)
    answer = client.get(f"/api/v1/{path.format(ana.pk)}")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x.y.z", "Bearer a b", "Basic bm9yYTp4"])
def test_no_token_or_a_senseless_one_is_401(ana: Student, header: str) -> None:
    client = api_client()
    client.credentials(HTTP_AUTHORIZATION=header)
    answer = client.get(f"/api/v1/students/{ana.pk}/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["errors"] == []
    assert answer.json()["detail"]


def test_a_refresh_token_is_no_access_token(nora: User, ana: Student) -> None:
    client = api_client()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {log_in('nora').json()['refresh']}")
    assert client.get(f"/api/v1/students/{ana.pk}/").status_code == 401

"""Calls of the API by token go past what pages need; pages and logins never do."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.test import Client
from django.urls import URLResolver, get_resolver

from access.models import User
from access.tests.people import api_client
from students.models import Student
from whitecross.short_way import asks_for_its_own_login, by_token


def request_for(path: str, **meta: str) -> HttpRequest:
    request = HttpRequest()
    request.path = request.path_info = path
    request.META |= meta
    return request


@pytest.mark.parametrize(
    ("path", "token", "past"),
    [
        ("/api/v1/students/", True, True),
        ("/api/v1/students/", False, False),
        ("/api/v1/auth/token/", True, False),
        ("/students/", True, False),
        ("/admin/", True, False),
        ("/api/admin/performance", True, False),
        ("/api/docs/", True, False),
    ],
)
def test_only_a_call_by_token_goes_past(path: str, token: bool, past: bool) -> None:
    meta = {"HTTP_AUTHORIZATION": "Bearer x"} if token else {}
    assert by_token(request_for(path, **meta)) is past


def test_nothing_of_pages_is_asked_about_a_call(nora: User, ana: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*args: Any) -> None:
        raise AssertionError("A middleware of pages was asked.")

    for page in (SessionMiddleware, CsrfViewMiddleware, MessageMiddleware, AuthenticationMiddleware):
        monkeypatch.setattr(page, "process_request", asked)
    monkeypatch.setattr(LoginRequiredMiddleware, "process_view", asked)
    assert api_client(nora).get(f"/api/v1/students/{ana.pk}/").status_code == 200


def test_a_page_by_token_still_asks_for_a_login(nora: User) -> None:
    answer = api_client(nora).get("/students/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_a_view_that_relies_on_the_login_of_pages_is_not_reached() -> None:
    with pytest.raises(ImproperlyConfigured, match="login of its own"):
        asks_for_its_own_login(HttpRequest(), lambda request: HttpResponse())


def test_every_view_of_the_api_asks_for_its_own_login() -> None:
    views = {at: view for at, view in views_below(get_resolver().url_patterns, "").items() if at.startswith("api/v1/")}
    assert len(views) > 10
    for view in views.values():
        asks_for_its_own_login(HttpRequest(), view)


def views_below(patterns: Any, prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found |= views_below(pattern.url_patterns, address)
        else:
            found[address] = pattern.callback
    return found


def test_an_answer_says_how_long_it_is(nora: User, ana: Student) -> None:
    answer = api_client(nora).get(f"/api/v1/students/{ana.pk}/")
    assert int(answer["Content-Length"]) == len(answer.content)


def test_an_answer_to_a_token_sets_no_cookie(nora: User, ana: Student) -> None:
    assert not api_client(nora).get(f"/api/v1/students/{ana.pk}/").cookies


def test_a_locked_login_says_so_whatever_header_is_sent(nora: User) -> None:
    client = Client(headers={"authorization": "Bearer x"})
    wrong = {"username": nora.username, "password": "wrong"}
    statuses = [client.post("/api/v1/auth/token/", wrong, "application/json").status_code for _ in range(6)]
    assert statuses[-1] == 429

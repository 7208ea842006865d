"""Calls of the API by token go past what pages need; pages and logins never do."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client

from access.models import User
from access.tests.people import api_client
from students.models import Student
from whitecross.pages_only import LoginRequiredMiddleware, PagesOnly, by_token


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


def own() -> list[type]:
    module = import_module("whitecross.pages_only")
    names = [name.rpartition(".") for name in settings.MIDDLEWARE]
    return [getattr(module, name) for place, _, name in names if place == module.__name__]


def test_each_of_them_is_in_use_and_is_the_one_it_is_named_after() -> None:
    found = own()
    assert {one for one in vars(import_module("whitecross.pages_only")).values() if is_ours(one)} == set(found)
    for one in found:
        assert one.__mro__[2].__name__ == one.__name__


def is_ours(one: Any) -> bool:
    return isinstance(one, type) and issubclass(one, PagesOnly) and one is not PagesOnly


def test_a_page_by_token_still_asks_for_a_login(nora: User) -> None:
    answer = api_client(nora).get("/students/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_a_view_that_does_not_say_otherwise_asks_for_a_login_under_the_api_too() -> None:
    middleware: Any = LoginRequiredMiddleware(lambda request: HttpResponse())
    request = request_for("/api/v1/forgotten/", HTTP_AUTHORIZATION="Bearer x")
    with pytest.raises(AttributeError, match="user"):
        middleware.process_view(request, lambda request: HttpResponse(), (), {})


def test_an_answer_to_a_token_sets_no_cookie(nora: User, ana: Student) -> None:
    assert not api_client(nora).get(f"/api/v1/students/{ana.pk}/").cookies


def test_a_locked_login_says_so_whatever_header_is_sent(nora: User) -> None:
    client = Client(headers={"authorization": "Bearer x"})
    wrong = {"username": nora.username, "password": "wrong"}
    statuses = [client.post("/api/v1/auth/token/", wrong, "application/json").status_code for _ in range(6)]
    assert statuses[-1] == 429

"""One id a request: in the answer, in the log line and in the audit row."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from structlog.testing import capture_logs

from access.models import AuditEvent, User
from access.request_id import RequestIdMiddleware, current_request_id
from students.models import Student


def test_every_answer_carries_an_id_of_its_own(db: None, client: Client) -> None:
    ids = {client.get("/health/live")["X-Request-ID"] for _ in range(20)}
    assert len(ids) == 20
    assert all(re.fullmatch(r"[0-9a-f]{32}", request_id) for request_id in ids)


def test_an_id_that_was_sent_is_kept(client: Client) -> None:
    answer = client.get("/health/live", headers={"X-Request-ID": "proxy-1234.abc_D"})
    assert answer["X-Request-ID"] == "proxy-1234.abc_D"


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "short",
        "x" * 65,
        "has space in it",
        "Ana/Alvarez",
        "line\nbreak-here",
        "<script>alert(1)</script>",
        "ünïcödé-id",
    ],
)
def test_an_id_that_could_break_a_line_or_name_a_child_is_replaced(client: Client, sent: str) -> None:
    answer = client.get("/health/live", headers={"X-Request-ID": sent})
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])


def test_answers_that_refuse_or_fail_carry_it_too(db: None, client: Client) -> None:
    for path in ("/no/such/page/", "/students/", "/accounts/login/"):
        assert client.get(path)["X-Request-ID"]


def test_the_audit_row_of_the_request_carries_it(nora: User, ana: Student, client: Client) -> None:
    client.force_login(nora)
    answer = client.get(f"/students/{ana.pk}/")
    assert AuditEvent.objects.about(ana.pk).get().request_id == answer["X-Request-ID"]


def test_the_log_line_names_the_route_and_not_the_path(nora: User, ana: Student, client: Client) -> None:
    client.force_login(nora)
    with capture_logs() as lines:
        answer = client.get(f"/students/{ana.pk}/?search=Alvarez")
    (line,) = [line for line in lines if line["event"] == "request"]
    assert line["request_id"] == answer["X-Request-ID"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "records:summary", 200)
    assert line["ms"] > 0
    assert str(ana.pk) not in str(lines)
    assert "Alvarez" not in str(lines)


def test_an_unknown_path_is_logged_without_it(db: None, client: Client) -> None:
    with capture_logs() as lines:
        client.get("/Alvarez/Ana/")
    (line,) = [line for line in lines if line["event"] == "request"]
    assert (line["route"], line["status"]) == ("unmatched", 404)
    assert "Alvarez" not in str(lines)


def test_outside_a_request_there_is_none_and_none_is_left_behind(client: Client) -> None:
    client.get("/health/live")
    assert current_request_id() == ""


def test_requests_in_threads_do_not_mix_their_ids() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(current_request_id())

    serve, factory = RequestIdMiddleware(view), RequestFactory()

    def ask(number: int) -> tuple[str, Any]:
        sent = f"request-{number:06}"
        request = factory.get("/", headers={"X-Request-ID": sent})
        request.resolver_match = None
        return sent, serve(request)

    with ThreadPoolExecutor(4) as pool:
        for sent, answer in pool.map(ask, range(200)):
            assert answer.content.decode() == answer["X-Request-ID"] == sent

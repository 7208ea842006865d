"""What every answer tells the browser: nothing from elsewhere, nothing inline, nothing kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from access.models import User
from access.tests.people import api_client, make_staff
from records.tests.summaries import chart_something
from students.models import Student

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# An answer to a token is no page.
NO_PAGE = {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'"}
PAGES = [
    "/", "/students/", "/students/?page=2", "/students/{id}/", "/students/{id}/vitals/", "/students/{id}/growth/",
    "/students/{id}/access/",
    "/students/00000000-0000-7000-8000-000000000000/", "/no/such/page/", "/accounts/logout/",
]  # fmt: skip
OPEN = ["/accounts/login/", "/accounts/password/reset/", "/health/live", "/health/ready", "/metrics", "/no/such/page/"]
API = [
    "/api/v1/students/", "/api/v1/students/{id}/", "/api/v1/students/{id}/health-summary/",
    "/api/v1/students/{id}/vitals/", "/api/v1/students/{id}/access/", "/api/v1/no-such-thing/", "/api/schema/",
]  # fmt: skip
ADMIN = ["/admin/", "/admin/students/student/", "/admin/students/student/{id}/change/", "/admin/records/healthrecord/"]
# What the strict policy would refuse.
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<base\b|<iframe\b|<object\b|<embed\b",
    re.IGNORECASE,
)
# Data for a script, which no browser executes.
DATA = re.compile(r"<script[^>]*type=\"application/json\"[^>]*>")
ELSEWHERE = re.compile(r"(?:src|href|action)=\"((?:https?:)?//[^\"]+)\"")


def policy(answer: Any) -> dict[str, str]:
    """Return the directives of Content-Security-Policy."""
    directives = [directive.strip().partition(" ") for directive in answer["Content-Security-Policy"].split(";")]
    return {name: value for name, _, value in directives if name}


def insist_on_headers(answer: Any, expected: dict[str, str] = STRICT) -> None:
    """Fail unless the browser is told everything."""
    assert policy(answer) == expected
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["X-Request-ID"]
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers


def insist_on_html(answer: Any) -> None:
    """Fail if the page holds what its policy refuses, or loads something from elsewhere."""
    if not answer["Content-Type"].startswith("text/html"):
        return
    page = answer.content.decode()
    assert [found for found in INLINE.findall(page) if not DATA.match(found)] == []
    assert [found for found in ELSEWHERE.findall(page) if not page_link(page, found)] == []


def page_link(page: str, address: str) -> bool:
    """Whether an address is only that of a link, which somebody must click."""
    return re.search(rf"<a\b[^>]*href=\"{re.escape(address)}\"", page) is not None


@pytest.fixture
def nurse(nora: User) -> Client:
    """The browser of Nora; errors are answered, not raised."""
    browser = Client(raise_request_exception=False)
    browser.force_login(nora)
    return browser


@pytest.mark.parametrize("page", PAGES)
def test_each_page_is_strict_for_who_is_logged_in(nurse: Client, ana: Student, page: str) -> None:
    chart_something(ana)
    answer = nurse.get(page.format(id=ana.pk))
    insist_on_headers(answer)
    insist_on_html(answer)


@pytest.mark.parametrize("page", OPEN)
def test_each_page_is_strict_for_who_is_not(db: None, page: str) -> None:
    answer = Client(raise_request_exception=False).get(page)
    insist_on_headers(answer)
    insist_on_html(answer)


@pytest.mark.parametrize("page", API)
def test_each_answer_of_the_api_is_strict_and_kept_nowhere(nora: User, ana: Student, page: str) -> None:
    insist_on_headers(api_client(nora).get(page.format(id=ana.pk)), NO_PAGE if "/v1/" in page else STRICT)


@pytest.mark.parametrize("page", ADMIN)
def test_the_admin_is_as_strict(ana: Student, page: str) -> None:
    browser = Client()
    browser.force_login(make_staff("boss", None, is_staff=True, is_superuser=True))
    answer = browser.get(page.format(id=ana.pk))
    assert answer.status_code == 200
    insist_on_headers(answer)
    insist_on_html(answer)


@pytest.mark.parametrize("page", ["/", "/students/", "/accounts/login/"])
def test_pages_that_answer_a_form_are_strict_too(nurse: Client, ana: Student, page: str) -> None:
    for answer in (
        nurse.post(page, {"search": "alv"}),
        nurse.post(f"/students/{ana.pk}/vitals/", {"height": "tall"}),
        nurse.post("/students/search/", {"search": "alv"}),
    ):
        insist_on_headers(answer)
        insist_on_html(answer)


def test_refusals_and_failures_are_strict_and_say_nothing_of_the_student(
    nurse: Client, sam: User, ana: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbidden = Client()
    forbidden.force_login(sam)
    strict = Client(enforce_csrf_checks=True)

    def crash(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("records.views.summary_content.health_summary", crash)
    answers = {
        403: [forbidden.get(f"/students/{ana.pk}/"), strict.post("/accounts/login/", {"login": "x", "password": "y"})],
        404: [nurse.get("/no/such/page/")],
        405: [nurse.get("/students/search/")],
        500: [nurse.get(f"/students/{ana.pk}/")],
    }
    for status, those in answers.items():
        for answer in those:
            assert answer.status_code == status
            assert "Alvarez" not in answer.content.decode()
            insist_on_headers(answer)
            insist_on_html(answer)


def test_the_pages_of_the_api_loosen_the_policy_for_style_attributes_alone(db: None, client: Client) -> None:
    answer = client.get("/api/docs/")
    assert answer.status_code == 200
    assert policy(answer) == STRICT | {"style-src": "'self' 'unsafe-inline'"}


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(nora: User, client: Client) -> None:
    client.force_login(nora)
    client.get("/")
    client.get("/accounts/login/")
    answer = client.get("/students/")
    for name, cookie in {**client.cookies, **answer.cookies}.items():
        assert cookie["samesite"] == "Lax", name
        if name == settings.SESSION_COOKIE_NAME:
            assert cookie["httponly"]
            assert int(cookie["max-age"] or settings.SESSION_COOKIE_AGE) <= 15 * 60


def test_an_idle_session_ends(nora: User, client: Client) -> None:
    client.force_login(nora)
    assert client.get("/students/").status_code == 200
    assert client.session.get_expiry_age() <= 15 * 60
    session = client.session
    session.set_expiry(-1)
    session.save()
    assert client.get("/students/").status_code == 302


def test_a_page_of_another_host_is_refused(nora: User, nurse: Client) -> None:
    assert nurse.get("/students/", headers={"Host": "evil.example"}).status_code == 400

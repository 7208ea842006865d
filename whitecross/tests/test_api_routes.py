"""Every address of the API, from the URLconf itself: nobody without a token, nobody of another school.

A route that is added and not named here fails the build.
"""

import uuid
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from access.models import AuditEvent, User
from access.tests.people import api_client
from students.models import Student

OPEN_TO_ALL = {"token", "token-refresh", "schema", "docs", "no-such-address"}
NOT_ABOUT_ONE_STUDENT = {"students", "record-search", "follow-ups", "follow-up"}
# 200 for whom the row is, 403 for whom it is not: nurse, counselor, school administrator, integration client.
HEALTH = (200, 200, 403, 200)
MATRIX = {
    "student": (200, 200, 200, 200),
    "health-summary": HEALTH,
    "growth": HEALTH,
    "records": HEALTH,
    "allergies": HEALTH,
    "conditions": HEALTH,
    "vaccinations": HEALTH,
    "vitals": HEALTH,
    "records-entry": (404, 404, 403, 404),  # the row is not there, but the gate was passed
    "allergies-entry": (404, 404, 403, 404),
    "conditions-entry": (404, 404, 403, 404),
    "vaccinations-entry": (404, 404, 403, 404),
    "vitals-entry": (404, 404, 403, 404),
    "access": (200, 403, 200, 403),
}


def routes() -> dict[str, str]:
    """Return name and path of every route of the API."""

    def under(resolver: URLResolver, path: str) -> Iterator[tuple[str, str]]:
        for pattern in resolver.url_patterns:
            route = path + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from under(pattern, route)
            elif isinstance(pattern, URLPattern):
                yield str(pattern.name), "/" + route

    (api,) = [p for p in get_resolver().url_patterns if isinstance(p, URLResolver) and p.namespace == "api"]
    return dict(under(api, str(api.pattern)))


def filled(path: str, student: Student) -> str:
    return (
        path.replace("<uuid:student_id>", str(student.pk))
        .replace("<uuid:entry_id>", str(uuid.uuid4()))
        .replace("<uuid:follow_up_id>", str(uuid.uuid4()))
    )


def test_every_route_is_named_here() -> None:
    assert routes().keys() == MATRIX.keys() | OPEN_TO_ALL | NOT_ABOUT_ONE_STUDENT


@pytest.mark.parametrize("name", sorted(MATRIX.keys() | NOT_ABOUT_ONE_STUDENT))
@pytest.mark.parametrize("method", ["get", "post", "patch", "put", "delete", "options", "head"])
def test_nobody_comes_in_without_a_token(ana: Student, name: str, method: str) -> None:
    answer = getattr(api_client(), method)(filled(routes()[name], ana))
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Cache-Control"] == "no-store"
    assert not AuditEvent.objects.filter(student_id=ana.pk).exists()


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_each_role_gets_what_is_theirs_and_another_schools_nurse_nothing(
    request: pytest.FixtureRequest, ana: Student, name: str
) -> None:
    people: list[User] = [request.getfixturevalue(person) for person in ("nora", "colin", "sam", "ivy")]
    path = filled(routes()[name], ana)
    assert tuple(api_client(person).get(path).status_code for person in people) == MATRIX[name]
    stella: User = request.getfixturevalue("stella")
    answer = api_client(stella).get(path)
    assert answer.status_code == 404
    assert AuditEvent.objects.get(actor_id=stella.pk).outcome == "not_visible"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_every_answer_about_a_student_left_a_row_and_stays_in_no_cache(nora: User, ana: Student, name: str) -> None:
    answer = api_client(nora).get(filled(routes()[name], ana))
    assert AuditEvent.objects.filter(student_id=ana.pk, actor_id=nora.pk, door="api").count() == 1
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Request-ID"] == AuditEvent.objects.get(student_id=ana.pk).request_id


@pytest.mark.parametrize("name", sorted(MATRIX.keys() | NOT_ABOUT_ONE_STUDENT))
def test_asking_for_the_options_shows_no_data_and_needs_none(nora: User, ana: Student, name: str) -> None:
    answer = api_client(nora).options(filled(routes()[name], ana))
    assert answer.status_code == 200
    assert "OPTIONS" in answer["Allow"]
    assert "Alvarez" not in answer.text

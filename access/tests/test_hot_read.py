"""The hot read answers the usual request itself and leaves everything else to its DRF view, word for word."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIRequestFactory
from rest_framework_simplejwt.tokens import AccessToken

from access.hot_read import HotRead
from access.models import AuditEvent, User
from access.tests.people import api_client
from records.api.summary import HealthSummaryView, health_summary_view
from students.models import Student


def address(student: Student | Any) -> str:
    return f"/api/v1/students/{getattr(student, 'pk', student)}/health-summary/"


@pytest.fixture
def without_drf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the DRF view away: whoever needs it fails."""

    def gone(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("The DRF view was asked.")

    monkeypatch.setattr(health_summary_view, "view", gone)


@pytest.mark.usefixtures("without_drf")
def test_the_usual_request_needs_no_drf(nora: User, ana: Student) -> None:
    assert api_client(nora).get(address(ana)).status_code == 200
    assert api_client(nora).get(address(ana), HTTP_ACCEPT="application/json").status_code == 200


def test_both_ways_answer_the_same(nora: User, ana: Student) -> None:
    quick = api_client(nora).get(address(ana))
    whole = api_client(nora).get(address(ana), HTTP_ACCEPT="application/json;q=0.9, */*;q=0.1")
    assert (quick.content, quick["ETag"]) == (whole.content, whole["ETag"])
    assert AuditEvent.objects.about(ana.pk).count() == 2


def test_a_refusal_is_one_look_and_one_problem(stella: User, ana: Student) -> None:
    answer = api_client(stella).get(address(ana))
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["detail"] == "There is no such student among yours."
    assert AuditEvent.objects.about(ana.pk).count() == 1


def test_no_permission_is_a_problem_too(sam: User, ana: Student) -> None:
    answer = api_client(sam).get(address(ana))
    assert (answer.status_code, answer.json()["title"]) == (403, "Forbidden")


def test_a_login_that_is_not_active_any_more_is_told_so(nora: User, ana: Student) -> None:
    client = api_client(nora)
    assert client.get(address(ana)).status_code == 200
    User.objects.filter(pk=nora.pk).update(is_active=False)
    answer = client.get(address(ana))
    assert (answer.status_code, answer.json()["detail"]) == (401, "This login is not active.")


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Basic bm9yYTp3aGl0ZWNyb3Nz", "Bearer a b"])
def test_no_good_token_is_401(db: None, header: str) -> None:
    answer = Client().get(address(uuid4()), HTTP_AUTHORIZATION=header)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_what_goes_wrong_inside_is_a_problem_without_the_values(
    nora: User, ana: Student, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: Any) -> Any:
        raise OperationalError(f"Failing row contains ({ana.family_name})")

    request = APIRequestFactory().get(address(ana), HTTP_AUTHORIZATION=f"Bearer {AccessToken.for_user(nora)}")
    answer: Any = HotRead(HealthSummaryView, broken)(request, ana.pk)
    answer.render()
    assert answer.status_code >= 500
    assert ana.family_name not in answer.content.decode() + caplog.text


def test_other_methods_are_answered_as_before(nora: User, ana: Student) -> None:
    client = api_client(nora)
    assert client.post(address(ana), {}).status_code == 405
    assert client.head(address(ana)).status_code == 200
    assert client.options(address(ana)).status_code == 200
    assert client.get(address(ana), HTTP_ACCEPT="text/html").status_code == 406


def test_a_hit_costs_the_gate_alone(
    nora: User, ana: Student, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api_client(nora)
    client.get(address(ana))
    with django_assert_num_queries(1):
        assert client.get(address(ana)).status_code == 200

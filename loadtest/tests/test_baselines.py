"""The baselines: each answers with the summary that White Cross gives, in its own slow or bare way."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIRequestFactory
from rest_framework_simplejwt.tokens import AccessToken

from access.models import User
from loadtest.baselines.bare import SQL
from loadtest.baselines.naive import NaiveSummaryView, naive_bytes
from loadtest.baselines.views import BYTES, empty
from loadtest.bench.summary import comparable
from records.models import Allergy, Condition, HealthRecord, Vaccination
from records.summary import build
from students.models import Student

DAY = datetime.date(2026, 3, 2)


@pytest.fixture
def charted(ana: Student) -> Student:
    """Ana, with something of everything, and of each something that is not shown."""
    for severity, name in ((4, "Bees"), (3, "Latex"), (1, "Dust")):
        Allergy.objects.create(student=ana, allergen=name, severity=severity, reaction="Hives", treatment="Call 911")
    Allergy.objects.create(student=ana, allergen="Milk", status="resolved", severity=4)
    Condition.objects.create(student=ana, name="Asthma", severity=2, emergency_protocol="Give the inhaler.")
    Condition.objects.create(student=ana, name="Eczema", onset_date=DAY)
    Condition.objects.create(student=ana, name="Cold", status="resolved", emergency_protocol="Tissues")
    for days in range(8):
        vital = {"height_cm": 120.5 + days, "weight_kg": 25.25} if days % 2 else {"heart_rate": 88}
        HealthRecord.objects.create(
            student=ana, type="VITAL_SIGNS_CHECK", date=DAY + datetime.timedelta(days), vital=vital
        )
    HealthRecord.objects.create(student=ana, type="ILLNESS", date=DAY, confidential=True)
    HealthRecord.objects.create(
        student=ana, type="ILLNESS", date=DAY, status="entered_in_error", status_reason="Wrong child"
    )
    Vaccination.objects.create(student=ana, name="MMR", cvx="03", date=DAY)
    Vaccination.objects.create(student=ana, name="Tdap", cvx="115", date_text="spring", status="not_done")
    return ana


def bare(student: Student) -> bytes:
    """What the statement gives, asked in the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"student": student.pk, "today": timezone.localdate()})
        text: str = cursor.fetchone()[0]
    return text.encode()


def test_the_bare_statement_gives_the_summary_key_for_key(charted: Student) -> None:
    ours = build(charted.pk, confidential=True)
    assert comparable(bare(charted)) == comparable(ours)
    found, true = json.loads(bare(charted)), json.loads(ours)
    assert list(found) == list(true)
    assert all(list(found[name][0]) == list(true[name][0]) for name in true if isinstance(true[name], list))


def test_the_naive_view_gives_the_summary_and_makes_a_query_for_every_type(
    charted: Student, nora: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ours = comparable(build(charted.pk, confidential=True))
    assert comparable(naive_bytes(charted.pk)) == ours
    request = APIRequestFactory().get("/", headers={"Authorization": f"Bearer {AccessToken.for_user(nora)}"})
    with django_assert_num_queries(9 + len(HealthRecord.Type)):
        response = NaiveSummaryView.as_view()(request, student_id=charted.pk)
        response.render()
    assert comparable(response.content) == ours


def test_the_naive_view_asks_who_it_is(charted: Student, stella: User) -> None:
    def status(**headers: Any) -> int:
        return NaiveSummaryView.as_view()(APIRequestFactory().get("/", **headers), student_id=charted.pk).status_code

    assert status() == 401
    assert status(headers={"Authorization": f"Bearer {AccessToken.for_user(stella)}"}) == 403


def test_the_empty_view_answers_two_kilobytes_of_json() -> None:
    body = empty(RequestFactory().get("/")).content
    assert len(body) == BYTES == 2048
    assert json.loads(body)

"""The benchmark of a write: the bare insert leaves the very rows behind that recording by API does."""

from __future__ import annotations

from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.test import RequestFactory
from django.utils import timezone

from access.models import AuditEvent, User
from access.tests.people import api_client
from loadtest.baselines.insert import insert
from loadtest.bench.writes import SIGNS, VITALS
from records.models import HealthRecord, SearchEntry
from students.models import Student

pytestmark = pytest.mark.django_db


def written(student: Student) -> dict[str, Any]:
    """Return the one record of the student, with what the database computed of it."""
    record = HealthRecord.objects.get(student=student)
    computed = {name: getattr(record, name) for name in ("temperature_c", "heart_rate", "systolic", "diastolic")}
    assert SearchEntry.objects.filter(pk=record.pk).exists()
    return model_to_dict(record) | computed | {"source": record.source, "version": record.version}


def test_both_ways_leave_the_same_record_behind(nora: User, ana: Student) -> None:
    body = {"date": f"{timezone.localdate()}", **SIGNS}
    assert api_client(nora).post(VITALS.format(ana.pk), body, format="json").status_code == 201
    by_api = written(ana)
    HealthRecord.objects.all().delete()
    before = AuditEvent.objects.count()
    assert insert(RequestFactory().post("/"), ana.pk).status_code == 201
    assert written(ana) == by_api
    assert AuditEvent.objects.count() == before + 1

"""Measuring children in tests: heights and weights on days of their lives."""

from __future__ import annotations

import datetime
from typing import Any

from access.models import User
from access.tests.people import api_client
from records.models import HealthRecord
from students.models import Student

DAYS_A_YEAR = 365.25


def measured(
    student: Student, years: float, height_cm: float | None = None, weight_kg: float | None = None, **fields: Any
) -> HealthRecord:
    """Record a height, a weight or both at an age in years; `date` overrides it."""
    vital = {"height_cm": height_cm, "weight_kg": weight_kg}
    usual = {
        "type": HealthRecord.Type.VITAL_SIGNS_CHECK,
        "date": student.birth_date + datetime.timedelta(days=round(years * DAYS_A_YEAR)),
        "vital": {name: value for name, value in vital.items() if value is not None},
    }
    return HealthRecord.objects.create(student=student, **{**usual, **fields})


def grown(user: User, student: Student) -> Any:
    """Return the growth of a student as the API answers it."""
    answer = api_client(user).get(f"/api/v1/students/{student.pk}/growth/")
    assert answer.status_code == 200
    return answer.json()


def measurements(user: User, student: Student) -> list[dict[str, Any]]:
    """Return its measurements."""
    found: list[dict[str, Any]] = grown(user, student)["measurements"]
    return found

"""Children who are measured, for the tests of stored growth."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from records.models import GrowthAssessment, HealthRecord
from students.models import Student


def measure(student: Student, days_ago: int, height: float | None, weight: float | None = None, **fields: Any) -> Any:
    """Return a new record of the student with this height (cm) and weight (kg)."""
    vital = {name: value for name, value in (("height_cm", height), ("weight_kg", weight)) if value is not None}
    date = timezone.localdate() - datetime.timedelta(days=days_ago)
    usual = {"type": "GROWTH_ASSESSMENT", "date": date, "vital": vital}
    return HealthRecord.objects.create(student=student, **{**usual, **fields})


def assessment_of(record: HealthRecord, **found: Any) -> GrowthAssessment:
    """Return a stored assessment of the record that says nothing, or what is given."""
    nothing = dict.fromkeys(
        (
            "weight_status", "reference", "height_reason", "weight_reason", "bmi_reason", "height_implausible",
            "weight_implausible", "bmi_implausible",
        ), 0,
    )  # fmt: skip
    about = {"student": record.student, "date": record.date, "age_days": 3_000, "computed_at": timezone.now()}
    return GrowthAssessment.objects.create(record=record, **(about | nothing | found))


def stored() -> list[dict[str, Any]]:
    """Return all stored assessments but for when they were computed, in the order of their records."""
    names = [field.attname for field in GrowthAssessment._meta.concrete_fields if field.name != "computed_at"]
    return list(GrowthAssessment.objects.order_by("record_id").values(*names))

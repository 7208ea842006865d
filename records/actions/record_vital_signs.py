"""Record a set of vital signs."""

import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from access import audit
from access.events import Action, Actor
from records.alarms import flags_for
from records.models import HealthRecord
from records.vital_signs import KEYS, Measured
from students.models import Student


@transaction.atomic
def record_vital_signs(
    *, by: Actor, student_id: UUID, date: datetime.date, signs: dict[str, Measured], note: str = ""
) -> HealthRecord:
    """Write one record of vital signs with its flags for the age, and the audit row; return it.

    `signs` by name (height, weight, temperature, …) as records.vital_signs reads them. The gate comes before this.
    Raises ValidationError by field: no sign at all, a day in the future or before birth.
    """
    student = Student.objects.only("birth_date").get(pk=student_id)
    if not signs:
        raise ValidationError({"height": "Enter at least one vital sign."}, code="required")
    if date > timezone.localdate():
        raise ValidationError({"date": "The day is in the future."}, code="future")
    if date < student.birth_date:
        raise ValidationError({"date": "The day is before the student was born."}, code="before_birth")
    vital = {KEYS[sign]: measured.metric for sign, measured in signs.items()}
    record = HealthRecord.objects.create(
        student_id=student_id,
        type=HealthRecord.Type.VITAL_SIGNS_CHECK,
        date=date,
        description="Vital signs",
        notes=note,
        vital=vital,
        vital_typed={sign: {"value": m.value, "unit": m.unit} for sign, m in signs.items()},
        flags=flags_for(vital, student.age_on(date)),
        created_by_id=by.user_id,
    )
    audit.note(by, Action.VITAL_SIGNS_RECORDED, [student_id])
    return record

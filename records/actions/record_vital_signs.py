"""Record a set of vital signs."""

import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from uuid_utils.compat import uuid7

from access.events import Actor
from records.alarms import flags_for
from records.models import HealthRecord
from records.new_vital_signs import write
from records.vital_signs import KEYS, Measured, shown_day
from students.models import Student
from students.models.student import completed_years

BORN = "SELECT birth_date FROM students_student WHERE id = %s"


def record_vital_signs(
    *,
    by: Actor,
    student_id: UUID,
    date: datetime.date,
    signs: dict[str, Measured],
    note: str = "",
    record_id: UUID | None = None,
) -> HealthRecord:
    """Write one record of vital signs with its flags for the age, and the audit row, in one statement; return it.

    `signs` by name (height, weight, temperature, …) as records.vital_signs reads them. `record_id` is the new record's
    key where the caller has chosen it. The gate comes before this.
    Raises ValidationError by field: no sign at all, a day in the future or before birth.
    """
    born = birth_date(student_id)
    if not signs:
        raise ValidationError({"height": "Enter at least one vital sign."}, code="required")
    if date > timezone.localdate():
        raise ValidationError({"date": "The day is in the future."}, code="future")
    if date < born:
        sentence = (
            f"The day is before the student was born: measured {shown_day(date)}, born "
            f"{shown_day(born)}. Correct the one that is wrong."
        )
        raise ValidationError({"date": sentence}, code="before_birth")
    vital = {KEYS[sign]: measured.metric for sign, measured in signs.items()}
    record = HealthRecord(
        id=record_id or uuid7(),
        student_id=student_id,
        type=HealthRecord.Type.VITAL_SIGNS_CHECK,
        date=date,
        description="Vital signs",
        notes=note,
        vital=vital,
        vital_typed={sign: {"value": m.value, "unit": m.unit} for sign, m in signs.items()},
        flags=flags_for(vital, completed_years(born, date)),
        created_by_id=by.user_id,
    )
    write(by, record)
    return record


def birth_date(student_id: UUID) -> datetime.date:
    """Return the student's birth date; raise Student.DoesNotExist. As SQL, since every vital signs ask it."""
    with connection.cursor() as cursor:
        cursor.execute(BORN, [student_id])
        found = cursor.fetchone()
    if found is None:
        raise Student.DoesNotExist
    born: datetime.date = found[0]
    return born

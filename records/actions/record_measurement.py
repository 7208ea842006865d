"""Record a height and weight from a sheet whose rows may be sent twice, completed and corrected."""

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from access import audit
from access.events import Action, Actor
from records.actions.mark_entered_in_error import mark_entered_in_error
from records.actions.record_vital_signs import record_vital_signs
from records.actions.stale_version import StaleVersion
from records.last_measures import measured_on
from records.models import HealthRecord
from records.vital_signs import KEYS, Measured

MEASURES = frozenset({"height_cm", "weight_kg"})
CORRECTED = "Corrected on the measuring sheet."


class How(StrEnum):
    """What became of a measurement."""

    RECORDED = "recorded"
    UNCHANGED = "unchanged"
    """It is there already: the row was sent twice, or nothing in it was changed."""
    COMPLETED = "completed"
    """A weight was added to the height of a moment ago, or the other way round."""
    CORRECTED = "corrected"
    """The earlier record is marked as entered in error, and a new one stands in its place."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The record that stands now, and how it came about."""

    record: HealthRecord
    how: How


class AlreadyMeasured(Exception):
    """The student has a height or weight of this day that the nurse has not seen yet: show it and ask."""

    def __init__(self, records: list[HealthRecord]) -> None:
        """Take those records, newest first."""
        super().__init__("already measured on this day")
        self.records = records


@transaction.atomic
def record_measurement(
    *,
    by: Actor,
    student_id: UUID,
    date: datetime.date,
    signs: Mapping[str, Measured],
    token: UUID,
    note: str = "",
    replaces: UUID | None = None,
    beside: Collection[UUID] = (),
    confidential: bool = False,
) -> Outcome:
    """Write what a row of the measuring sheet holds, once however often it is sent; return what became of it.

    `token` is the key of the record that the row makes, so that sending it again finds that record. `replaces` is the
    record that the row made before. `beside` are records of that day which the nurse has seen and leaves as they are;
    `confidential` whether confidential ones count. The gate comes before this.
    Raises AlreadyMeasured, ValidationError (see record_vital_signs), StaleVersion when someone else was faster.
    """
    one_row_at_a_time(student_id)
    of_day = measured_on(date, [student_id], confidential=confidential)[student_id]
    wanted = {KEYS[sign]: value.metric for sign, value in signs.items()}
    mine = next((record for record in of_day if record.pk in (token, replaces) and made_here(record, by)), None)
    if mine is None:
        same = [record for record in of_day if made_here(record, by) and record.vital == wanted]
        if same:
            return Outcome(same[0], How.UNCHANGED)
        if unseen := [record for record in of_day if record.pk not in beside]:
            raise AlreadyMeasured(unseen)
    elif mine.vital == wanted:
        return Outcome(mine, How.UNCHANGED)
    elif mine.vital is not None and mine.vital.items() <= wanted.items():
        return Outcome(completed(by, mine, signs), How.COMPLETED)
    else:
        mark_entered_in_error(by=by, entry=mine, reason=CORRECTED)
    taken = HealthRecord.objects.filter(pk=token).exists()
    record = record_vital_signs(
        by=by, student_id=student_id, date=date, signs=dict(signs), note=note, record_id=None if taken else token
    )
    return Outcome(record, How.CORRECTED if mine else How.RECORDED)


def one_row_at_a_time(student_id: UUID) -> None:
    """Let the rows of one student wait for each other until the transaction ends; no other write waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"measurement {student_id}"])


def made_here(record: HealthRecord, by: Actor) -> bool:
    """Whether a sheet of this person made the record: a height, a weight or both, and nothing else."""
    return record.created_by_id == by.user_id and record.source == "charted" and MEASURES.issuperset(record.vital or ())


def completed(by: Actor, record: HealthRecord, signs: Mapping[str, Measured]) -> HealthRecord:
    """Add what the record does not hold yet; no value that is there changes. Raises StaleVersion."""
    added = {sign: value for sign, value in signs.items() if KEYS[sign] not in (record.vital or {})}
    changed = HealthRecord.objects.filter(pk=record.pk, version=record.version).update(
        vital=(record.vital or {}) | {KEYS[sign]: value.metric for sign, value in added.items()},
        vital_typed=(record.vital_typed or {})
        | {sign: {"value": value.value, "unit": value.unit} for sign, value in added.items()},
        version=F("version") + 1,
        updated_at=timezone.now(),
    )
    if not changed:
        raise StaleVersion
    audit.note(by, Action.VITAL_SIGNS_RECORDED, [record.student_id])
    record.refresh_from_db()
    return record

"""Vital signs of one visit become one record, as a nurse charts them: height, weight and pressure side by side."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from records.alarms import flags_for
from records.fhir.observation import Observation
from records.fhir.vitals import REPORTED_BMI, VitalValue
from records.intake.rows import IN_ERROR_AT_SOURCE, SOURCE
from records.models import HealthRecord, SourceEntry
from records.models.clinical_entry import ENTERED_IN_ERROR
from records.vital_signs import KEYS
from students.models.student import completed_years

# A set is remembered among the source entries under a type of its own, so that a later file can add to it.
SET: Final = "VitalSigns"
SIGNS: Final = {key: sign for sign, key in KEYS.items()} | {"head_circumference_cm": "head_circumference"}
MOVED: Final = "Moved to another set of vital signs by the source"
# Flags that reading gives and that stay; the others are worked out anew from the values.
READING_FLAGS: Final = frozenset({"unknown_code", "partial_date", "date_is_when_issued", "recumbent_length"})


def set_key(value: Observation) -> str:
    """Return what vital signs have in common that belong together: the visit and the moment."""
    return hashlib.sha256(f"{value.visit}|{value.when.text}".encode()).hexdigest()


def own_key(value: Observation) -> str:
    """Return the key of a set for one observation alone."""
    return hashlib.sha256(f"{value.visit}|{value.when.text}|{value.source_id}".encode()).hexdigest()


@dataclass(slots=True)
class VitalSet:
    """A record of vital signs that is being put together, and its entry among the sources."""

    record: HealthRecord
    entry: SourceEntry
    is_new: bool
    born: datetime.date
    changed: bool = False
    emptied: bool = False

    @classmethod
    def begin(
        cls, value: Observation, *, key: str, student_id: UUID, born: datetime.date, user_id: int | None
    ) -> VitalSet:
        """Begin a set with nothing in it, for the moment of this observation."""
        record = HealthRecord(
            student_id=student_id,
            type=HealthRecord.Type.VITAL_SIGNS_CHECK,
            date=value.when.date,
            occurred_at=value.when.at,
            description="Vital signs",
            source=SOURCE,
            created_by_id=user_id,
        )
        entry = SourceEntry(
            student_id=student_id,
            resource_type=SET,
            source_id=key,
            digest=bytes.fromhex(key),
            target_model="records.HealthRecord",
            target_id=record.pk,
        )
        return cls(record, entry, is_new=True, born=born, changed=True)

    @property
    def changed_here(self) -> bool:
        """Tell whether somebody in White Cross changed the record since the import left it."""
        return not self.is_new and self.record.version > self.entry.target_version

    def is_open_to(self, value: Observation) -> bool:
        """Tell whether the observation may join: nobody changed or withdrew the record, and its signs are not taken."""
        if self.changed_here or (self.record.status == ENTERED_IN_ERROR and not self.emptied):
            return False
        typed = {} if self.emptied else self.record.vital_typed or {}
        return not any(_sign(vital) in typed for vital in value.vitals)

    def add(self, value: Observation) -> None:
        """Put the observation's signs into the record."""
        record = self.record
        if self.emptied:
            record.vital, record.vital_typed, record.status, record.status_reason = None, None, "final", ""
            self.emptied = False
        record.vital = {**(record.vital or {}), **{v.key: v.value for v in value.vitals if v.key != REPORTED_BMI}}
        record.vital_typed = {**(record.vital_typed or {}), **{_sign(v): _sent(v, value) for v in value.vitals}}
        record.confidential = record.confidential or value.confidential
        record.notes = "\n".join(dict.fromkeys([*record.notes.splitlines(), *value.notes.splitlines()]))
        record.flags = [*record.flags, *value.flags]
        if value.status == ENTERED_IN_ERROR:
            record.status, record.status_reason = ENTERED_IN_ERROR, IN_ERROR_AT_SOURCE
        elif value.status == HealthRecord.Status.AMENDED:
            record.status = HealthRecord.Status.AMENDED
        self.changed = True

    def take_out(self, source_id: str, *, reason: str) -> None:
        """Take out what an observation gave; a record with nothing left keeps its values and says why it is wrong."""
        record = self.record
        typed = record.vital_typed or {}
        gone = [sign for sign, sent in typed.items() if sent.get("source") == source_id]
        self.changed = self.changed or bool(gone)
        if len(gone) == len(typed):
            record.status, record.status_reason = ENTERED_IN_ERROR, reason
            self.emptied = True
            return
        keys = {key for key, sign in SIGNS.items() if sign in gone}
        record.vital = {key: number for key, number in (record.vital or {}).items() if key not in keys}
        record.vital_typed = {sign: sent for sign, sent in typed.items() if sign not in gone}

    def finish(self) -> None:
        """Work out flags and words from what the set holds now."""
        record = self.record
        vital: dict[str, float] = record.vital or {}
        record.vital = vital or None
        alarms = flags_for(vital, completed_years(self.born, record.date))
        record.flags = list(dict.fromkeys([*(flag for flag in record.flags if flag in READING_FLAGS), *alarms]))
        reported = (record.vital_typed or {}).get(REPORTED_BMI)
        # A body mass index without height and weight cannot be charted; as a result it is at least read.
        record.result = f"BMI {reported['value']} {reported['unit']} (as reported)" if reported and not vital else ""


def _sign(vital: VitalValue) -> str:
    return SIGNS.get(vital.key, vital.key)


def _sent(vital: VitalValue, value: Observation) -> dict[str, Any]:
    return {"value": repr(vital.sent_value), "unit": vital.sent_unit, "source": value.source_id}

"""The kinds of clinical rows that the API reads: which rows, in which order, under which name in the audit trail."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from access.events import Action
from access.gate import Pass
from records.api.rows import (
    AllergySerializer,
    ConditionSerializer,
    EntrySerializer,
    RecordSerializer,
    VaccinationSerializer,
    VitalsSerializer,
)
from records.models import Allergy, Condition, HealthRecord, Vaccination
from records.models.allergy import AllergyQuerySet
from records.models.clinical_entry import ClinicalQuerySet
from records.models.condition import ConditionQuerySet
from records.models.health_record import HealthRecordQuerySet
from records.models.vaccination import VaccinationQuerySet


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind: its name, also that of its cache; what the audit trail calls a look at it, how a row reads, and the rows
    that a look may show, in order."""

    name: str
    viewed: Action
    serializer: type[EntrySerializer]
    rows: Callable[[Pass], ClinicalQuerySet[Any]]


def allergies(look: Pass) -> AllergyQuerySet:
    """Return the student's allergies, the worst first; there is no confidential one."""
    return Allergy.objects.of(look.student_id).worst_first()


def conditions(look: Pass) -> ConditionQuerySet:
    """Return the student's conditions, the latest onset first."""
    return Condition.objects.of(look.student_id).shown_to(confidential=look.confidential).newest_first()


def vaccinations(look: Pass) -> VaccinationQuerySet:
    """Return the student's vaccinations, newest first."""
    return Vaccination.objects.of(look.student_id).shown_to(confidential=look.confidential).newest_first()


def health_records(look: Pass) -> HealthRecordQuerySet:
    """Return the student's records of every type, newest first."""
    return HealthRecord.objects.of(look.student_id).shown_to(confidential=look.confidential).newest_first()


def vital_signs(look: Pass) -> HealthRecordQuerySet:
    """Return the student's records that hold vital signs, newest first."""
    records = HealthRecord.objects.of(look.student_id).with_vitals()
    return records.shown_to(confidential=look.confidential).newest_first()


ALLERGIES = Kind("allergies", Action.ALLERGIES_VIEWED, AllergySerializer, allergies)
CONDITIONS = Kind("conditions", Action.CONDITIONS_VIEWED, ConditionSerializer, conditions)
VACCINATIONS = Kind("vaccinations", Action.VACCINATIONS_VIEWED, VaccinationSerializer, vaccinations)
RECORDS = Kind("records", Action.RECORDS_VIEWED, RecordSerializer, health_records)
VITALS = Kind("vitals", Action.VITALS_VIEWED, VitalsSerializer, vital_signs)

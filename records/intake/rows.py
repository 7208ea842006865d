"""What a resource becomes: the model and the values of its fields."""

from __future__ import annotations

import datetime
from typing import Any

from records.fhir.allergy import Allergy as FhirAllergy
from records.fhir.coding import Coding
from records.fhir.condition import Condition as FhirCondition
from records.fhir.dates import Moment
from records.fhir.encounter import Encounter
from records.fhir.immunization import Immunization
from records.fhir.observation import Observation
from records.fhir.resources import Clinical, dated_before_birth
from records.models import Allergy, Condition, HealthRecord, Vaccination
from records.models.clinical_entry import ENTERED_IN_ERROR, ClinicalEntry

Row = ClinicalEntry

SOURCE = "fhir"
IN_ERROR_AT_SOURCE = "Entered in error at the source"


def row_of(value: Clinical, born: datetime.date) -> tuple[type[Row], dict[str, Any]]:
    """Return model and field values for anything but vital signs, whose rows several observations share."""
    model, fields = _model_and_fields(value)
    flags = [*value.flags, *(["before_birth"] if dated_before_birth(value, born) else [])]
    return model, fields | {"flags": flags, "source": SOURCE}


def _model_and_fields(value: Clinical) -> tuple[type[Row], dict[str, Any]]:
    match value:
        case Encounter():
            return HealthRecord, _visit(value)
        case Observation():
            return HealthRecord, _observed(value)
        case FhirAllergy():
            return Allergy, _allergy(value)
        case FhirCondition():
            return Condition, _condition(value)
        case Immunization():
            return Vaccination, _vaccination(value)


def _observed(value: Observation) -> dict[str, Any]:
    """Return the fields of an observation that is kept in words."""
    return {
        "type": value.type,
        "status": value.status,
        "status_reason": IN_ERROR_AT_SOURCE if value.status == ENTERED_IN_ERROR else "",
        "date": value.when.date,
        "occurred_at": value.when.at,
        "description": value.description,
        "result": value.result,
        "notes": value.notes,
        "confidential": value.confidential,
        **_coded(value.coding),
    }


def _visit(value: Encounter) -> dict[str, Any]:
    return {
        "type": value.type,
        **_status(value.entered_in_error, HealthRecord.Status.FINAL),
        "date": value.when.date,
        "occurred_at": value.when.at,
        "description": value.description,
        "notes": value.notes,
        "provider": value.provider,
        "confidential": value.confidential,
        **_coded(value.coding),
    }


def _allergy(value: FhirAllergy) -> dict[str, Any]:
    return {
        "allergen": value.allergen,
        "category": value.category,
        "severity": value.severity,
        "reaction": value.reaction,
        **_status(value.entered_in_error, value.status, value.status_reason),
        "onset_date": _day(value.onset),
        "verified": value.verified,
        **_coded(value.coding),
    }


def _condition(value: FhirCondition) -> dict[str, Any]:
    onset, abated = _day(value.onset), _day(value.abated)
    if onset and abated and value.abated and abated < onset:
        abated = value.abated.latest  # began in June 2015, ended in 2015: the end of that year is not before it
    return {
        "name": value.name,
        "severity": value.severity,
        **_status(value.entered_in_error, value.status),
        "onset_date": onset,
        "abated_date": abated,
        "verification": value.verification,
        "notes": value.notes,
        "confidential": value.confidential,
        **_coded(value.coding),
    }


def _vaccination(value: Immunization) -> dict[str, Any]:
    return {
        "cvx": value.cvx,
        "name": value.name,
        "date": value.when.date if value.when and not value.when.partial else None,
        "date_text": value.date_text,
        "status": value.status,
        "status_reason": value.status_reason,
        "historical": value.historical,
        "dose_number": value.dose_number,
        "lot_number": value.lot_number,
        "manufacturer": value.manufacturer,
        "site": value.site,
        "route": value.route,
        "confidential": value.confidential,
        **_coded(value.coding),
    }


def _coded(coding: Coding | None) -> dict[str, str]:
    return {"code_system": coding.system, "code": coding.code} if coding else {"code_system": "", "code": ""}


def _status(in_error: bool, status: str, reason: str = "") -> dict[str, str]:
    if in_error:
        return {"status": ENTERED_IN_ERROR, "status_reason": IN_ERROR_AT_SOURCE}
    return {"status": status, "status_reason": reason}


def _day(moment: Moment | None) -> datetime.date | None:
    """Return the day; of a partial date the first one, which its flag and the notes say."""
    return moment.date if moment else None

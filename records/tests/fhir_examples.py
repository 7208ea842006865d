"""FHIR resources of Lena Ortiz, born 2015-06-01, for tests; each function makes a good one and takes changes."""

from __future__ import annotations

import datetime
import gzip
import json
from pathlib import Path
from typing import Any

from django.conf import settings

SHARED = Path(settings.BASE_DIR).parent / "shared" / "data"
WITHOUT_SHARED = "the children's records in ../shared/data are not in this checkout"

NOW = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)
LENA = "7d3b2c54-1f86-4d0e-9c61-2f1f7b1c0a01"

Resource = dict[str, Any]


def concept(system: str, code: str, display: str = "", **more: Any) -> Resource:
    """Return a CodeableConcept with one coding."""
    return {"coding": [{"system": system, "code": code, **({"display": display} if display else {})}], **more}


def loinc(code: str, display: str = "") -> Resource:
    return concept("http://loinc.org", code, display)


def snomed(code: str, display: str = "") -> Resource:
    return concept("http://snomed.info/sct", code, display)


def without(resource: Resource, *keys: str) -> Resource:
    """Return the resource without these fields."""
    return {key: value for key, value in resource.items() if key not in keys}


def patient(**changes: Any) -> Resource:
    return {
        "resourceType": "Patient",
        "id": LENA,
        "identifier": [{"system": "https://clinic.example/mrn", "value": "M-17"}],
        "name": [{"use": "official", "family": "Ortiz", "given": ["Lena", "Maria"]}],
        "gender": "female",
        "birthDate": "2015-06-01",
        **changes,
    }


def about(reference: str = f"Patient/{LENA}") -> Resource:
    return {"reference": reference}


def quantity(value: float, unit: str) -> Resource:
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


def observation(loinc_code: str = "8302-2", value: float = 131.5, unit: str = "cm", **changes: Any) -> Resource:
    return {
        "resourceType": "Observation",
        "id": f"obs-{loinc_code}",
        "status": "final",
        "code": loinc(loinc_code, "a measurement"),
        "subject": about(),
        "effectiveDateTime": "2024-09-10T08:15:00-04:00",
        "valueQuantity": quantity(value, unit),
        **changes,
    }


def blood_pressure(systolic: float = 104, diastolic: float = 66, **changes: Any) -> Resource:
    parts = [("8480-6", systolic), ("8462-4", diastolic)]
    return {
        **without(observation("85354-9"), "valueQuantity"),
        "component": [{"code": loinc(code), "valueQuantity": quantity(value, "mm[Hg]")} for code, value in parts],
        **changes,
    }


def immunization(**changes: Any) -> Resource:
    return {
        "resourceType": "Immunization",
        "id": "imm-1",
        "status": "completed",
        "vaccineCode": concept("http://hl7.org/fhir/sid/cvx", "08", "Hep B, adolescent or pediatric"),
        "patient": about(),
        "occurrenceDateTime": "2015-08-03",
        **changes,
    }


def condition(**changes: Any) -> Resource:
    return {
        "resourceType": "Condition",
        "id": "con-1",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "code": snomed("233678006", "Childhood asthma"),
        "subject": about(),
        "onsetDateTime": "2019-02-11",
        **changes,
    }


def allergy(**changes: Any) -> Resource:
    return {
        "resourceType": "AllergyIntolerance",
        "id": "all-1",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "category": ["food"],
        "code": snomed("91935009", "Allergy to peanuts"),
        "patient": about(),
        **changes,
    }


def encounter(**changes: Any) -> Resource:
    return {
        "resourceType": "Encounter",
        "id": "enc-1",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "type": [snomed("185349003", "Encounter for check up")],
        "subject": about(),
        "period": {"start": "2024-09-10T08:00:00-04:00"},
        **changes,
    }


def bundle(*resources: Resource, **changes: Any) -> Resource:
    entries = [{"fullUrl": f"urn:uuid:{resource.get('id')}", "resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries, **changes}


def write(path: Path, content: Any) -> Path:
    """Write JSON to the file, a resource a line where its name says NDJSON, compressed where it says gz."""
    ndjson = ".ndjson" in path.name
    text = "\n".join(map(json.dumps, content)) + "\n" if ndjson else json.dumps(content)
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.name.endswith(".gz") else data)
    return path

"""One resource in; a checked value, or the list of what is wrong with it, out."""

from __future__ import annotations

import datetime
import hashlib
import re
from dataclasses import replace
from typing import Any, Final

import orjson

from records.fhir.allergy import Allergy, read_allergy
from records.fhir.condition import Condition, read_condition
from records.fhir.element import Element, Problem
from records.fhir.encounter import Encounter, read_encounter
from records.fhir.immunization import Immunization, read_immunization
from records.fhir.observation import Observation, read_observation
from records.fhir.patient import Patient, read_patient
from records.fhir.references import Reference

Clinical = Encounter | Observation | Immunization | Condition | Allergy

READERS: Final = {
    "Encounter": read_encounter,
    "Observation": read_observation,
    "Immunization": read_immunization,
    "Condition": read_condition,
    "AllergyIntolerance": read_allergy,
}
KEPT: Final = frozenset({"Patient", *READERS})
SOURCE_ID_LIMIT: Final = 100
TYPE_NAME: Final = re.compile(r"[A-Z][A-Za-z]{1,59}")


def resource_type(resource: dict[str, Any]) -> str:
    """Return the resource's type, or '' where it has none that could be one."""
    kind = resource.get("resourceType")
    return kind if isinstance(kind, str) and TYPE_NAME.fullmatch(kind) else ""


def digest_of(content: Any) -> bytes:
    """Return SHA-256 of a resource or of a value read from one, in canonical form: compact JSON with sorted keys.

    Raises ValueError for what has no canonical form: nesting beyond any resource.
    """
    try:
        return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()
    except TypeError as error:
        raise ValueError(str(error)) from error


def digest_of_clinical(value: Clinical) -> bytes:
    """Return the digest of what White Cross keeps of a resource.

    Not of the resource itself: a new version number, another narrative or another way to write the reference to the
    Patient changes nothing here, while reading that improves does. Whose it is stands beside the digest.
    """
    return digest_of(replace(value, subject=Reference()))


def digest_of_person(patient: Patient) -> bytes:
    """Return the digest of who a Patient is; identifiers are added up and not replaced, so they do not count."""
    return digest_of(replace(patient, identifiers=()))


def source_id_of(resource: dict[str, Any], entry_url: str) -> str:
    """Return what the source calls the resource: its id, else its fullUrl, else the digest of its content.

    Raises ValueError where there is no digest.
    """
    for name in (resource.get("id"), entry_url):
        if isinstance(name, str) and 0 < len(name) <= SOURCE_ID_LIMIT and "\x00" not in name:
            return name
    return f"sha256:{digest_of(resource).hex()}"


def read_person(resource: dict[str, Any], source_id: str, now: datetime.datetime) -> Patient | list[Problem]:
    """Read a Patient, or say what is wrong with it."""
    element = Element(resource)
    patient = read_patient(element, source_id, now)
    return element.problems or patient


def read_clinical(resource: dict[str, Any], source_id: str, now: datetime.datetime) -> Clinical | list[Problem]:
    """Read a resource about a Patient, or say what is wrong with it. Its type must be one of READERS."""
    element = Element(resource)
    value = READERS[resource_type(resource)](element, source_id, now)
    if not element.problems and value is not None and value.subject.empty:
        element.refuse("patient" if "patient" in element else "subject", "does not say whom it is about")
    return element.problems if element.problems or value is None else value


def why_not_kept(resource: dict[str, Any]) -> Problem:
    """Say why a resource of this type is not kept; an OperationOutcome in a search result speaks for itself."""
    kind = resource_type(resource)
    if not kind:
        return Problem("resourceType", "names no type: this is not a FHIR resource")
    if kind == "OperationOutcome":
        element = Element(resource)
        said = [issue.text("diagnostics", None) for issue in element.children("issue")]
        words = "; ".join(filter(None, said))[:500] or "no diagnostics"
        return Problem("issue", f"the source reports a problem and not a record: {words}")
    return Problem("resourceType", f"White Cross does not keep {kind} resources")


def before_birth(value: Clinical, born: datetime.date) -> Problem | None:
    """Say which measurement or dose lies before birth.

    Those are refused: growth and immunization status are computed from them. A visit or condition dated before birth
    is a doubt about one of two dates and is kept with the flag `before_birth`.
    """
    if isinstance(value, Observation) and value.when.is_before(born):
        return Problem("effectiveDateTime", f"{value.when.text} lies before the student's birth")
    if isinstance(value, Immunization) and value.when and value.when.is_before(born):
        return Problem("occurrenceDateTime", f"{value.when.text} lies before the student's birth")
    return None


def dated_before_birth(value: Clinical, born: datetime.date) -> bool:
    """Tell whether a visit, condition or allergy that is kept begins before birth."""
    begins = value.when if isinstance(value, Encounter) else getattr(value, "onset", None)
    return begins is not None and begins.is_before(born)

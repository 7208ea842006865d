"""Reading one resource in a test: the value, or what is wrong with it."""

from __future__ import annotations

from typing import TypeVar

from records.fhir.allergy import Allergy
from records.fhir.condition import Condition
from records.fhir.encounter import Encounter
from records.fhir.immunization import Immunization
from records.fhir.observation import Observation
from records.fhir.patient import Patient
from records.fhir.resources import read_clinical, read_person, source_id_of
from records.tests.fhir_examples import NOW, Resource

Value = TypeVar("Value", Patient, Encounter, Observation, Immunization, Condition, Allergy)


def read_as(kind: type[Value], resource: Resource) -> Value:
    """Return the value of a good resource."""
    found = _read(resource)
    assert isinstance(found, kind), found
    return found


def problems(resource: Resource) -> list[tuple[str, str]]:
    """Return field and reason of everything wrong with the resource."""
    found = _read(resource)
    assert isinstance(found, list), found
    return [(problem.field, problem.reason) for problem in found]


def _read(resource: Resource) -> object:
    read = read_person if resource["resourceType"] == "Patient" else read_clinical
    return read(resource, source_id_of(resource, ""), NOW)

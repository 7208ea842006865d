"""A file in another version of FHIR is known by its shape before anything of it is kept."""

from __future__ import annotations

import pytest

from records.fhir.version import VersionTally, unsupported
from records.tests.fhir_examples import (
    Resource,
    allergy,
    condition,
    encounter,
    immunization,
    observation,
    patient,
    without,
)

OLD_PATIENT = patient(name=[{"family": ["Ortiz"], "given": ["Lena"]}])
OLD_ENCOUNTER = encounter(**{"class": "ambulatory"})
STU3_CONDITION = condition(clinicalStatus="active", verificationStatus="confirmed", assertedDate="2019-02-11")
STU3_SHOT = without(immunization(notGiven=False, date="2015-08-03"), "occurrenceDateTime")
DSTU2_SHOT = without(immunization(wasNotGiven=False, date="2015-08-03"), "occurrenceDateTime")


def version_of(*resources: Resource) -> str:
    tally = VersionTally()
    for resource in resources:
        tally.see(resource)
    return tally.version


@pytest.mark.parametrize(
    ("resources", "version"),
    [
        ((patient(), encounter(), observation(), immunization(), condition(), allergy()), "R4"),
        ((patient(),), "R4"),
        ((), "R4"),
        ((patient(), STU3_CONDITION, STU3_SHOT), "STU3"),
        ((OLD_PATIENT, OLD_ENCOUNTER, DSTU2_SHOT), "DSTU2"),
        ((OLD_PATIENT, {"resourceType": "MedicationOrder"}), "DSTU2"),
        ((encounter(**{"class": [{"coding": []}], "actualPeriod": {}}), allergy(type={"coding": []})), "R5"),
        (({"resourceType": 5}, {"resourceType": "Patient", "name": ["x", 3]}), "R4"),
    ],
)
def test_the_version_that_explains_most_entries_wins(resources: tuple[Resource, ...], version: str) -> None:
    assert version_of(*resources) == version


def test_one_misshapen_entry_does_not_condemn_an_r4_file() -> None:
    assert version_of(patient(), encounter(), observation(), immunization(), condition(clinicalStatus="active")) == "R4"


def test_the_refusal_says_what_to_do() -> None:
    assert unsupported("DSTU2") == "FHIR DSTU2 is not supported; export as R4 (4.0.1)"
    assert unsupported("R4") == ""

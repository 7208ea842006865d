"""What a minor may keep private is confidential, by code or by the label of the source."""

from __future__ import annotations

import pytest

from records.fhir.condition import Condition
from records.fhir.encounter import Encounter
from records.fhir.observation import Observation
from records.fhir.resources import read_clinical
from records.fhir.sensitivity import ACT_CODE, CONFIDENTIALITY
from records.tests.fhir_examples import NOW, Resource, concept, condition, encounter, observation, snomed
from records.tests.reading import read_as


@pytest.mark.parametrize(
    "resource",
    [
        observation(code=concept("http://loinc.org", "55277-8", "HIV status")),
        observation(meta={"security": [{"system": CONFIDENTIALITY, "code": "R"}]}),
        observation(meta={"security": [{"system": ACT_CODE, "code": "SEX"}]}),
        condition(code=concept("http://hl7.org/fhir/sid/icd-10-cm", "F32.1", "Depression")),
        condition(code=snomed("72892002", "Normal pregnancy")),
        encounter(reasonCode=[snomed("72892002", "Normal pregnancy")]),
    ],
)
def test_what_a_minor_may_keep_private_is_confidential(resource: Resource) -> None:
    found = read_clinical(resource, "1", NOW)
    assert isinstance(found, Condition | Encounter | Observation)
    assert found.confidential


def test_an_everyday_finding_is_not_confidential() -> None:
    assert not read_as(Condition, condition()).confidential
    smoking = concept("http://loinc.org", "72166-2", "Tobacco smoking status")
    assert not read_as(Observation, observation(code=smoking)).confidential

"""An allergy is as severe as FHIR defines it, and of the kind that its code says."""

from __future__ import annotations

import pytest

from records.fhir.allergy import Allergy
from records.tests.fhir_examples import Resource, allergy, concept, snomed, without
from records.tests.reading import problems, read_as


def test_high_criticality_is_life_threatening_and_low_tells_no_severity() -> None:
    assert read_as(Allergy, allergy(criticality="high")).severity == 4
    assert read_as(Allergy, allergy(criticality="low")).severity == 0
    assert read_as(Allergy, allergy()).severity == 0


@pytest.mark.parametrize(("severity", "number"), [("mild", 1), ("moderate", 2), ("severe", 3)])
def test_the_worst_reaction_counts_by_itself(severity: str, number: int) -> None:
    reactions = [
        {"manifestation": [snomed("247472004", "Hives")], "severity": "mild"},
        {"manifestation": [snomed("271807003", "Rash")], "severity": severity},
    ]
    found = read_as(Allergy, allergy(criticality="low", reaction=reactions))
    assert (found.severity, found.reaction) == (number, "Hives, Rash")


@pytest.mark.parametrize(
    ("code", "category"),
    [("300916003", "latex"), ("424213003", "insect"), ("232347008", "environmental"), ("91935009", "food")],
)
def test_a_code_that_says_what_it_is_decides_over_the_category(code: str, category: str) -> None:
    assert read_as(Allergy, allergy(code=snomed(code, "allergy"))).category == category


def test_the_category_is_the_sources_else_that_of_the_code_system() -> None:
    drug = concept("http://www.nlm.nih.gov/research/umls/rxnorm", "7984", "penicillin V")
    assert read_as(Allergy, without(allergy(code=drug), "category")).category == "medication"
    assert read_as(Allergy, allergy(category=["environment"])).category == "environmental"
    assert read_as(Allergy, without(allergy(), "category")).category == "other"


def test_a_refuted_allergy_is_inactive_with_the_reason() -> None:
    found = read_as(Allergy, allergy(verificationStatus=concept("urn:v", "refuted")))
    assert (found.status, found.status_reason, found.verified) == ("inactive", "Refuted by the source", False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": {}}, "code"),
        ({"criticality": "CRITICAL"}, "criticality"),
        ({"category": ["pets"]}, "category[0]"),
        ({"category": "food"}, "category"),
        ({"reaction": [{"severity": "fatal"}]}, "reaction[0].severity"),
        ({"clinicalStatus": concept("urn:c", "on")}, "clinicalStatus"),
    ],
)
def test_an_allergy_that_cannot_be_is_refused_by_its_field(changes: Resource, field: str) -> None:
    assert [name for name, _ in problems(allergy(**changes))] == [field]

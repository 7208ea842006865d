"""A reference is followed in each form that R4 allows, and only to a Patient."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from records.fhir.element import Element, Problem
from records.fhir.references import Identifier, Reference, points_at, read_reference
from records.intake.links import PATIENT_ID, Links, identifiers_in, whom
from records.tests.fhir_examples import LENA, Resource, observation, patient

MRN = Identifier("https://clinic.example/mrn", "M-17")
ONE, OTHER = uuid.uuid4(), uuid.uuid4()


def subject(reference: Resource, **more: Any) -> tuple[Reference, list[Problem]]:
    element = Element(observation(subject=reference, **more))
    return read_reference(element, "subject", "Patient"), element.problems


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("Patient/17", "17"),
        ("https://server.example/fhir/Patient/17", "17"),
        ("https://server.example/fhir/Patient/17/_history/2", "17"),
        (f"urn:uuid:{LENA}", LENA),
    ],
)
def test_a_literal_reference_names_an_id(url: str, name: str) -> None:
    assert subject({"reference": url}) == (Reference(url, name), [])


def test_a_logical_and_a_conditional_reference_name_an_identifier() -> None:
    beside = {"identifier": {"system": MRN.system, "value": MRN.value}}
    assert subject(beside)[0].identifiers == (MRN,)
    assert subject({"reference": f"Patient?identifier={MRN.system}|{MRN.value}"})[0].identifiers == (MRN,)
    assert subject({"reference": "Patient/17", **beside})[0] == Reference("Patient/17", "17", (MRN,))


def test_a_contained_patient_is_known_by_its_identifier_only() -> None:
    inside = patient(id="p1")
    assert subject({"reference": "#p1"}, contained=[inside])[0].identifiers == (MRN,)
    assert "has none" in subject({"reference": "#p1"}, contained=[patient(id="p1", identifier=[])])[1][0].reason
    assert "not there" in subject({"reference": "#p2"}, contained=[inside])[1][0].reason
    other = {"resourceType": "Device", "id": "p1"}
    assert "not a Patient" in subject({"reference": "#p1"}, contained=[other])[1][0].reason


@pytest.mark.parametrize("url", ["Group/5", "Practitioner/5", "patient 5", "https://example.org/"])
def test_a_reference_elsewhere_is_a_problem(url: str) -> None:
    found, problems = subject({"reference": url})
    assert found.empty
    assert [problem.field for problem in problems] == ["subject.reference"]


def test_what_refers_to_a_patient_by_url_or_id_finds_it() -> None:
    links = Links()
    links.saw("a", points_at("urn:uuid:other-than-the-id", patient(id="17")), ONE)
    for reference in (Reference("urn:uuid:other-than-the-id", "other-than-the-id"), Reference("Patient/17", "17")):
        assert whom("a", reference, links, {}) == ONE
        assert whom("b", reference, links, {}) == ONE


def test_one_id_for_two_children_means_in_each_file_its_own_and_elsewhere_nobody() -> None:
    links = Links()
    links.saw("a", ["Patient/17"], ONE)
    links.saw("b", ["Patient/17"], OTHER)
    reference = Reference("Patient/17", "17")
    assert whom("a", reference, links, {}) == ONE
    assert whom("b", reference, links, {}) == OTHER
    assert isinstance(whom("c", reference, links, {}), Problem)


@pytest.mark.parametrize("order", [(ONE, OTHER), (ONE, OTHER, ONE), (ONE, ONE, OTHER)])
def test_one_id_for_two_children_in_one_file_means_nobody(order: tuple[uuid.UUID, ...]) -> None:
    links = Links()
    for student in order:
        links.saw("a", ["Patient/17"], student)
    assert isinstance(whom("a", Reference("Patient/17", "17"), links, {}), Problem)


def test_only_an_id_that_is_unique_everywhere_is_looked_up_in_the_database() -> None:
    assert identifiers_in(Reference(f"Patient/{LENA}", LENA)) == [Identifier(PATIENT_ID, LENA)]
    assert identifiers_in(Reference("Patient/17", "17", (MRN,))) == [MRN]
    problem = whom("a", Reference("Patient/17", "17"), Links(), {})
    assert isinstance(problem, Problem)
    assert "import both together" in problem.reason


def test_a_reference_and_an_identifier_that_disagree_mean_nobody() -> None:
    links = Links()
    links.saw("a", ["Patient/17"], ONE)
    problem = whom("a", Reference("Patient/17", "17", (MRN,)), links, {MRN: OTHER})
    assert problem == Problem("subject", "its reference and its identifiers mean different students")

"""A visit becomes one record of the type that its codes leave."""

from __future__ import annotations

import pytest

from records.fhir.encounter import Encounter
from records.tests.fhir_examples import Resource, encounter, snomed
from records.tests.reading import problems, read_as


@pytest.mark.parametrize(
    ("class_code", "kind", "record"),
    [
        ("AMB", "185349003", "CHECKUP"), ("EMER", "50849002", "EMERGENCY_VISIT"), ("VR", "1", "CONSULTATION"),
        ("AMB", "394701000", "FOLLOW_UP"), ("AMB", "185347001", "CONSULTATION"), ("IMP", "1", "HOSPITALIZATION"),
    ],
)  # fmt: skip
def test_a_visit_becomes_the_record_type_its_codes_leave(class_code: str, kind: str, record: str) -> None:
    found = read_as(Encounter, encounter(**{"class": {"code": class_code}, "type": [snomed(kind, "visit")]}))
    assert found.type == record


def test_a_visit_keeps_its_reason_and_who_saw_the_student() -> None:
    found = read_as(
        Encounter,
        encounter(
            reasonCode=[snomed("65363002", "Otitis media")], participant=[{"individual": {"display": "Dr. Ruiz"}}]
        ),
    )
    assert (found.notes, found.provider) == ("Reason: Otitis media", "Dr. Ruiz")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": "planned"}, "status"),
        ({"status": "done"}, "status"),
        ({"period": {}}, "period.start"),
        ({"class": "ambulatory"}, "class"),
    ],
)
def test_a_visit_that_did_not_happen_is_refused(changes: Resource, field: str) -> None:
    assert [name for name, _ in problems(encounter(**changes))] == [field]

"""Patients find their students by identifier, else by name and birth date, and two children are never merged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from access.tests.people import make_district, make_school, make_student
from records.tests.fhir_examples import LENA, Resource, condition, patient, without
from records.tests.importing import outcomes, reasons, take
from students.models import School, Student, StudentIdentifier

pytestmark = pytest.mark.django_db

MRN = "https://clinic.example/mrn"
OTHER_ID = "00000000-1111-4222-8333-444444444444"


def lena_here(school: School, mrn: str = "", **changes: Any) -> Student:
    """Return Lena, enrolled by the school's roster."""
    fields: dict[str, Any] = {
        "given_name": "Lena",
        "family_name": "Ortiz",
        "birth_date": "2015-06-01",
        "sex": "unknown",
        **changes,
    }
    lena = make_student(school, **fields)
    if mrn:
        StudentIdentifier.objects.create(student=lena, system=MRN, value=mrn)
    return lena


def mrn(value: str, **changes: object) -> Resource:
    return patient(identifier=[{"system": MRN, "value": value}], **changes)


def test_an_identifier_finds_the_student_and_adds_the_others(oak_street: School, tmp_path: Path) -> None:
    lena = lena_here(oak_street, "M-17")
    assert outcomes(take(oak_street, tmp_path, patient())) == {"updated": 1}
    assert set(lena.identifiers.values_list("value", flat=True)) == {"M-17", LENA}


def test_name_and_birth_date_find_the_student_without_accents_and_case(oak_street: School, tmp_path: Path) -> None:
    lena = lena_here(oak_street)
    name = [{"family": "ORTÍZ", "given": ["Léna"]}]
    assert outcomes(take(oak_street, tmp_path, patient(name=name))) == {"updated": 1}
    assert Student.objects.get() == lena


@pytest.mark.parametrize(
    "changes",
    [
        {"birthDate": "2015-06-02"},
        {"name": [{"family": "Ortiz", "given": ["Lara"]}]},
        {"name": [{"family": "Orti", "given": ["Lena"]}]},
    ],
)
def test_a_name_or_a_birth_date_alone_finds_nobody(oak_street: School, tmp_path: Path, changes: Resource) -> None:
    lena_here(oak_street)
    assert outcomes(take(oak_street, tmp_path, patient(**changes))) == {"created": 1}


def test_the_same_name_and_birth_date_with_another_number_is_another_child(oak_street: School, tmp_path: Path) -> None:
    lena_here(oak_street, "M-16")
    assert outcomes(take(oak_street, tmp_path, patient())) == {"created": 1}
    assert Student.objects.count() == 2


def test_two_children_alike_leave_it_open(oak_street: School, tmp_path: Path) -> None:
    lena_here(oak_street)
    lena_here(oak_street)
    report = take(oak_street, tmp_path, patient(), condition())
    assert reasons(report) == [
        "name: more than one student here has this name and birth date; none is chosen",
        "subject: no student is known by this reference; import the Patient first, or with it",
    ]


def test_identifiers_of_two_students_merge_nobody(oak_street: School, tmp_path: Path) -> None:
    lena_here(oak_street, "M-17")
    other = lena_here(oak_street, given_name="Lina")
    StudentIdentifier.objects.create(student=other, system="urn:state", value="S-1")
    both = [{"system": MRN, "value": "M-17"}, {"system": "urn:state", "value": "S-1"}]
    assert reasons(take(oak_street, tmp_path, patient(identifier=both))) == [
        "identifier: its identifiers belong to different students here; nothing is merged"
    ]


def test_an_identifier_that_contradicts_another_merges_nobody(oak_street: School, tmp_path: Path) -> None:
    lena = lena_here(oak_street, "M-17")
    StudentIdentifier.objects.create(student=lena, system="urn:state", value="S-1")
    mixed = [{"system": MRN, "value": "M-17"}, {"system": "urn:state", "value": "S-2"}]
    assert "whose number in urn:state is another" in reasons(take(oak_street, tmp_path, patient(identifier=mixed)))[0]


def test_a_reused_number_does_not_turn_one_child_into_another(oak_street: School, tmp_path: Path) -> None:
    lena_here(oak_street, "M-17")
    stranger = mrn("M-17", name=[{"family": "Quist", "given": ["Bo"]}], birthDate="2014-01-01")
    assert "another family name and another birth date" in reasons(take(oak_street, tmp_path, stranger))[0]


def test_an_id_that_servers_share_must_agree_on_the_birth_date(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, mrn("M-1", id="17"))
    stranger = mrn("M-2", id="17", name=[{"family": "Quist", "given": ["Bo"]}], birthDate="2014-01-01")
    about = condition(subject={"reference": "Patient/17"})
    assert outcomes(take(oak_street, tmp_path, stranger, about)) == {"created": 2}
    assert Student.objects.get(family_name="Quist").condition_set.count() == 1
    assert outcomes(take(oak_street, tmp_path, mrn("M-1", id="17"))) == {"unchanged": 1}


def test_one_child_twice_in_a_file_is_one_student(oak_street: School, tmp_path: Path) -> None:
    twice = [patient(), patient(id=OTHER_ID)]
    assert outcomes(take(oak_street, tmp_path, *twice)) == {"created": 1, "updated": 1}
    assert outcomes(take(oak_street, tmp_path, *twice)) == {"unchanged": 2}
    assert Student.objects.count() == 1


def test_two_children_with_one_name_in_a_file_stay_two(oak_street: School, tmp_path: Path) -> None:
    assert outcomes(take(oak_street, tmp_path, mrn("M-1"), mrn("M-2", id=OTHER_ID))) == {"created": 2}


def test_another_district_is_not_searched_by_name(oak_street: School, tmp_path: Path) -> None:
    lena_here(make_school("far", district=make_district("elsewhere", "Elsewhere")))
    assert outcomes(take(oak_street, tmp_path, patient())) == {"created": 1}


@pytest.mark.parametrize(
    ("incomplete", "fields"),
    [
        (without(patient(), "birthDate"), "birthDate"),
        (without(patient(), "name", "birthDate"), "name.family, name.given, birthDate"),
        (patient(name=[{"text": "Lena Ortiz"}]), "name.family, name.given"),
    ],
)
def test_an_incomplete_patient_is_found_by_identifier_and_never_enrolled(
    oak_street: School, tmp_path: Path, incomplete: Resource, fields: str
) -> None:
    assert reasons(take(oak_street, tmp_path, incomplete))[0].startswith(f"{fields}: no student is known")
    lena_here(oak_street, "M-17")
    assert outcomes(take(oak_street, tmp_path, incomplete)) == {"updated": 1}


def test_the_roster_knows_better_and_only_gaps_are_filled(oak_street: School, tmp_path: Path) -> None:
    lena_here(oak_street, "M-17", family_name="Ortiz-Vega")
    take(oak_street, tmp_path, patient())
    lena = Student.objects.get()
    assert (lena.family_name, lena.middle_name, lena.sex, lena.version) == ("Ortiz-Vega", "Maria", "female", 2)


def test_the_source_that_made_a_student_may_correct_them(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient())
    corrected = patient(birthDate="2015-07-01", deceasedBoolean=True)
    assert outcomes(take(oak_street, tmp_path, corrected)) == {"updated": 1}
    lena = Student.objects.get()
    assert (lena.birth_date.isoformat(), lena.status) == ("2015-07-01", "withdrawn")
    assert outcomes(take(oak_street, tmp_path, corrected)) == {"unchanged": 1}


def test_a_correction_made_here_stands_against_the_source(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient())
    Student.objects.update(family_name="Ortiz-Vega", version=2)
    take(oak_street, tmp_path, patient(name=[{"family": "Orthiz", "given": ["Lena"]}]))
    assert Student.objects.get().family_name == "Ortiz-Vega"


def test_a_contained_patient_finds_a_student_and_enrols_none(oak_street: School, tmp_path: Path) -> None:
    inside = condition(subject={"reference": "#p"}, contained=[patient(id="p")])
    assert outcomes(take(oak_street, tmp_path, inside)) == {"rejected": 1}
    lena_here(oak_street, "M-17")
    assert outcomes(take(oak_street, tmp_path, inside)) == {"created": 1}

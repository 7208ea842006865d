"""A Patient is read for who it is, and for nothing that a school must not hold."""

from __future__ import annotations

import datetime

import pytest

from records.fhir.patient import Patient
from records.fhir.references import Identifier
from records.tests.fhir_examples import patient, without
from records.tests.reading import problems, read_as


def test_it_reads_name_birth_date_sex_and_identifiers() -> None:
    lena = read_as(Patient, patient())
    assert (lena.family_name, lena.given_name, lena.middle_name) == ("Ortiz", "Lena", "Maria")
    assert lena.birth_date == datetime.date(2015, 6, 1)
    assert lena.sex == "female"
    assert lena.identifiers == (Identifier("https://clinic.example/mrn", "M-17"),)


@pytest.mark.parametrize(
    "identifier",
    [
        {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-12-3456"},
        {"type": {"coding": [{"code": "SS"}]}, "system": "urn:x", "value": "999-12-3456"},
        {"type": {"coding": [{"code": "DL"}]}, "system": "urn:oid:2.16.840.1.113883.4.3.25", "value": "S1"},
        {"type": {"coding": [{"code": "PPN"}]}, "system": "urn:passport", "value": "X1"},
    ],
)
def test_social_security_license_and_passport_numbers_are_not_read(identifier: dict[str, object]) -> None:
    kept = {"system": "https://clinic.example/mrn", "value": "M-17"}
    assert read_as(Patient, patient(identifier=[identifier, kept])).identifiers == (Identifier(**kept),)


def test_an_identifier_without_system_names_nobody() -> None:
    assert read_as(Patient, patient(identifier=[{"value": "2474909861"}])).identifiers == ()


def test_the_official_name_comes_first_and_an_old_one_never() -> None:
    names = [
        {"use": "old", "family": "Before", "given": ["X"]},
        {"use": "nickname", "given": ["Leni"]},
        {"use": "official", "family": "Ortiz", "given": ["Lena"]},
    ]
    assert read_as(Patient, patient(name=names)).family_name == "Ortiz"
    assert read_as(Patient, patient(name=names[:1])).family_name == ""


@pytest.mark.parametrize(("gender", "sex"), [("male", "male"), ("other", "unknown"), ("unknown", "unknown")])
def test_other_and_unknown_gender_choose_no_growth_chart(gender: str, sex: str) -> None:
    assert read_as(Patient, patient(gender=gender)).sex == sex
    assert read_as(Patient, without(patient(), "gender")).sex == "unknown"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"birthDate": "2015"}, "birthDate"),
        ({"birthDate": "2031-01-01"}, "birthDate"),
        ({"birthDate": "1850-01-01"}, "birthDate"),
        ({"birthDate": 2015}, "birthDate"),
        ({"gender": "F"}, "gender"),
        ({"name": "Lena Ortiz"}, "name"),
        ({"name": ["Lena"]}, "name[0]"),
        ({"name": [{"family": ["Ortiz"]}]}, "name[0].family"),
        ({"name": [{"family": "O" * 101, "given": ["L"]}]}, "name[0].family"),
        ({"name": [{"family": "Ortiz", "given": ["{patient.given}"]}]}, "name[0].given[0]"),
        ({"name": [{"family": "Or\x00tiz", "given": ["L"]}]}, "name[0].family"),
        ({"identifier": {"value": "1"}}, "identifier"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(changes: dict[str, object], field: str) -> None:
    assert [name for name, _ in problems(patient(**changes))] == [field]


def test_every_problem_is_named_at_once() -> None:
    assert [field for field, _ in problems(patient(birthDate="soon", gender="F"))] == ["birthDate", "gender"]

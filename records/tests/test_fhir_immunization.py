"""A dose keeps its code, its date as far as it is known, and the reason where it was not given."""

from __future__ import annotations

import pytest

from records.fhir.immunization import Immunization
from records.tests.fhir_examples import Resource, concept, immunization, snomed, without
from records.tests.reading import problems, read_as

CVX = "http://hl7.org/fhir/sid/cvx"


@pytest.mark.parametrize(("code", "cvx"), [("08", "08"), ("8", "08"), ("140", "140"), ("3", "03")])
def test_a_cvx_code_keeps_its_leading_zero(code: str, cvx: str) -> None:
    found = read_as(Immunization, immunization(vaccineCode=concept(CVX, code, "x")))
    assert (found.cvx, found.coding, found.flags) == (cvx, None, ())


def test_another_code_system_is_kept_and_flagged() -> None:
    found = read_as(Immunization, immunization(vaccineCode=snomed("39114911000001105", "Influenza vaccine")))
    assert (found.cvx, found.name, found.flags) == ("", "Influenza vaccine", ("unknown_code",))
    assert found.coding
    assert found.coding.code == "39114911000001105"


def test_cvx_is_taken_before_other_codings() -> None:
    code = {"coding": [*snomed("1")["coding"], {"system": CVX, "code": "03"}], "text": "MMR"}
    assert read_as(Immunization, immunization(vaccineCode=code)).cvx == "03"


def test_a_dose_without_a_vaccine_code_is_named_by_what_it_was_against() -> None:
    null = concept("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "NAVU", "Not available")
    against = [{"targetDisease": [snomed("6142004", "Influenza")]}]
    found = read_as(Immunization, immunization(vaccineCode=null, protocolApplied=against))
    assert (found.name, found.flags) == ("Vaccine against Influenza", ("unknown_code",))


def test_it_reads_lot_maker_site_route_dose_and_who_says_so() -> None:
    found = read_as(
        Immunization,
        immunization(
            lotNumber="X8U", manufacturer={"display": "Merck"}, site=snomed("368208006", "Left arm"),
            route=snomed("78421000", "By mouth"), protocolApplied=[{"doseNumberPositiveInt": 2}], primarySource=False,
        ),
    )  # fmt: skip
    assert (found.lot_number, found.manufacturer) == ("X8U", "Merck")
    assert (found.site, found.route) == ("Left arm", "By mouth")
    assert (found.dose_number, found.historical) == (2, True)


def test_a_dose_not_given_keeps_its_reason() -> None:
    found = read_as(Immunization, immunization(status="not-done", statusReason={"text": "parent refused"}))
    assert (found.status, found.status_reason) == ("not_done", "parent refused")


def test_half_a_date_of_a_dose_is_words_and_no_day() -> None:
    found = read_as(Immunization, immunization(occurrenceDateTime="2015-08"))
    assert (found.date_text, found.flags) == ("2015-08", ("partial_date",))
    words = without(immunization(occurrenceString="as a baby"), "occurrenceDateTime")
    assert read_as(Immunization, words).date_text == "as a baby"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": "given"}, "status"),
        ({"status": None}, "status"),
        ({"vaccineCode": concept(CVX, "DTaP")}, "vaccineCode"),
        ({"vaccineCode": concept(CVX, "998")}, "vaccineCode"),
        ({"vaccineCode": None}, "vaccineCode"),
        ({"occurrenceDateTime": None}, "occurrence[x]"),
        ({"occurrenceDateTime": "2031-01-01"}, "occurrenceDateTime"),
        ({"protocolApplied": [{"doseNumberPositiveInt": 0}]}, "protocolApplied[0].doseNumberPositiveInt"),
        ({"patient": None}, "subject"),
    ],
)
def test_a_dose_that_cannot_be_is_refused_by_its_field(changes: Resource, field: str) -> None:
    changed = {key: value for key, value in {**immunization(), **changes}.items() if value is not None}
    assert [name for name, _ in problems(changed)] == [field]

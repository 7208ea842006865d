"""What the whole resource decides: its kind, and dates that contradict birth."""

from __future__ import annotations

import datetime

from records.fhir.condition import Condition
from records.fhir.immunization import Immunization
from records.fhir.resources import before_birth, why_not_kept
from records.tests.fhir_examples import condition, immunization
from records.tests.reading import read_as


def test_doses_and_measurements_before_birth_are_refused() -> None:
    born = datetime.date(2016, 1, 1)
    problem = before_birth(read_as(Immunization, immunization()), born)
    assert problem
    assert problem.reason == "2015-08-03 lies before the student's birth"
    assert before_birth(read_as(Immunization, immunization(occurrenceDateTime="2016")), born) is None
    assert before_birth(read_as(Condition, condition(onsetDateTime="2002-07-19")), born) is None


def test_other_kinds_and_outcomes_say_why_they_are_not_kept() -> None:
    assert why_not_kept({"resourceType": "Claim"}).reason == "White Cross does not keep Claim resources"
    outcome = {"resourceType": "OperationOutcome", "issue": [{"diagnostics": "no such target"}]}
    assert why_not_kept(outcome).reason.endswith("no such target")
    assert why_not_kept({}).field == "resourceType"

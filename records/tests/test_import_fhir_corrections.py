"""What the source corrects is corrected here, unless somebody here knew better."""

from __future__ import annotations

from pathlib import Path

import pytest

from access.events import Actor, Door
from access.models import User
from records.actions import mark_entered_in_error
from records.models import Allergy, Condition, HealthRecord, Vaccination
from records.tests.fhir_examples import allergy, concept, condition, encounter, immunization, observation, patient
from records.tests.importing import outcomes, reasons, take
from students.models import School

pytestmark = pytest.mark.django_db


def test_a_correction_changes_the_row_and_its_version(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient(), allergy(), condition(), immunization())
    changed = [
        allergy(criticality="high"),
        condition(clinicalStatus=concept("urn:c", "resolved"), abatementDateTime="2024-01-01"),
        immunization(lotNumber="AB12"),
    ]
    assert outcomes(take(oak_street, tmp_path, *changed)) == {"updated": 3}
    assert Allergy.objects.values_list("severity", "version").get() == (4, 2)
    assert Condition.objects.values_list("status", "version").get() == ("resolved", 2)
    assert Vaccination.objects.values_list("lot_number", "version").get() == ("AB12", 2)
    assert outcomes(take(oak_street, tmp_path, *changed)) == {"unchanged": 3}


def test_what_was_entered_in_error_at_the_source_says_so(oak_street: School, tmp_path: Path) -> None:
    in_error = concept("urn:v", "entered-in-error")
    take(
        oak_street, tmp_path, patient(), immunization(status="entered-in-error"), encounter(status="entered-in-error"),
        condition(verificationStatus=in_error), allergy(verificationStatus=in_error),
    )  # fmt: skip
    for model in (Vaccination, HealthRecord, Condition, Allergy):
        row = model.objects.values_list("status", "status_reason").get()
        assert row == ("entered_in_error", "Entered in error at the source")


def test_what_a_nurse_took_back_is_not_brought_back(oak_street: School, nora: User, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient(), allergy())
    by = Actor(nora.pk, Door.PAGE)
    mark_entered_in_error(by=by, entry=Allergy.objects.get(), reason="Wrong child")
    report = take(oak_street, tmp_path, allergy(criticality="high"))
    assert "was changed in White Cross since it was imported" in reasons(report)[0]
    assert Allergy.objects.values_list("status", "severity").get() == ("entered_in_error", 0)


def test_dates_before_birth_are_kept_and_flagged_where_nothing_is_computed(oak_street: School, tmp_path: Path) -> None:
    take(
        oak_street, tmp_path, patient(),
        condition(onsetDateTime="2002-07-19"), encounter(period={"start": "2002-07-19"}),
    )  # fmt: skip
    assert Condition.objects.get().flags == ["before_birth"]
    assert HealthRecord.objects.get().flags == ["before_birth"]


def test_half_a_date_is_kept_as_far_as_it_is_known(oak_street: School, tmp_path: Path) -> None:
    take(
        oak_street, tmp_path, patient(), immunization(occurrenceDateTime="2016"), condition(onsetDateTime="2016"),
        observation(effectiveDateTime="2016-05"),
    )  # fmt: skip
    assert Vaccination.objects.values_list("date", "date_text", "flags").get() == (None, "2016", ["partial_date"])
    onset, notes, flags = Condition.objects.values_list("onset_date", "notes", "flags").get()
    assert (str(onset), notes, flags) == ("2016-01-01", "Onset: 2016", ["partial_date"])
    assert HealthRecord.objects.get().flags == ["partial_date"]

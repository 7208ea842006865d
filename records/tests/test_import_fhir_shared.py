"""The real children of ../shared/data: every count found, every awkward entry accounted for."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from records.actions.import_fhir import import_fhir
from records.models import Allergy, Condition, HealthRecord, SourceEntry, Vaccination
from records.tests.fhir_examples import SHARED, WITHOUT_SHARED
from records.tests.importing import COMMAND, outcomes, reasons
from students.models import School, Student

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SHARED.is_dir(), reason=WITHOUT_SHARED),
]

CHILDREN = [SHARED / "fhir" / "school-age", SHARED / "fhir" / "toddler"]


def index() -> list[dict[str, str]]:
    """Return the rows of the index: what an import must find."""
    with (SHARED / "fhir" / "index.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["group"] in ("school-age", "toddler")]


def found(row: dict[str, str]) -> dict[str, str]:
    """Return the same columns as they are in the database."""
    student = Student.objects.identified_by(row["patient_id"]).get()
    records = HealthRecord.objects.of(student.pk)
    sources = Counter(SourceEntry.objects.filter(student=student).values_list("resource_type", flat=True))
    counts = {
        "encounters": sources["Encounter"],
        "observations": sources["Observation"],
        "heights": records.filter(height_cm__isnull=False).count(),
        "weights": records.filter(weight_kg__isnull=False).count(),
        "bmis": records.filter(vital_typed__has_key="bmi").count(),
        "blood_pressures": records.filter(systolic__isnull=False, diastolic__isnull=False).count(),
        "immunizations": Vaccination.objects.of(student.pk).count(),
        "allergies": Allergy.objects.of(student.pk).count(),
        "conditions": Condition.objects.of(student.pk).count(),
    }
    person = {"family": student.family_name, "given": student.given_name, "gender": student.sex}
    return person | {"birthDate": str(student.birth_date)} | {name: str(count) for name, count in counts.items()}


def test_every_child_and_every_count_of_the_index_is_found_and_a_second_time_nothing_changes(
    oak_street: School,
) -> None:
    first = outcomes(import_fhir(CHILDREN, school=oak_street, by=COMMAND))
    assert first == {"created": 8180}
    for row in index():
        here = found(row)
        assert here == {name: row[name] for name in here}
    assert outcomes(import_fhir(CHILDREN, school=oak_street, by=COMMAND)) == {"unchanged": 8180}


def test_heights_and_weights_keep_every_digit(oak_street: School) -> None:
    import_fhir(CHILDREN[1:], school=oak_street, by=COMMAND)
    with (SHARED / "fhir" / "growth_expected.csv").open(newline="") as file:
        expected = [row for row in csv.DictReader(file) if row["file"].startswith("toddler/")]
    assert expected
    for row in expected:
        student = Student.objects.identified_by(row["patient_id"]).get()
        record = HealthRecord.objects.of(student.pk).get(
            date=row["effectiveDateTime"][:10], height_cm=float(row["height_cm"]), weight_kg=float(row["weight_kg"])
        )
        assert record.bmi == pytest.approx(float(row["bmi_calculated"]), abs=1e-8)


@pytest.mark.parametrize(
    ("folder", "taken", "reason"),
    [
        ("fhir/full", True, "White Cross does not keep Claim resources"),
        ("fhir-quirky/ccda-converted", True, "holds a placeholder that the source's converter never filled"),
        ("fhir-quirky/hl7v2-converted", True, "White Cross does not keep Procedure resources"),
        ("fhir-quirky/no-patient", False, "White Cross does not keep Organization resources"),
        ("fhir-quirky/uk-immunisation", False, "the source reports a problem and not a record"),
        ("fhir-quirky/wrong-version", False, "FHIR DSTU2 is not supported; export as R4 (4.0.1)"),
        ("bad-input/malformed-fhir", True, "the file ends in the middle"),
    ],
)
def test_awkward_input_is_accounted_for_entry_by_entry(
    oak_street: School, folder: str, taken: bool, reason: str
) -> None:
    report = import_fhir([SHARED / folder], school=oak_street, by=COMMAND)
    counts = outcomes(report)
    said = reasons(report)
    assert len(said) == counts["rejected"]
    assert any(reason in sentence for sentence in said)
    assert report.exit_status == (3 if taken else 1)
    assert Student.objects.exists() is taken
    assert not HealthRecord.objects.filter(result__contains="{entry").exists()
    again = outcomes(import_fhir([SHARED / folder], school=oak_street, by=COMMAND))
    assert again["rejected"] == counts["rejected"]
    assert not {"created", "updated"} & again.keys()

"""Growth of imported children is CDC's: what cdcanthro and WHO's tables gave for the same heights and weights."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from access.models import User
from access.tests.people import api_client
from records.actions.import_fhir import import_fhir
from records.tests.growth_files import SHARED, WITHOUT_SHARED, Row, rows_of
from records.tests.importing import COMMAND
from students.models import School, Student

CHILDREN = SHARED / "fhir"
TOLERANCE = {"CDC2000": {"z": 1e-3, "percentile": 0.05}, "WHO2006": {"z": 0.01, "percentile": 0.5}}


def expected() -> dict[str, list[Row]]:
    """Return the expected rows by child."""
    by_child: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(CHILDREN / "growth_expected.csv"):
        by_child[row["patient_id"]].append(row)
    return by_child


def differences(row: Row, found: dict[str, Any]) -> list[str]:
    """Say what in a measurement is not as expected."""
    wrong = [] if found["reference"] == row["reference"] else [f"reference {found['reference']}"]
    tolerance = TOLERANCE[row["reference"]]
    for measure in ("height", "weight", "bmi"):
        for kind, furthest in tolerance.items():
            name = f"{measure}_{kind}"
            if found[name] != pytest.approx(float(row[name]), abs=furthest):
                wrong.append(f"{row['patient_id']} at {row['age_days']} days: {name} {found[name]}, not {row[name]}")
    if row["bmi_percent_of_p95"]:
        assert found["bmi_percent_of_p95"] == pytest.approx(float(row["bmi_percent_of_p95"]), abs=1e-3)
    return wrong


@pytest.mark.skipif(not CHILDREN.exists(), reason=WITHOUT_SHARED)
def test_every_imported_measurement_has_the_z_score_that_cdc_gives(nora: User, oak_street: School) -> None:
    import_fhir([CHILDREN / "school-age", CHILDREN / "toddler"], school=oak_street, by=COMMAND, dry_run=False)
    client, compared, wrong = api_client(nora), 0, list[str]()
    for patient_id, rows in expected().items():
        student = Student.objects.identified_by(patient_id).get()
        measurements = client.get(f"/api/v1/students/{student.pk}/growth/").json()["measurements"]
        assert [m["age_days"] for m in measurements] == sorted(int(row["age_days"]) for row in rows)
        by_age = {m["age_days"]: m for m in measurements}
        for row in rows:
            compared += 1
            wrong += differences(row, by_age[int(row["age_days"])])
    assert compared > 600
    assert wrong == []

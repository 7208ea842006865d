"""Growth gives CDC's own numbers, row by row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from records.growth import Children, Measure, WeightStatus, assess, scores
from records.tests.growth_files import (
    SHARED,
    WITHOUT_SHARED,
    Row,
    expected_status,
    furthest,
    installed_sas_output,
    numbers,
    rows_of,
)

without_shared = pytest.mark.skipif(not SHARED.exists(), reason=WITHOUT_SHARED)

# Within 0.7 months of these ages L of a girl's height is nearly zero, and CDC's SAS program takes ln y for (y^L - 1)/L.
# We follow cdcanthro, which does not (records/growth/tables.py).
GIRLS_WITHOUT_POWER = ((57.3, 58.2), (101.6, 102.9))


def check_sas(rows: Sequence[Row]) -> None:
    """Compare everything that CDC's SAS program says about these rows with ours."""
    sex, months = numbers(rows, "sex"), numbers(rows, "agemos")
    visits = assess(Children.of_months(sex, months), numbers(rows, "height"), numbers(rows, "weight"))
    differences = []
    for one, name, short in ((visits.height, "ha", "ht"), (visits.weight, "wa", "wt"), (visits.bmi, "bmi", "bmi")):
        expected_z, expected_percentile = numbers(rows, f"{name}z"), numbers(rows, f"{name}pct")
        assert furthest(one.z, expected_z) < 1e-3, name
        assert furthest(one.percentile, expected_percentile) < 1e-2, name
        assert furthest(one.modified_z, numbers(rows, f"mod_{name}z")) < 1e-3, name
        assert (one.implausible == numbers(rows, f"X_biv{short}")).all(), name
        differences.append(np.abs(one.z - expected_z))
    exact = np.concatenate(differences) < 1e-6
    assert exact.mean() > 0.999
    odd = np.unique(np.flatnonzero(~exact) % len(rows))
    near = [any(low <= months[row] <= high for low, high in GIRLS_WITHOUT_POWER) for row in odd]
    assert (sex[odd] == 2).all()
    assert all(near)
    share = numbers(rows, "bmip95")
    assert furthest(visits.percent_of_p95, share) < 1e-3
    status = [WeightStatus(code).word for code in visits.weight_status]
    assert status == expected_status(numbers(rows, "bmipct"), numbers(rows, "bmi"), share)


def test_every_row_of_the_installed_sas_output_is_cdcs() -> None:
    rows = installed_sas_output()
    assert len(rows) == 17191
    check_sas(rows)


@without_shared
def test_every_row_of_the_shared_sas_output_is_cdcs() -> None:
    rows = rows_of(SHARED / "growth" / "cdc2000_sas_syngrowth.csv.gz")
    assert len(rows) > 5000
    check_sas(rows)


@without_shared
def test_every_real_child_of_nhanes_gets_what_cdcs_author_calculates() -> None:
    rows = rows_of(SHARED / "growth" / "cdc_nhanes_2015_2018.csv.gz")
    children = Children.of_months(numbers(rows, "sex"), numbers(rows, "agemos"))
    # NHANES's own body mass index is rounded to 0.1, and the expected values were calculated from it.
    bmi = scores(Measure.BMI, children, numbers(rows, "bmi"))
    visits = assess(children, numbers(rows, "ht"), numbers(rows, "wt"))
    for z, percentile, name in (
        (visits.height.z, visits.height.percentile, "ha"),
        (visits.weight.z, visits.weight.percentile, "wa"),
        (bmi.z, bmi.percentile, "bmi"),
    ):
        assert furthest(z, numbers(rows, f"{name}z")) < 1e-4, name
        assert furthest(percentile, numbers(rows, f"{name}p")) < 1e-6, name
    assert furthest(visits.height.modified_z, numbers(rows, "mod_haz")) < 1e-6
    assert furthest(visits.weight.modified_z, numbers(rows, "mod_waz")) < 1e-6


@without_shared
def test_every_real_child_of_nhanes_has_the_weight_status_of_its_expected_numbers() -> None:
    rows = [row for row in rows_of(SHARED / "growth" / "cdc_nhanes_2015_2018.csv.gz") if row["bmi"] and row["ht"]]
    bmi, height = numbers(rows, "bmi"), numbers(rows, "ht")
    # A weight that gives exactly the rounded body mass index, so that status is judged on what was expected from it.
    visits = assess(
        Children.of_months(numbers(rows, "sex"), numbers(rows, "agemos")), height, bmi * (height / 100) ** 2
    )
    status = [WeightStatus(code).word for code in visits.weight_status]
    assert status == expected_status(numbers(rows, "bmip"), bmi, numbers(rows, "bmip95"))
    assert furthest(visits.bmi.modified_z, numbers(rows, "mod_bmiz")) < 1e-6
    assert furthest(visits.percent_of_p95, numbers(rows, "bmip95")) < 1e-6


@without_shared
def test_every_imported_child_gets_its_expected_numbers_by_age_in_days() -> None:
    rows = rows_of(SHARED / "fhir" / "growth_expected.csv")
    assert len(rows) > 600
    sex = [{"male": 1, "female": 2}[row["gender"]] for row in rows]
    children = Children.of_days(sex, numbers(rows, "age_days"))
    visits = assess(children, numbers(rows, "height_cm"), numbers(rows, "weight_kg"))
    for one, name in ((visits.height, "height"), (visits.weight, "weight"), (visits.bmi, "bmi")):
        assert furthest(one.z, numbers(rows, f"{name}_z")) < 1e-5, name
        assert furthest(one.percentile, numbers(rows, f"{name}_percentile")) < 1e-4, name
    assert furthest(visits.bmi_value, numbers(rows, "bmi_calculated")) < 1e-6
    assert furthest(visits.percent_of_p95, numbers(rows, "bmi_percent_of_p95")) < 1e-4

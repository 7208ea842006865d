"""Under 24 months growth gives WHO's own numbers."""

from __future__ import annotations

import numpy as np
import pytest

from records.growth import Children, Measure, Reference, assess, measurement_at, on_chart, reference
from records.tests.growth_files import SHARED, WITHOUT_SHARED, furthest, numbers, rows_of

without_shared = pytest.mark.skipif(not SHARED.exists(), reason=WITHOUT_SHARED)


@pytest.mark.parametrize(
    ("measure", "sex", "day", "z", "published"),
    [
        # WHO Child Growth Standards, simplified field tables (z-scores): length, weight and body mass index for age.
        (Measure.HEIGHT, 1, 0, 0, 49.9),
        (Measure.HEIGHT, 1, 0, -2, 46.1),
        (Measure.HEIGHT, 2, 0, 2, 52.9),
        (Measure.HEIGHT, 1, 365, 0, 75.7),
        (Measure.HEIGHT, 2, 365, 0, 74.0),
        (Measure.HEIGHT, 2, 365, -3, 66.3),
        (Measure.WEIGHT, 1, 0, 0, 3.3),
        (Measure.WEIGHT, 1, 0, 2, 4.4),
        (Measure.WEIGHT, 2, 0, -2, 2.4),
        (Measure.WEIGHT, 1, 365, 0, 9.6),
        (Measure.WEIGHT, 2, 365, 3, 13.1),
        (Measure.BMI, 1, 0, 0, 13.4),
        (Measure.BMI, 2, 365, 0, 16.4),
    ],
)
def test_the_lines_are_where_who_published_them(
    measure: Measure, sex: int, day: int, z: float, published: float
) -> None:
    found = measurement_at(measure, Children.of_days([sex], [day]), z).value[0]
    assert round(float(found), 1) == published


@without_shared
def test_whos_survey_gets_the_numbers_of_whos_program() -> None:
    rows = rows_of(SHARED / "growth" / "who2006_survey_0_5y.csv")
    # WHO gives no weight score to a child with oedema; whether there is any is not asked here.
    rows = [row for row in rows if float(row["age.days"]) < 731 and row["oedema"] == "n" and row["measure"]]
    assert len(rows) > 100
    days, height = numbers(rows, "age.days"), numbers(rows, "HEIGHT")
    length = on_chart(height, days, [row["measure"] == "l" for row in rows])
    assert furthest(length, numbers(rows, "clenhei")) < 1e-9
    visits = assess(Children.of_days(numbers(rows, "GENDER"), days), length, numbers(rows, "WEIGHT"))
    for one, name in ((visits.height, "len"), (visits.weight, "wei"), (visits.bmi, "bmi")):
        assert furthest(one.z, numbers(rows, f"z{name}")) < 0.01, name
        assert furthest(np.abs(one.implausible.astype(float)), numbers(rows, f"f{name}")) == 0, name
    assert furthest(visits.bmi_value, numbers(rows, "cbmi")) < 1e-6


@without_shared
def test_very_small_children_in_the_field_get_the_numbers_of_whos_program() -> None:
    rows = rows_of(SHARED / "growth" / "who_field_0_19y.csv.gz")
    days = np.rint(numbers(rows, "agemons") * 30.4375)
    rows = [row for row, day in zip(rows, days, strict=True) if reference([day])[0] == Reference.WHO2006]
    assert len(rows) > 1000
    days = np.rint(numbers(rows, "agemons") * 30.4375)
    sex = [{"Male": 1, "Female": 2}[row["sex"]] for row in rows]
    visits = assess(Children.of_days(sex, days), numbers(rows, "height"), numbers(rows, "weight"))
    for one, name in ((visits.height, "_zlen"), (visits.weight, "_zwei"), (visits.bmi, "_zbmi")):
        expected = numbers(rows, name)
        given = ~np.isnan(expected)
        assert given.sum() > 1000
        assert np.abs(one.z - expected)[given].max() < 0.01, name
    assert (visits.weight.z < -3).sum() > 50, "the linear rule beyond 3 SD was not tried"

"""What a nurse reads of a height and weight she has just measured: a BMI, its percentile, or why there is none."""

from __future__ import annotations

import datetime

import pytest

from records.bmi_words import BmiWords, bmi_words
from records.child_sizes import Whose

TODAY = datetime.date(2026, 11, 24)
TEN = Whose("female", datetime.date(2016, 3, 1))


def test_a_bmi_comes_with_its_percentile_and_status() -> None:
    said = bmi_words(TEN, TODAY, 137, 32)
    assert said == BmiWords(bmi="17.0", percentile="46th percentile", status="Healthy weight")


@pytest.mark.parametrize(
    ("height", "weight", "why"),
    [
        (None, 32.0, "No BMI without a height."),
        (137.0, None, "No BMI without a weight."),
        (None, None, ""),
    ],
)
def test_without_one_of_the_two_it_says_which(height: float | None, weight: float | None, why: str) -> None:
    assert bmi_words(TEN, TODAY, height, weight) == BmiWords(why=why)


@pytest.mark.parametrize(
    ("sex", "born", "why", "status"),
    [
        ("unknown", datetime.date(2016, 3, 1), "No percentile: the student's sex is not recorded", ""),
        ("female", datetime.date(2004, 3, 1), "No percentile: the charts end at 20 years.", "Underweight, adult"),
    ],
)
def test_a_bmi_without_a_percentile_says_why(sex: str, born: datetime.date, why: str, status: str) -> None:
    said = bmi_words(Whose(sex, born), TODAY, 137, 32)
    assert (said.bmi, said.percentile, said.status) == ("17.0", "", status)
    assert said.why.startswith(why)

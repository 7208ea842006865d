"""What is asked about a height or weight that was probably typed wrong, in words; and what is not asked."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from records.child_sizes import Whose
from records.growth import Sex
from records.plausibility import Last, checks, meant_instead
from records.tests.growth_files import SHARED, WITHOUT_SHARED, numbers, rows_of
from records.vital_signs import Measured, plain, read

TODAY = datetime.date(2026, 11, 24)
TEN = Whose("female", datetime.date(2016, 3, 1))
SEPTEMBER = datetime.date(2026, 9, 1)
NHANES = SHARED / "growth" / "cdc_nhanes_2015_2018.csv.gz"
NBSP = "\N{NO-BREAK SPACE}"


def asked(whose: Whose = TEN, last: Last | None = None, on: datetime.date = TODAY, **typed: str) -> list[str]:
    signs = {sign: read(sign, text) for sign, text in typed.items()}
    return [check.sentence.replace(NBSP, " ") for check in checks(whose, on, signs, last)]


def test_an_ordinary_height_and_weight_are_not_asked_about() -> None:
    assert asked(height="4'6", weight="70") == []
    assert asked(height="137 cm", weight="32 kg") == []
    assert asked(last=Last(136, SEPTEMBER, 31, SEPTEMBER), height="4'6", weight="70") == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"height": "54 cm"}, "54 cm is very short for a 10-year-old; 54 in would be usual. Did you mean inches?"),
        (
            {"weight": "70 kg"},
            "70 kg is a very high weight for a 10-year-old; 70 lb would be usual. Did you mean pounds?",
        ),
        (
            {"weight": "32 lb"},
            "32 lb is a very low weight for a 10-year-old; 32 kg would be usual. Did you mean kilograms?",
        ),
        ({"height": "200 cm"}, "200 cm is very tall for a 10-year-old. Check the number and the unit."),
        ({"height": "3'0"}, "3'0 is very short for a 10-year-old. Check the number and the unit."),
        ({"weight": "500"}, "500 lb is a very high weight for a 10-year-old. Check the number and the unit."),
        (
            {"height": "3'11", "weight": "200"},
            "Height and weight give a BMI of 63.7, very high for a 10-year-old. Check both numbers and their units.",
        ),
    ],
)
def test_it_says_in_words_what_is_odd_and_what_was_probably_meant(typed: dict[str, str], sentence: str) -> None:
    assert asked(TEN, None, TODAY, **typed) == [sentence]


def test_both_units_mixed_up_are_both_told() -> None:
    said = asked(height="54 cm", weight="70 kg")
    assert [words.rsplit(". ", 1)[1] for words in said] == ["Did you mean inches?", "Did you mean pounds?"]


def test_a_weight_that_only_its_bmi_gives_away_is_told() -> None:
    fifteen = Whose("female", datetime.date(2011, 3, 1))
    assert asked(fifteen, weight="100 kg") == []
    said = "100 kg is a very high weight for a 15-year-old; 100 lb would be usual. Did you mean pounds?"
    assert asked(fifteen, weight="105 kg", height="5'1") == [said.replace("100", "105")]


def test_a_bmi_that_is_odd_in_both_units_is_asked_about_as_such() -> None:
    assert asked(height="5'0", weight="45")[0].endswith("Did you mean kilograms?")
    [said] = asked(height="5'6", weight="42", last=Last(weight_kg=19, weight_on=SEPTEMBER))
    assert said.startswith("Height and weight give a BMI of 6.8, very low for a 10-year-old.")


def test_the_last_weight_tells_pounds_from_kilograms_where_the_chart_cannot() -> None:
    sixteen = Whose("male", datetime.date(2010, 6, 1))
    assert asked(sixteen, weight="95 kg") == []
    [said] = asked(sixteen, Last(weight_kg=43, weight_on=SEPTEMBER), weight="95 kg")
    assert (
        said == "95 kg does not fit the last weight, 94.8 lb (43 kg) on Sep 1, 2026; 95 lb would. Did you mean pounds?"
    )


def test_a_heavy_child_who_was_as_heavy_before_is_not_asked_again() -> None:
    assert asked(weight="70 kg") != []
    assert asked(last=Last(weight_kg=68, weight_on=SEPTEMBER), weight="70 kg") == []


@pytest.mark.parametrize(
    ("height", "word"),
    [("137 cm", None), ("135 cm", None), ("134.9 cm", "shorter"), ("129 cm", "shorter"), ("150 cm", "taller")],
)
def test_a_height_that_fell_by_more_than_a_centimeter_or_shot_up_is_asked_about(height: str, word: str | None) -> None:
    said = asked(last=Last(136, SEPTEMBER), height=height)
    if word is None:
        assert said == []
    else:
        assert f"{word} than last time, 4 ft 5.5 in (136 cm) on Sep 1, 2026." in said[0]


def test_the_time_since_the_last_measurement_is_allowed_for() -> None:
    two_years_ago = datetime.date(2024, 9, 1)
    assert asked(last=Last(136, SEPTEMBER, 31, SEPTEMBER), height="150 cm", weight="40 kg") != []
    assert asked(last=Last(128, two_years_ago, 26, two_years_ago), height="142 cm", weight="40 kg") == []


def test_a_weight_that_jumped_is_asked_about_in_percent() -> None:
    last = Last(weight_kg=31, weight_on=SEPTEMBER)
    assert asked(last=last, weight="79") == []
    [said] = asked(last=last, weight="90")
    assert said == "90 lb is 32% more than last time, 68.3 lb (31 kg) on Sep 1, 2026. Check the number and the unit."
    [said] = asked(last=last, weight="50")
    assert "27% less than last time" in said


def test_a_day_before_the_last_measurement_is_compared_with_nothing() -> None:
    assert asked(last=Last(150, TODAY, 50, TODAY), on=SEPTEMBER, height="4'6", weight="70") == []


@pytest.mark.parametrize("sex", ["unknown", "", "other"])
def test_of_unknown_sex_it_is_asked_only_what_is_odd_for_girls_and_boys(sex: str) -> None:
    child = Whose(sex, TEN.born)
    assert asked(child, height="4'6", weight="70") == []
    assert "Did you mean inches?" in asked(child, height="54 cm")[0]
    assert "Did you mean pounds?" in asked(child, weight="70 kg")[0]


def test_before_birth_nothing_is_asked_for_that_is_refused_elsewhere() -> None:
    assert asked(on=datetime.date(2010, 1, 1), height="54 cm") == []


def test_who_is_older_than_the_charts_is_compared_with_their_last_day() -> None:
    grown = Whose("male", datetime.date(2005, 1, 1))
    assert asked(grown, height="5'10", weight="160") == []
    assert asked(grown, height="70 cm") == [
        "70 cm is very short for a 21-year-old; 70 in would be usual. Did you mean inches?"
    ]


def test_an_infant_is_spoken_of_in_months() -> None:
    infant = Whose("male", datetime.date(2025, 9, 1))
    assert asked(infant, height="30 in", weight="24") == []
    said = asked(infant, height="30 in", weight="2 kg")
    assert ["14-month-old" in words for words in said] == [True]


@pytest.mark.parametrize(
    ("sign", "text", "unit", "hint"),
    [
        ("height", "137", "in", "137 cm would be usual for a 10-year-old: if you meant centimeters, type 137 cm."),
        ("height", "410", "in", ""),
        ("height", "tall", "in", ""),
        ("height", "19", "cm", ""),
        ("weight", "1500", "lb", ""),
        ("weight", "700", "kg", ""),
    ],
)
def test_of_the_impossible_it_says_what_would_be_usual(sign: str, text: str, unit: str, hint: str) -> None:
    assert meant_instead(sign, text, unit, TEN, TODAY) == hint


@pytest.mark.skipif(not NHANES.exists(), reason=WITHOUT_SHARED)
def test_units_mixed_up_are_found_in_real_children_and_the_right_ones_left_alone() -> None:
    """NHANES, every seventh child from 4 years on, with no last measurement: the numbers of the module's heading."""
    rows = [row for row in rows_of(NHANES) if row["wt"] and row["ht"] and float(row["agemos"]) >= 48][::7]
    assert len(rows) > 380
    found = {"in as cm": 0, "lb as kg": 0, "kg as lb": 0, "right in lb": 0, "right in kg": 0}
    for row, sex, months, weight, height in zip(
        rows, *(numbers(rows, column) for column in ("sex", "agemos", "wt", "ht")), strict=True
    ):
        whose = Whose("male" if sex == Sex.MALE else "female", TODAY - datetime.timedelta(days=months * 30.4375))
        cm, kg = Measured(float(height), row["ht"], "cm"), Measured(float(weight), row["wt"], "kg")
        pounds = plain(Decimal(str(weight)) / Decimal("0.45359237"), 1)
        inches = plain(Decimal(str(height)) / Decimal("2.54"), 1)
        tries = {
            "in as cm": {"height": read("height", f"{inches} cm")},
            "lb as kg": {"height": cm, "weight": read("weight", f"{pounds} kg")},
            "kg as lb": {"height": cm, "weight": read("weight", f"{row['wt']} lb")},
            "right in lb": {"height": cm, "weight": read("weight", f"{pounds} lb")},
            "right in kg": {"height": cm, "weight": kg},
        }
        for name, signs in tries.items():
            found[name] += any("Did you mean" in check.sentence for check in checks(whose, TODAY, signs))
    share = {name: count / len(rows) for name, count in found.items()}
    assert share["in as cm"] > 0.97
    assert share["lb as kg"] > 0.88
    assert share["kg as lb"] > 0.85
    assert share["right in lb"] < 0.01
    assert share["right in kg"] < 0.07

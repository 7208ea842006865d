"""Age is counted in days, and days decide which reference a child is compared with."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from records.growth import NO_AGE, Children, Measure, Reason, Reference, age_days, reference, scores


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def test_an_age_counts_every_day_from_birth() -> None:
    """CDC's own example: 2007-10-01 to 2011-11-15 are 1,506 days, 49.48 months."""
    days = age_days([day("2007-10-01")], [day("2011-11-15")])
    assert days.tolist() == [1506]
    assert round(days[0] / 30.4375, 2) == 49.48


def test_a_child_born_on_a_leap_day_has_birthdays_on_either_side() -> None:
    measured = [day("2018-02-28"), day("2018-03-01"), day("2020-02-29")]
    days = age_days([day("2016-02-29")] * 3, measured)
    assert days.tolist() == [730, 731, 1461]
    assert reference(days).tolist() == [Reference.WHO2006, Reference.CDC2000, Reference.CDC2000]


def test_a_second_birthday_is_day_730_or_731_and_the_charts_change_between() -> None:
    born = [day("2021-06-01"), day("2022-06-01")]
    days = age_days(born, [day("2023-06-01"), day("2024-06-01")])
    assert days.tolist() == [730, 731]
    assert [Reference(code).word for code in reference(days)] == ["WHO2006", "CDC2000"]


@pytest.mark.parametrize("born", ["2000-02-29", "2004-02-29", "1999-03-01"])
def test_a_leap_day_inside_a_life_counts_once(born: str) -> None:
    before, after = age_days([day(born)] * 2, [day("2012-02-28"), day("2012-03-01")])
    assert after - before == 2


def test_the_charts_cover_their_first_and_last_day_and_no_other() -> None:
    days = [-1, 0, 730, 731, 7304, 7305, NO_AGE]
    none, who, cdc = Reference.NONE, Reference.WHO2006, Reference.CDC2000
    assert reference(days).tolist() == [none, who, who, cdc, cdc, none, none]
    found = scores(Measure.HEIGHT, Children.of_days(np.full(7, 1), days), [50, 50, 87, 87, 177, 177, 177])
    assert [Reason(code).word for code in found.reason] == [
        "before_birth", "answered", "answered", "answered", "answered", "adult", "age_unknown",
    ]  # fmt: skip


def test_a_missing_date_is_an_unknown_age() -> None:
    days = age_days([None, day("2015-01-01")], [day("2020-01-01"), None])
    assert days.tolist() == [NO_AGE, NO_AGE]


def test_dates_of_other_centuries_do_not_overflow() -> None:
    days = age_days([day("0001-01-01"), day("9999-12-31")], [day("9999-12-31"), day("0001-01-01")])
    assert days.tolist() == [3652058, -3652058]
    found = scores(Measure.HEIGHT, Children.of_days([1, 1], days), [150, 150])
    assert found.reason.tolist() == [Reason.ADULT, Reason.BEFORE_BIRTH]


def test_months_are_whole_days_at_their_borders() -> None:
    """24.0 months lie between day 730 and 731; the months decide, whatever the day rounds to."""
    months = [23.999999, 24.0, 239.999999, 240.0, np.nan, -0.5]
    children = Children.of_months(np.full(6, 2), months)
    assert children.age_days.tolist() == [730, 731, 7304, 7305, NO_AGE, -15]
    found = scores(Measure.HEIGHT, children, [86.0, 86.0, 163.0, 163.0, 163.0, 50.0])
    assert [Reason(code).word for code in found.reason] == [
        "answered", "answered", "answered", "adult", "age_unknown", "before_birth",
    ]  # fmt: skip


def test_days_and_their_months_give_one_answer() -> None:
    days = np.arange(0, 7305)
    for sex in (1, 2):
        by_days = scores(Measure.BMI, Children.of_days(sex, days), 18.0)
        by_months = scores(Measure.BMI, Children.of_months(sex, days / 30.4375), 18.0)
        assert np.abs(by_days.z - by_months.z).max() < 1e-12
        assert np.abs(by_days.percentile - by_months.percentile).max() < 1e-12

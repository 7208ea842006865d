"""Dates keep the day the source wrote, and say when they are only half a date."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.fhir.dates import parse_moment
from records.tests.fhir_examples import NOW


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2015", "2015-01-01", "2015-12-31"),
        ("2015-02", "2015-02-01", "2015-02-28"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2015-06-01", "2015-06-01", "2015-06-01"),
        ("2015-06-01T23:30:00-05:00", "2015-06-01", "2015-06-01"),
        ("2015-06-01T23:30:00.123Z", "2015-06-01", "2015-06-01"),
        ("2015-06-01T23:59:60Z", "2015-06-01", "2015-06-01"),
    ],
)
def test_a_moment_spans_what_the_source_knows(text: str, first: str, last: str) -> None:
    found = parse_moment(text)
    assert found
    assert (found.date.isoformat(), found.latest.isoformat()) == (first, last)
    assert found.partial is (first != last)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "06/01/2015", "2015-13", "2015-02-29", "2015-6-1", "0000", "2015-06-01T25:00:00Z", "20150601"],
)
def test_what_is_no_fhir_date_is_none(text: str) -> None:
    assert parse_moment(text) is None


@given(st.dates(datetime.date(1901, 1, 2)), st.integers(0, 86399), st.integers(-14 * 60, 14 * 60))
def test_the_day_is_the_writers_and_the_instant_is_the_worlds(day: datetime.date, second: int, minutes: int) -> None:
    zone = datetime.timezone(datetime.timedelta(minutes=minutes))
    clock = datetime.time(second // 3600, second // 60 % 60, second % 60)
    written = datetime.datetime.combine(min(day, datetime.date(9999, 12, 30)), clock, zone)
    found = parse_moment(written.isoformat())
    assert found
    assert found.date == written.date()
    assert found.at == written


@pytest.mark.parametrize(
    ("text", "future"),
    [
        ("2026-03-01", False),
        ("2026-03-02", True),
        ("2026", False),
        ("2027", True),
        ("2026-03-01T23:00:00+14:00", False),
        ("2026-03-01T13:00:00Z", True),
    ],
)
def test_the_future_begins_after_now(text: str, future: bool) -> None:
    found = parse_moment(text)
    assert found
    assert found.is_after(NOW) is future


def test_half_a_date_is_before_birth_only_if_its_last_day_is() -> None:
    born = datetime.date(2015, 6, 1)
    found = {text: parse_moment(text) for text in ("2014", "2015", "2015-05", "2015-06")}
    assert {text: value and value.is_before(born) for text, value in found.items()} == {
        "2014": True, "2015": False, "2015-05": True, "2015-06": False,
    }  # fmt: skip

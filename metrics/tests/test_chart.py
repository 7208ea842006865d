"""Charts made on the server: right places, gaps where nothing happened, no style that the strict policy refuses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from metrics.chart import Chart, Line, draw, round_step

BEGIN = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def chart(*values: float | None, more: Sequence[float | None] = (), top: float | None = None) -> Chart:
    lines = [Line("p95", "#b50909", "6 3", values), *([Line("p50", "#005ea2", "", more)] if more else [])]
    moments = [BEGIN + timedelta(minutes=number) for number in range(len(values))]
    return draw("Time to answer", "In milliseconds.", moments, lines, unit="ms", top=top)


def points(runs: list[str]) -> list[list[tuple[float, float]]]:
    return [[(float(x), float(y)) for x, y in (point.split(",") for point in run.split())] for run in runs]


def test_more_is_higher_and_later_is_further_right() -> None:
    drawn = chart(10, 50, 90)
    ((first, second, third),) = points(drawn.drawn[0].runs)
    assert first[0] < second[0] < third[0]
    assert first[1] > second[1] > third[1] > 0
    assert (first[0], third[0]) == (drawn.left, drawn.right)


def test_zero_stands_on_the_axis_and_the_scale_reaches_over_everything() -> None:
    drawn = chart(0, 73)
    ((zero, highest),) = points(drawn.drawn[0].runs)
    assert zero[1] == drawn.bottom
    assert [tick.label for tick in drawn.up] == ["0 ms", "20 ms", "40 ms", "60 ms", "80 ms"]
    assert drawn.up[-1].at < highest[1] < drawn.up[-2].at


def test_a_scale_that_is_given_stays() -> None:
    assert [tick.label for tick in chart(3, 4, top=100.0).up] == ["0 ms", "25 ms", "50 ms", "75 ms", "100 ms"]


def test_where_nothing_happened_the_line_breaks_and_a_lone_value_is_a_dot() -> None:
    drawn = chart(10, 20, None, 30, None, 40, 50, 60).drawn[0]
    assert [len(run) for run in points(drawn.runs)] == [2, 3]
    assert len(drawn.dots) == 1


def test_an_hour_without_anything_can_be_drawn() -> None:
    drawn = chart(None, None, None)
    assert drawn.drawn[0].runs == []
    assert len(drawn.up) > 1


def test_names_at_the_end_do_not_lie_on_each_other() -> None:
    drawn = chart(50, 50, more=[49.5, 49.5])
    one, other = (line.label_y for line in drawn.drawn)
    # The larger value's name stands above.
    assert other - one >= 14


@pytest.mark.parametrize(
    ("roughly", "step"), [(0.0, 1.0), (0.03, 0.05), (1.0, 1.0), (18.3, 20.0), (24.0, 25.0), (260, 500.0)]
)
def test_steps_are_round(roughly: float, step: float) -> None:
    assert round_step(roughly) == pytest.approx(step)


@pytest.mark.parametrize("language", ["en-us", "de"])
def test_the_svg_has_words_for_those_who_do_not_see_it_and_no_style(language: str) -> None:
    with translation.override(language):
        svg = render_to_string("metrics/_chart.html", {"chart": chart(10.5, 20.5, None, 30.25), "name": "latency"})
    assert 'role="img" aria-labelledby="latency-title latency-text"' in svg
    assert '<title id="latency-title">Time to answer</title>' in svg
    assert "style=" not in svg
    assert 'class="wc-chart"' in svg
    for number in re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy)="([^"]*)"', svg):
        float(number)  # whatever the language, the browser reads a point

"""The growth chart's geometry: lines where the reference has them, every visit on the picture, nothing on another."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.growth import Children, Measure, Sex, measurement_at_percentile
from records.growth_chart import Chart, Plotted, Span, draw, span_of
from records.growth_chart.axes import Scale, apart, round_step
from records.growth_chart.drawing import GAP_BETWEEN_NAMES, HEIGHT, WIDTH

EIGHT = 2922
Place = tuple[float, float]


def visit(age_days: int, value: float, *, sound: bool = True, above_p95: bool = False) -> Plotted:
    return Plotted(age_days, value, ("Mar 14, 2026", f"{value}"), sound, above_p95)


def places(points: str) -> list[Place]:
    """Read a polyline back."""
    found = []
    for pair in points.split():
        x, y = pair.split(",")
        found.append((float(x), float(y)))
    return found


def all_places(chart: Chart) -> list[Place]:
    """Return every place that anything is drawn at."""
    drawn = [*(band.points for band in chart.bands), *(line.points for line in chart.lines), chart.run]
    return [place for points in drawn for place in places(points)] + [(point.x, point.y) for point in chart.points]


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("sex", [Sex.MALE, Sex.FEMALE])
@pytest.mark.parametrize("span", Span)
def test_a_child_on_the_median_lies_on_the_line_named_50th(measure: Measure, sex: Sex, span: Span) -> None:
    day = span.ages.first_day + 500
    median = measurement_at_percentile(measure, Children.of_days([sex], [day]), 50).value.item()
    chart = draw(measure, span, sex, [visit(day, median)])
    (point,) = chart.points
    (line,) = [line for line in chart.lines if line.name == "50th"]
    after = next(number for number, (x, _) in enumerate(places(line.points)) if x >= point.x)
    (x1, y1), (x2, y2) = places(line.points)[after - 1 : after + 1]
    assert point.y == pytest.approx(y1 + (y2 - y1) * (point.x - x1) / (x2 - x1), abs=1)


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("span", Span)
def test_lines_are_in_their_order_from_edge_to_edge_with_names_apart(measure: Measure, span: Span) -> None:
    chart = draw(measure, span, Sex.FEMALE, [])
    ends = [places(line.points)[-1][1] for line in chart.lines]
    assert ends == sorted(ends, reverse=True)
    for line in chart.lines:
        # The first and last whole day are a little inside the months of the axis.
        assert places(line.points)[0][0] == pytest.approx(chart.left, abs=1)
        assert places(line.points)[-1][0] == pytest.approx(chart.right, abs=1)
    names = sorted(line.name_y for line in chart.lines)
    assert all(b - a >= GAP_BETWEEN_NAMES - 0.2 for a, b in pairwise(names))
    assert 0 < names[0] < names[-1] < HEIGHT


def test_lines_can_be_told_apart_without_color() -> None:
    lines = {line.name: line for line in draw(Measure.BMI, Span.CHILD, Sex.MALE, []).lines}
    assert lines["5th"].dashes == lines["95th"].dashes != lines["85th"].dashes != ""
    assert lines["50th"].dashes == lines["25th"].dashes == ""
    assert lines["50th"].width > lines["25th"].width
    assert [name for name, line in lines.items() if line.bold] == ["5th", "50th", "85th", "95th"]


def test_bands_of_the_bmi_chart_are_the_weight_statuses_and_touch() -> None:
    healthy, overweight, obesity = draw(Measure.BMI, Span.CHILD, Sex.MALE, []).bands
    assert set(places(healthy.points)) & set(places(overweight.points))
    assert set(places(overweight.points)) & set(places(obesity.points))


@pytest.mark.parametrize("count", [0, 1, 2, 40])
def test_it_is_right_for_any_number_of_visits(count: int) -> None:
    visits = [visit(EIGHT + 90 * number, 125 + number) for number in range(count)]
    chart = draw(Measure.HEIGHT, Span.CHILD, Sex.FEMALE, visits)
    assert len(chart.points) == count
    assert len(places(chart.run)) == (count if count > 1 else 0)
    assert [point.x for point in chart.points] == sorted(point.x for point in chart.points)


def test_visits_of_the_other_chart_are_not_on_this_one() -> None:
    visits = [visit(700, 84), visit(EIGHT, 128), visit(7305, 165)]
    assert [p.visit.value for p in draw(Measure.HEIGHT, Span.CHILD, Sex.FEMALE, visits).points] == [128]
    assert [p.visit.value for p in draw(Measure.HEIGHT, Span.INFANT, Sex.FEMALE, visits).points] == [84]


@pytest.mark.parametrize(
    ("age_days", "span"),
    [(-1, None), (0, Span.INFANT), (730, Span.INFANT), (731, Span.CHILD), (7304, Span.CHILD), (7305, None)],
)
def test_the_charts_change_where_the_references_do(age_days: int, span: Span | None) -> None:
    assert span_of(age_days) is span


def test_an_implausible_value_is_on_the_edge_and_no_line_goes_through_it() -> None:
    visits = [visit(EIGHT, 16), visit(EIGHT + 300, 333, sound=False), visit(EIGHT + 700, 17)]
    chart = draw(Measure.BMI, Span.CHILD, Sex.MALE, visits)
    odd = chart.points[1]
    assert odd.off == "above"
    assert chart.top < odd.y < chart.top + 20
    assert (odd.x, odd.y) not in places(chart.run)
    assert len(places(chart.run)) == 2
    assert chart.doubtful
    low = draw(Measure.HEIGHT, Span.CHILD, Sex.MALE, [visit(EIGHT, 50, sound=False)])
    assert low.points[0].off == "below"


def test_an_implausible_value_close_by_is_shown_in_its_place() -> None:
    chart = draw(Measure.BMI, Span.CHILD, Sex.MALE, [visit(EIGHT, 11.1, sound=False)])
    assert chart.points[0].off == ""
    assert chart.run == ""


def test_a_child_above_the_95th_gets_the_extended_lines_and_stays_on_the_picture() -> None:
    plain = draw(Measure.BMI, Span.CHILD, Sex.MALE, [visit(EIGHT, 16)])
    chart = draw(Measure.BMI, Span.CHILD, Sex.MALE, [visit(EIGHT, 52, above_p95=True)])
    assert "140% of 95th" not in [line.name for line in plain.lines]
    assert [line.name for line in chart.lines][-2:] == ["120% of 95th", "140% of 95th"]
    assert chart.points[0].off == ""


def test_an_implausible_value_above_the_95th_does_not_change_the_chart() -> None:
    chart = draw(Measure.BMI, Span.CHILD, Sex.MALE, [visit(EIGHT, 333, sound=False, above_p95=True)])
    assert chart.lines == draw(Measure.BMI, Span.CHILD, Sex.MALE, []).lines


def test_without_a_reference_the_visits_stand_alone_on_the_scale_of_both_charts() -> None:
    chart = draw(Measure.BMI, Span.CHILD, Sex.UNKNOWN, [visit(EIGHT, 15.7), visit(EIGHT + 365, 15.5)])
    assert (chart.lines, chart.bands) == ([], [])
    first, second = places(chart.run)
    assert abs(first[1] - second[1]) < 10


def test_heights_have_inches_for_the_grid_and_centimeters_beside() -> None:
    chart = draw(Measure.HEIGHT, Span.CHILD, Sex.FEMALE, [])
    assert chart.units == ("in", "cm")
    inches = {tick.label: tick.at for tick in chart.up}
    centimeters = {tick.label: tick.at for tick in chart.up_metric}
    # 50 in are 127 cm: between 120 and 140, a little above the third.
    assert inches["50"] == pytest.approx(centimeters["120"] + (centimeters["140"] - centimeters["120"]) * 0.35, abs=1)
    assert draw(Measure.BMI, Span.CHILD, Sex.FEMALE, []).units == ("kg/m²",)


def test_ages_are_in_years_from_two_and_in_months_before() -> None:
    child = [tick.label for tick in draw(Measure.BMI, Span.CHILD, Sex.FEMALE, []).across if tick.label]
    infant = [tick.label for tick in draw(Measure.BMI, Span.INFANT, Sex.FEMALE, []).across if tick.label]
    assert child == [str(year) for year in range(2, 21, 2)]
    assert infant == [str(month) for month in range(0, 25, 3)]


@given(
    measure=st.sampled_from(Measure),
    span=st.sampled_from(Span),
    sex=st.sampled_from(Sex),
    visits=st.lists(
        st.builds(
            visit,
            st.integers(-100, 9000),
            st.floats(0.1, 700),
            sound=st.booleans(),
            above_p95=st.booleans(),
        ),
        max_size=8,
    ),
)
def test_everything_lies_on_the_picture_whatever_was_measured(
    measure: Measure, span: Span, sex: Sex, visits: list[Plotted]
) -> None:
    chart = draw(measure, span, sex, visits)
    for x, y in all_places(chart):
        assert 0 <= x <= WIDTH
        assert chart.top <= y <= chart.bottom
    assert 2 <= len(chart.up) <= 25


@given(st.lists(st.floats(0, 500), max_size=12), st.floats(1, 30))
def test_names_are_set_apart_and_stay_in_their_order(wanted: list[float], gap: float) -> None:
    found = apart(wanted, gap)
    ranked = [found[number] for number in sorted(range(len(wanted)), key=wanted.__getitem__)]
    assert all(b - a >= gap - 0.11 for a, b in pairwise(ranked))


def test_names_that_are_apart_already_stay_where_they_are() -> None:
    assert apart([100.0, 20.0, 60.0], 13) == [100.0, 20.0, 60.0]
    assert apart([50.0, 50.0], 10) == [45.0, 55.0]


@pytest.mark.parametrize(("roughly", "step"), [(0.7, 1), (1.2, 2), (3, 5), (7, 10), (14, 20), (0.04, 0.05)])
def test_steps_are_round(roughly: float, step: float) -> None:
    assert round_step(roughly) == pytest.approx(step)


def test_a_scale_goes_both_ways() -> None:
    scale = Scale(10, 20, 500, 100)
    assert (scale(10), scale(15), scale(20)) == (500, 300, 100)

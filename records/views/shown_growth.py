"""The JSON of growth as the page shows it: rows of the table in words, and the chart that was asked for."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from records.growth import Measure, Sex
from records.growth.ages import LAST_CDC_DAY
from records.growth_chart import Chart, Plotted, Span, draw, span_of
from records.growth_words import (
    NAMES,
    TO_CHECK,
    age,
    flag,
    is_notable,
    percentile,
    share_of_p95,
    status,
    trend,
    velocity,
)
from records.measured_visits import SEXES, WEIGHT_JUMPED
from records.views.shown import day
from records.vital_signs import shown_height, shown_weight
from students.models import Student

COLUMNS = {"height": "height_cm", "weight": "weight_kg", "bmi": "bmi"}
TABS = ("bmi", "height", "weight")
SPAN_NAMES = {Span.INFANT: "Birth to 2 years (WHO)", Span.CHILD: "2 to 20 years (CDC)"}
# What takes a visit out of the child's line. A height that fell does not: the one before may be the wrong one.
DOUBTS = {name: {f"{name}_implausibly_low", f"{name}_implausibly_high"} for name in NAMES}
DOUBTS["weight"].add(WEIGHT_JUMPED)
Row = dict[str, Any]


def shown_growth(data: dict[str, Any], student: Student, chart: str, ages: str) -> dict[str, Any]:
    """Return the page's context: `rows` newest first, `latest`, `notes`, and what the chart needs. Asks no database.

    `chart` and `ages` are what the address asks for; what is senseless or empty becomes the chart of the last visit.
    """
    rows = [shown_measurement(one, student.birth_date) for one in data["measurements"]]
    newest_first = rows[::-1]
    return {
        "rows": newest_first,
        "latest": newest_first[0] if newest_first else None,
        "notes": [*notes(data["velocity"][-1:], velocity), *notes(data["trend"], trend)],
        "sex_unknown": student.sex not in SEXES,
        **chosen(rows, student, chart, ages),
    }


def shown_measurement(one: Row, born: date) -> Row:
    """Return a measurement with its day as a date and its words."""
    shown = {
        "height": "" if one["height_cm"] is None else shown_height(one["height_cm"]),
        "weight": "" if one["weight_kg"] is None else shown_weight(one["weight_kg"]),
        "bmi": "" if one["bmi"] is None else f"{one['bmi']:.1f}",
        **{f"{name}_percentile": percentile(one[f"{name}_percentile"]) for name in NAMES},
        "share": share_of_p95(one["bmi_percent_of_p95"]),
        "status": shown_status(one),
    }
    when = date.fromisoformat(one["date"])
    return one | {
        "date": day(one["date"]),
        "age": age(born, when),
        "shown": shown,
        "to_check": [flag(word) for word in one["flags"] if word in TO_CHECK],
        "remarks": [flag(word) for word in one["flags"] if word not in TO_CHECK],
    }


def shown_status(one: Row) -> str:
    """Write the weight status; where height or weight is probably a typing error, that it must be checked first.

    An extreme BMI of a believable height and weight keeps its status: a starving child must not disappear.
    """
    if one["weight_status"] and (doubtful(one, "height") or doubtful(one, "weight")):
        return "Check first"
    return status(one["weight_status"], one["age_days"])


def notes(found: Iterable[Row], words: Any) -> list[Row]:
    """Return sentences about velocity or trend, each with whether somebody should look."""
    return [{"text": words(one), "notable": is_notable(one)} for one in found]


def chosen(rows: Sequence[Row], student: Student, chart: str, ages: str) -> dict[str, Any]:
    """Return the chart to draw and the links to the others; `chart` None where no visit lies on any."""
    spans = [span for span in Span if any(on_chart(row, span) for row in rows)]
    if not spans:
        return {"chart": None, "grown": any(row["age_days"] > LAST_CDC_DAY for row in rows)}
    asked = next((span for span in spans if span.value == ages), None)
    span = asked or next(found for row in reversed(rows) for found in spans if on_chart(row, found))
    visits = [row for row in rows if on_chart(row, span)]
    name = chart if chart in NAMES else first_with_values(visits, span)
    drawn = draw(Measure[name.upper()], span, SEXES.get(student.sex, Sex.UNKNOWN), plotted(visits, name))
    return {
        "chart": drawn,
        "chart_name": name,
        "chart_title": title(name, span),
        "chart_description": description(drawn),
        "chart_tabs": [{"name": one, "label": label(one, span), "current": one == name} for one in TABS],
        "span": span.value,
        "span_tabs": [{"name": one.value, "label": SPAN_NAMES[one], "current": one is span} for one in spans],
    }


def on_chart(row: Row, span: Span) -> bool:
    """Tell whether a visit's age lies on that chart."""
    return span_of(row["age_days"]) is span


def first_with_values(visits: Sequence[Row], span: Span) -> str:
    """Return the measure to show first, of those taken; not the BMI for a child under two years (CDC)."""
    order = TABS if span is Span.CHILD else TABS[1:]
    return next((name for name in order if any(row[COLUMNS[name]] for row in visits)), order[0])


def title(name: str, span: Span) -> str:
    """Return the chart's title as CDC words it."""
    return f"{label(name, span)} for age, {SPAN_NAMES[span][0].lower()}{SPAN_NAMES[span][1:]}"


def label(name: str, span: Span) -> str:
    """Return the measure's name; a height is a length under two years."""
    return "Length" if name == "height" and span is Span.INFANT else NAMES[name]


def description(chart: Chart) -> str:
    """Return what a screen reader says of the whole chart."""
    number = len(chart.points)
    visits = "1 visit" if number == 1 else f"{number} visits"
    latest = f" The latest: {chart.points[-1].label}." if chart.points else ""
    return f"{visits} on the percentile lines.{latest} The table below has all measurements."


def plotted(visits: Sequence[Row], name: str) -> list[Plotted]:
    """Return the visits that have the measure, as the chart wants them."""
    return [
        Plotted(
            age_days=row["age_days"],
            value=row[COLUMNS[name]],
            words=tuple(words_of(row, name)),
            sound=not doubtful(row, name),
            above_p95=(row["bmi_percent_of_p95"] or 0) >= 100,
        )
        for row in visits
        if row[COLUMNS[name]] is not None
    ]


def doubtful(row: Row, name: str) -> bool:
    """Tell whether a visit's value is probably an error; a body mass index is where height or weight is."""
    parts = NAMES if name == "bmi" else (name,)
    return any(word in row["flags"] for part in parts for word in DOUBTS[part])


def words_of(row: Row, name: str) -> list[str]:
    """Return what is told of a visit on the chart, a line each."""
    shown: dict[str, str] = row["shown"]
    said = [f"{row['date']:%b} {row['date'].day}, {row['date'].year}, age {row['age']}", f"{NAMES[name]} {shown[name]}"]
    if shown[f"{name}_percentile"]:
        said.append(f"{shown[f'{name}_percentile']} percentile")
    if name == "bmi":
        said += filter(None, (shown["share"], shown["status"]))
    said += row["to_check"]
    return said

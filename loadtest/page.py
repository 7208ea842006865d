"""The report as one page: no script, nothing from elsewhere, plots as SVG. Its tables also as text, for documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from loadtest.plan import LOGIN
from metrics.chart import LEFT, RIGHT, WIDTH, Chart, Line, Tick, draw

TEMPLATES = [str(Path(__file__).with_name("templates"))]
LIBRARIES = {"humanize": "django.contrib.humanize.templatetags.humanize", "l10n": "django.templatetags.l10n"}
ENGINE = Engine(dirs=TEMPLATES, libraries=LIBRARIES)
BLUE, RED, GREEN, BROWN, VIOLET, GRAY = "#005ea2", "#b50909", "#00713d", "#8a5300", "#54278f", "#565c65"
# Lines of the two plots by part: color and dashes.
PARTS = {
    "web": (BLUE, ""),
    "postgresql": (RED, "7 3"),
    "valkey": (GREEN, "2 3"),
    "worker": (BROWN, "10 3 2 3"),
    "beat": (GRAY, "1 4"),
    "generator": (VIOLET, "4 4"),
}
MEBIBYTE = 1024 * 1024
LONG_MS = 5_000
MARKS = 6  # on the axis of time


@dataclass(frozen=True, slots=True)
class Band:
    """A phase as a plot shows it: where it begins, how wide it is, its name."""

    x: float
    width: float
    name: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot and what is said beside it."""

    name: str
    chart: Chart
    bands: list[Band]


def page(report: dict[str, Any]) -> str:
    """Return the page of a report (loadtest.report.report_of)."""
    context = {
        **said_of(report),
        "missed": [line for line in report["promises"] if line["outcome"] == "missed"],
        "plots": plots(report),
        "login": next((step for step in report["steps"] if step["step"] == LOGIN), None),
        "caches": [
            {**cache, "hit_percent": None if cache["hit_rate"] is None else round(100 * cache["hit_rate"], 1)}
            for cache in report["caches"]
        ],
        "resources": [
            {**part, "most_memory_mib": (part["most_memory_bytes"] or 0) / MEBIBYTE} for part in report["resources"]
        ],
    }
    return ENGINE.get_template("report.html").render(Context(context, use_l10n=False, use_tz=False))


def tables(report: dict[str, Any]) -> str:
    """Return machine, promises, steps and phases of a report as Markdown."""
    plain = Engine(dirs=TEMPLATES, libraries=LIBRARIES, autoescape=False)
    context = Context(said_of(report), autoescape=False, use_l10n=False, use_tz=False)
    return plain.get_template("report.md").render(context).strip() + "\n"


def said_of(report: dict[str, Any]) -> dict[str, Any]:
    """Return what page and tables both say of a report."""
    return {
        "report": report,
        "started": datetime.fromisoformat(report["started"]).astimezone(UTC),
        "minutes": clock(report["phases"][-1]["end"]),
        "memory_gib": report["machine"]["memory_bytes"] / MEBIBYTE / 1024,
    }


def clock(seconds: float) -> str:
    """Return seconds as 3:45."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def plots(report: dict[str, Any]) -> list[Plot]:
    """Return the plots in the order of the page."""
    series, cores = report["series"], report["machine"]["cores"]
    by_part = {
        key: [Line(part, *PARTS[part], series[key][part]) for part in PARTS if part in series[key]]
        for key in ("cpu_cores", "memory_bytes")
    }
    megabytes = [
        replace(line, values=[None if value is None else value / MEBIBYTE for value in line.values])
        for line in by_part["memory_bytes"]
    ]
    latency = [
        Line("p99", BROWN, "2 3", series["p99"]),
        Line("p95", RED, "7 3", series["p95"]),
        Line("p50", BLUE, "", series["p50"]),
    ]
    hits = [Line("hits", GREEN, "", series["hit_percent"])]
    return [
        in_seconds_if_long(report, latency),
        plot(report, "rate", "Requests a second", [Line("requests", BLUE, "", series["rps"])], ""),
        plot(report, "users", "People at the same time", [Line("people", GREEN, "", series["users"])], ""),
        plot(report, "hits", "Cache hits, all caches", hits, "%", top=100.0),
        plot(report, "cpu", f"Cores kept busy, of {cores}", by_part["cpu_cores"], ""),
        plot(report, "memory", "Memory", megabytes, "MiB"),
    ]


def in_seconds_if_long(report: dict[str, Any], lines: list[Line]) -> Plot:
    """Draw times in milliseconds, or in seconds where some are long."""
    longest = max((value for line in lines for value in line.values if value is not None), default=0.0)
    if longest < LONG_MS:
        return plot(report, "latency", "Time to answer", lines, "ms")
    seconds = [replace(line, values=[value and value / 1000 for value in line.values]) for line in lines]
    return plot(report, "latency", "Time to answer", seconds, "s")


def plot(
    report: dict[str, Any], name: str, title: str, lines: Sequence[Line], unit: str, *, top: float | None = None
) -> Plot:
    """Draw lines over the run."""
    at = report["series"]["at"]
    begin = datetime(2000, 1, 1, tzinfo=UTC)
    text = f"{title} from the start to {clock(report['phases'][-1]['end'])}. A table below holds the figures by phase."
    chart = draw(title, text, [begin + timedelta(seconds=second) for second in at], lines, unit=unit, top=top)
    end = max(float(at[-1]), 1.0)

    def x(second: float) -> float:
        return round(LEFT + min(second / end, 1.0) * (WIDTH - LEFT - RIGHT), 1)

    marks = [mark_every(end) * number for number in range(MARKS + 1)]
    across = [Tick(x(second), clock(second)) for second in marks if second <= end]
    bands = [
        Band(x(phase["begin"]), round(x(phase["end"]) - x(phase["begin"]), 1), phase["name"])
        for phase in report["phases"]
    ]
    return Plot(name, replace(chart, across=across), bands)


def mark_every(seconds: float) -> int:
    """Return how many seconds lie between two marks of the axis of time."""
    return next((step for step in (5, 10, 15, 30, 60, 120) if seconds / step <= MARKS), 300)

"""`./dev bench --check`: what was measured against what is expected (expectations.toml), and `--update`, its keeping.

A ratio regresses when it misses its bar, or when it is worse than what was measured when the file was last written by
more than the noise: half of the range in which the rounds of the same thing against itself lay (the A/A control), now
or then, whichever is wider, and a tenth at least. A run whose control says that the machine was restless decides
nothing, neither way.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import Any

from loadtest.bench.rounds import Result, figure

FILE = Path(__file__).with_name("expectations.toml")
LEAST_NOISE = 0.1
HEAD = """\
# What `./dev bench --check` expects (loadtest/bench/expectations.py says how it judges, docs/performance.md how to read
# it). The bars are promises and are changed by hand; `measured`, `spread` and `noise` are written by `--update`.
"""


class Verdict(StrEnum):
    """What a ratio turned out to be."""

    GOOD = "good"
    BETTER = "better"
    MISSES_BAR = "misses its bar"
    WORSE = "worse than before"
    MISSING = "not measured"
    NEW = "no expectation"
    NOISY = "too noisy to tell"

    @property
    def regressed(self) -> bool:
        """Whether the check fails for it."""
        return self in (Verdict.MISSES_BAR, Verdict.WORSE, Verdict.MISSING)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one ratio should be: its bar, what was measured last, and how far the control's rounds lay apart then."""

    means: str
    at_least: float | None = None
    at_most: float | None = None
    control: str = ""
    measured: float | None = None
    spread: list[float] | None = None
    noise: float | None = None

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"{self.means!r} needs one of at_least and at_most.")

    @property
    def more_is_better(self) -> bool:
        """Which way is better."""
        return self.at_least is not None

    def judge(self, found: float, noise: float) -> Verdict:
        """Say what a ratio of a quiet run is worth."""
        if self.at_least is not None and found < self.at_least:
            return Verdict.MISSES_BAR
        if self.at_most is not None and found > self.at_most:
            return Verdict.MISSES_BAR
        if self.measured is None:
            return Verdict.GOOD
        if found == self.measured:  # also where both are 0
            return Verdict.GOOD
        better, worse = (found, self.measured) if self.more_is_better else (self.measured, found)
        change = better / worse if worse else inf
        if change < 1 / (1 + noise):
            return Verdict.WORSE
        return Verdict.BETTER if change > 1 + noise else Verdict.GOOD


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    bench: str
    ratio: str
    found: float | None
    noise: float | None
    expected: Expectation | None
    verdict: Verdict


Expectations = dict[str, dict[str, Expectation]]


def read(file: Path = FILE) -> Expectations:
    """Return the expectations by bench and ratio."""
    tables = tomllib.loads(file.read_text())
    return {
        bench: {ratio: Expectation(**fields) for ratio, fields in ratios.items()} for bench, ratios in tables.items()
    }


def check(result: Result, expected: Mapping[str, Expectation]) -> list[Line]:
    """Judge one result; a line for each ratio that is expected or was measured, the controls left out."""
    controls = {one.control for one in expected.values()}
    lines = []
    for name in dict.fromkeys([*expected, *result["ratios"]]):
        found, one = result["ratios"].get(name), expected.get(name)
        if name in controls and one is None:
            continue
        noise = noise_of(result, name, one)
        lines.append(Line(result["bench"], name, found, noise, one, verdict(result, found, noise, one)))
    return lines


def verdict(result: Result, found: float | None, noise: float | None, one: Expectation | None) -> Verdict:
    """Return what one ratio is worth."""
    if one is None:
        return Verdict.NEW
    if found is None or noise is None:
        return Verdict.MISSING
    return Verdict.NOISY if result["env"].get("noisy") else one.judge(found, noise)


def noise_of(result: Result, name: str, one: Expectation | None) -> float | None:
    """Return by how much a ratio may differ and mean nothing, as a share of it; None if it was not measured.

    From the control's rounds; without a control from the ratio's own.
    """
    if name not in result["ratios"]:
        return None
    control = one.control if one and one.control in result["spread"] else name
    low, high = result["spread"][control]
    median = result["ratios"][control]
    now = (high - low) / 2 / median if median else 0.0
    return figure(max(LEAST_NOISE, now, (one and one.noise) or 0.0))


def status(lines: Iterable[Line]) -> int:
    """Return the exit status: 1 for a regression, 3 if there is none but something could not be told, else 0."""
    verdicts = {line.verdict for line in lines}
    if any(one.regressed for one in verdicts):
        return 1
    return 3 if Verdict.NOISY in verdicts else 0


def updated(expectations: Expectations, result: Result) -> Expectations:
    """Return the expectations with what this result measured; as they were where it was noisy. Bars stay."""
    bench = result["bench"]
    if result["env"].get("noisy"):
        return expectations
    news: dict[str, Expectation] = {}
    for name, one in expectations.get(bench, {}).items():
        fresh = Expectation(one.means, one.at_least, one.at_most, one.control)
        noise = noise_of(result, name, fresh)
        measured = {"measured": result["ratios"][name], "spread": result["spread"][name]} if noise is not None else {}
        news[name] = Expectation(**(asdict(fresh) | measured | {"noise": noise})) if measured else one
    return expectations | {bench: news}


def write(expectations: Expectations, file: Path = FILE) -> None:
    """Write the file."""
    parts = [HEAD]
    for bench, ratios in expectations.items():
        for name, one in ratios.items():
            fields = {key: value for key, value in asdict(one).items() if value not in (None, "")}
            parts.append(f"[{bench}.{name}]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in fields.items()))
    file.write_text("\n".join(parts))


def toml(value: Any) -> str:
    """Return a text, number or list of numbers as TOML."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def table(lines: Iterable[Line]) -> str:
    """Return the lines for a person to read."""
    rows = [("bench", "ratio", "found", "bar", "before", "noise", "")]
    for line in lines:
        one = line.expected
        bar = "" if one is None else f"≥ {one.at_least:g}" if one.at_least is not None else f"≤ {one.at_most:g}"
        before = "" if one is None or one.measured is None else f"{one.measured:g}"
        found = "" if line.found is None else f"{line.found:g}"
        noise = "" if line.noise is None else f"±{line.noise:.0%}"
        rows.append((line.bench, line.ratio, found, bar, before, noise, line.verdict.value))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)

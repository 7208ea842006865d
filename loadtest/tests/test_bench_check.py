"""`./dev bench --check` tells a regression from noise, and says so when it cannot; on made-up results."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from devtools.trouble import Trouble
from loadtest.bench import __main__ as bench
from loadtest.bench import expectations
from loadtest.bench.expectations import Expectation, Verdict, check, noise_of, read, status, table, updated, write
from loadtest.bench.rounds import Result

LESS = Expectation("CPU over the floor", at_most=5.0, control="same")
MORE = Expectation("answers over the naive", at_least=14.0, control="same")
MEASURED = {"measured": 3.0, "spread": [2.8, 3.3], "noise": 0.1}


def result(same: tuple[float, float] = (0.98, 1.03), *, noisy: bool = False, **ratios: float) -> Result:
    """Return what a bench `try` might have found; `same` is the range of the control's rounds."""
    spread = {name: [value * 0.9, value * 1.1] for name, value in ratios.items()}
    return Result(
        bench="try", ratios={**ratios, "same": 1.0}, spread={**spread, "same": list(same)}, env={"noisy": noisy}
    )


def verdicts(found: Result, **expected: Expectation) -> dict[str, Verdict]:
    return {line.ratio: line.verdict for line in check(found, expected)}


def measured(one: Expectation, **fields: Any) -> Expectation:
    return Expectation(one.means, one.at_least, one.at_most, one.control, **fields)


def test_a_bar_holds_in_its_own_direction() -> None:
    assert verdicts(result(less=5.0, more=14.0), less=LESS, more=MORE) == {"less": Verdict.GOOD, "more": Verdict.GOOD}
    found = verdicts(result(less=5.01, more=13.9), less=LESS, more=MORE)
    assert found == {"less": Verdict.MISSES_BAR, "more": Verdict.MISSES_BAR}


@pytest.mark.parametrize(
    ("found", "expected"),
    [(3.0, Verdict.GOOD), (3.29, Verdict.GOOD), (3.31, Verdict.WORSE), (2.74, Verdict.GOOD), (2.7, Verdict.BETTER)],
)
def test_worse_than_before_by_more_than_the_noise_is_a_regression_though_the_bar_holds(
    found: float, expected: Verdict
) -> None:
    assert verdicts(result(less=found), less=measured(LESS, **MEASURED)) == {"less": expected}


@pytest.mark.parametrize(("found", "expected"), [(20.0, Verdict.GOOD), (18.1, Verdict.WORSE), (22.1, Verdict.BETTER)])
def test_where_more_is_better_less_is_a_regression(found: float, expected: Verdict) -> None:
    before = measured(MORE, measured=20.0, spread=[18.0, 22.0], noise=0.1)
    assert verdicts(result(more=found), more=before) == {"more": expected}


def test_the_noise_is_half_the_range_of_the_control_now_or_then_and_a_tenth_at_least() -> None:
    assert noise_of(result(less=3.0), "less", LESS) == 0.1
    assert noise_of(result((0.8, 1.4), less=3.0), "less", LESS) == pytest.approx(0.3)
    assert noise_of(result(less=3.0), "less", measured(LESS, **(MEASURED | {"noise": 0.25}))) == 0.25
    # Without a control the rounds of the ratio itself say how restless it was.
    alone = Expectation("alone", at_most=5.0)
    assert noise_of(result(less=3.0), "less", alone) == pytest.approx(0.1)
    # So what would be a regression on a quiet machine is none where the same thing differs as much from itself.
    before = measured(LESS, **MEASURED)
    assert verdicts(result((0.7, 1.3), less=3.6), less=before) == {"less": Verdict.GOOD}


def test_counts_may_be_zero() -> None:
    errors = Expectation("errors", at_most=0, control="same", measured=0, spread=[0, 0], noise=0.1)
    assert verdicts(result(errors=0), errors=errors) == {"errors": Verdict.GOOD}
    assert verdicts(result(errors=1), errors=errors) == {"errors": Verdict.MISSES_BAR}
    fewer = Expectation("connections", at_most=10, control="same", measured=10, spread=[10, 10], noise=0.1)
    assert verdicts(result(connections=0), connections=fewer) == {"connections": Verdict.BETTER}


def test_a_noisy_run_neither_passes_nor_fails() -> None:
    lines = check(result(noisy=True, less=9.0, more=100.0), {"less": LESS, "more": MORE})
    assert {line.verdict for line in lines} == {Verdict.NOISY}
    assert status(lines) == 3
    # A regression elsewhere is one all the same.
    assert status([*lines, *check(result(less=9.0), {"less": LESS})]) == 1


def test_a_ratio_that_is_no_longer_measured_fails_and_a_new_one_does_not() -> None:
    lines = check(result(new=1.0), {"less": LESS})
    assert {line.ratio: line.verdict for line in lines} == {"less": Verdict.MISSING, "new": Verdict.NEW}
    assert status(lines) == 1
    assert status(check(result(new=1.0, less=1.0), {"less": LESS})) == 0


def test_an_update_keeps_bars_and_words_and_takes_nothing_from_a_noisy_run(tmp_path: Path) -> None:
    file = tmp_path / "expectations.toml"
    before = {"try": {"less": measured(LESS, **MEASURED), "gone": MORE}, "other": {"more": MORE}}
    write(updated(before, result((0.7, 1.2), less=4.0)), file)
    after = read(file)
    assert after["try"]["less"] == measured(LESS, measured=4.0, spread=[3.6, 4.4], noise=0.25)
    assert (after["try"]["gone"], after["other"]) == (MORE, before["other"])
    assert updated(before, result(noisy=True, less=4.0)) == before
    assert file.read_text().startswith("# What `./dev bench --check` expects")


def test_the_table_says_what_was_found_and_what_was_due() -> None:
    shown = table(check(result(less=9.0, more=20.0), {"less": measured(LESS, **MEASURED), "more": MORE}))
    header, less, more = shown.splitlines()
    assert header.split() == ["bench", "ratio", "found", "bar", "before", "noise"]
    assert less.split(maxsplit=7) == ["try", "less", "9", "≤", "5", "3", "±10%", "misses its bar"]
    assert more.split(maxsplit=6) == ["try", "more", "20", "≥", "14", "±10%", "good"]


def test_each_bar_of_the_file_has_one_direction_and_the_file_is_as_an_update_writes_it(tmp_path: Path) -> None:
    expected = read()
    assert sum(map(len, expected.values())) >= 20
    assert expected["summary"]["cached_cpu_vs_empty"].at_most == 5.0
    assert expected["growth"]["vs_rcpchgrowth"].at_least == 1000.0
    # It is written in the form in which --update writes it, so that an update changes what was measured alone.
    write(expected, tmp_path / "again.toml")
    assert (tmp_path / "again.toml").read_text() == expectations.FILE.read_text()
    with pytest.raises(ValueError, match="at_least and at_most"):
        Expectation("both", at_least=1.0, at_most=2.0)


@pytest.fixture
def benches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Two benches that find what they are told, and a file of expectations of their own."""
    found = {
        "loadtest.fast": SimpleNamespace(run=lambda: result(less=2.0)),
        "loadtest.slow": SimpleNamespace(run=lambda: result(less=9.0)),
        "loadtest.restless": SimpleNamespace(run=lambda: result(noisy=True, less=2.0)),
        "loadtest.broken": SimpleNamespace(run=broken),
    }
    monkeypatch.setattr(bench, "BENCHES", {name.removeprefix("loadtest."): name for name in found})
    monkeypatch.setattr(bench, "import_module", found.__getitem__)
    file = tmp_path / "expectations.toml"
    write({"try": {"less": LESS}}, file)
    monkeypatch.setattr(expectations, "read", lambda: read(file))
    monkeypatch.setattr(expectations, "write", lambda expected: write(expected, file))
    return file


def broken() -> Result:
    raise Trouble("No server.")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["fast"], 0),
        (["slow"], 0),
        (["fast", "--check"], 0),
        (["--check", "slow"], 1),
        (["--check", "restless"], 3),
        (["--check", "restless", "slow"], 1),
        (["--check", "broken", "fast"], 1),
        (["--check", "nothing"], 2),
    ],
)
def test_the_command_says_by_its_exit_status_how_it_went(
    benches: Path, arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.main(arguments) == code
    printed = capsys.readouterr()
    # Whatever it says to a person, standard output holds the results alone, one JSON object a line.
    assert all(json.loads(line)["bench"] == "try" for line in printed.out.splitlines())
    assert ("misses its bar" in printed.err) == (code == 1 and "slow" in arguments)


def test_the_command_keeps_what_was_measured(benches: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--update", "fast", "restless"]) == 0
    assert read(benches)["try"]["less"].measured == 2.0
    assert "too noisy" in capsys.readouterr().err

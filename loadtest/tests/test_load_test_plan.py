"""The plan of the load test: who does what how often, how the load rises and falls, and that it ends."""

from __future__ import annotations

import pytest

from devtools.trouble import Trouble
from loadtest.plan import LENGTHS, STEPS, WEIGHTS, load_at, phases, seconds_of
from loadtest.run import load_test, parsed


def test_of_a_hundred_journeys_60_read_30_write_10_search() -> None:
    assert WEIGHTS == {"read": 60, "write": 30, "search": 10}
    assert STEPS["read"] == ("health summary", "records", "allergies", "vitals")


@pytest.mark.parametrize(("length", "most"), [("trial", 10), ("quick", 40), ("usual", 240), ("full", 600)])
def test_every_run_ends(length: str, most: float) -> None:
    some = phases(length)
    assert seconds_of(some) <= most
    assert load_at(some, seconds_of(some) - 0.01) is not None
    assert load_at(some, seconds_of(some)) is None


@pytest.mark.parametrize("length", LENGTHS)
def test_the_load_rises_stays_doubles_and_falls(length: str) -> None:
    some = phases(length)
    warm, rise, steady, spike, _ = (phase.seconds for phase in some)
    loads = [
        load_at(some, second)
        for second in (
            warm / 2,
            warm + rise / 2,
            warm + rise + steady / 2,
            warm + rise + steady + spike / 2,
            seconds_of(some) - 0.1,
        )
    ]
    found = [(round(load.share, 2), load.pace) for load in loads if load]
    assert found == [(0.1, 1.0), (0.55, 1.0), (1.0, 1.0), (1.0, 2.0), (0.2, 1.0)]


def test_500_people_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    assert (parsed([]).users, parsed([]).students, parsed([]).length) == (500, 20_000, "usual")
    assert (parsed(["--quick"]).users, parsed(["--quick", "--users", "7"]).users) == (50, 7)
    for wrong in (["--users", "0"], ["--students", "3"], ["--quick", "--full"]):
        with pytest.raises(SystemExit, match="2"):
            parsed(wrong)
    capsys.readouterr()


@pytest.mark.parametrize("given", ["DATABASE_URL", "REDIS_URL"])
def test_somebodys_own_servers_are_left_alone(
    given: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(given, "there")
    with pytest.raises(Trouble, match="Nothing was started"):
        load_test(["--quick"])
    assert capsys.readouterr().out == ""

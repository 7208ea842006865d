"""Single flight: who asks while it is being built waits for it; who asks afterwards has it built anew."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from records import single_flight
from records.single_flight import REMEMBERED, SingleFlight

PATIENCE = 10.0


class Builder:
    """Builds slowly and counts how often."""

    def __init__(self, seconds: float = 0.0, error: Exception | None = None) -> None:
        self.seconds, self.error, self.times, self._lock = seconds, error, 0, threading.Lock()

    def __call__(self) -> int:
        with self._lock:
            self.times += 1
            mine = self.times
        time.sleep(self.seconds)
        if self.error is not None and mine == 1:
            raise self.error
        return mine


def crowd(flights: SingleFlight[int], build: Builder, count: int = 50) -> list[int | Exception]:
    """Let as many threads find the key missing and join, all before anybody has built."""
    looked = threading.Barrier(count)

    def reader() -> int | Exception:
        ticket = flights.ticket()
        looked.wait(PATIENCE)
        try:
            return flights.join("key", ticket, build)
        except ArithmeticError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: reader(), range(count)))


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.05])
def test_fifty_who_find_it_missing_at_once_build_it_once(seconds: float) -> None:
    for _ in range(10):
        build = Builder(seconds)
        assert crowd(SingleFlight(), build) == [1] * 50
        assert build.times == 1


def test_the_control_without_single_flight_builds_fifty_times() -> None:
    build = Builder(0.01)
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(lambda _: build(), range(50)))
    assert build.times == 50


def test_who_looked_before_it_landed_and_comes_late_is_given_it() -> None:
    flights, build = SingleFlight[int](), Builder()
    late = flights.ticket()
    flights.join("key", flights.ticket(), build)
    assert flights.join("key", late, build) == 1
    assert build.times == 1


def test_who_looks_after_it_landed_has_it_built_anew() -> None:
    """It was there and is missing: flushed or expired, so it must be made and kept again."""
    flights, build = SingleFlight[int](), Builder()
    for number in (1, 2, 3):
        assert flights.join("key", flights.ticket(), build) == number


def test_other_keys_do_not_wait() -> None:
    flights, release = SingleFlight[int](), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(flights.join, "slow", flights.ticket(), lambda: int(release.wait(PATIENCE)))
        assert flights.join("quick", flights.ticket(), lambda: 7) == 7
        release.set()
        assert slow.result(PATIENCE) == 1


def test_a_failure_is_told_to_the_one_who_built_and_the_others_try_for_themselves() -> None:
    build = Builder(0.05, ZeroDivisionError())
    found = crowd(SingleFlight(), build, 8)
    assert len([each for each in found if isinstance(each, ZeroDivisionError)]) == 1
    assert len([each for each in found if isinstance(each, int)]) == 7


def test_after_a_failure_the_next_one_builds() -> None:
    flights, build = SingleFlight[int](), Builder(error=ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        flights.join("key", flights.ticket(), build)
    assert flights.join("key", flights.ticket(), build) == 2


def test_who_waits_too_long_builds_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_flight, "PATIENCE_SECONDS", 0.05)
    flights, release, begun = SingleFlight[int](), threading.Event(), threading.Event()

    def hang() -> int:
        begun.set()
        release.wait(PATIENCE)
        return 1

    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(flights.join, "key", flights.ticket(), hang)
        assert begun.wait(PATIENCE)
        assert flights.join("key", flights.ticket(), lambda: 2) == 2
        release.set()
        assert hanging.result(PATIENCE) == 1


def test_it_does_not_grow() -> None:
    flights = SingleFlight[int]()
    for number in range(10 * REMEMBERED):
        flights.join(f"key {number}", flights.ticket(), lambda: 1)
    assert len(flights._flights) <= REMEMBERED

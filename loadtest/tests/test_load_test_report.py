"""The report of a load test tells what happened: figures right, promises judged, words escaped, exit status true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from loadtest import report as reporting
from loadtest.measured import Request, Run, percentile
from loadtest.page import page, tables
from loadtest.promises import PROMISES, judged
from loadtest.report import main, report_of
from loadtest.tests.recorded import cache_stats, recorded


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {line["name"]: line["outcome"] for line in report["promises"]}


def test_a_good_run_keeps_every_promise() -> None:
    report = report_of(recorded())
    assert set(outcomes(report).values()) == {"kept"}
    assert report["verdict"] == "kept"
    assert report["figures"]["steady_rps"] == 105.0
    assert (report["figures"]["all_p50"], report["figures"]["all_p95"]) == (20.0, 50.0)


def test_logins_are_shown_apart_and_are_in_no_other_time() -> None:
    report = report_of(recorded())
    login = report["steps"][0]
    assert (login["step"], login["requests"], login["p50"]) == ("login", 500, 900.0)
    assert report["figures"]["all_p99"] < 900
    assert report["phases"][0]["logins"] == 500


def test_slow_answers_miss_the_promises_about_time_and_no_others() -> None:
    found = outcomes(report_of(recorded(slowest=700.0)))
    assert {name for name, outcome in found.items() if outcome == "missed"} == {
        "All steps, 95th percentile",
        "Health summary, 95th percentile",
        "Journey read, 95th percentile of its steps",
        "Journey write, 95th percentile of its steps",
    }


def test_a_cold_cache_misses_its_promises() -> None:
    caches = [{**cache_stats()["caches"][0], "hit_rate": 0.849}]
    found = outcomes(report_of(recorded(hit_rate=0.5, caches=caches)))
    assert found["Cache hits, health summary"] == found["Cache hits, all caches together"] == "missed"
    assert outcomes(report_of(recorded(hit_rate=None, caches=[])))["Cache hits, health summary"] == "missed"


def test_fewer_people_are_not_judged_by_what_500_ask() -> None:
    found = outcomes(report_of(recorded(users=50, each_second=2)))
    assert found["Requests a second while steady"] == found["People at the same time"] == "not judged"
    assert report_of(recorded(users=50, each_second=2))["verdict"] == "kept"


def test_a_limit_itself_is_not_below_the_limit_but_is_at_least_the_limit() -> None:
    figures: dict[str, float | None] = {one.figure: one.limit for one in PROMISES}
    for one in judged(figures, 500):
        assert one.outcome == ("missed" if one.promise.at_most else "kept")


def test_one_failure_is_an_error_even_where_every_promise_is_kept() -> None:
    report = report_of(recorded(failed=1))
    assert set(outcomes(report).values()) == {"kept"}
    assert report["verdict"] == "errors"


@pytest.mark.parametrize(("run", "status"), [(recorded(), 0), (recorded(failed=2), 1), (recorded(slowest=2_000.0), 3)])
def test_the_exit_status_tells_errors_from_missed_promises(
    run: Run, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Run, "read", lambda folder: run)
    assert main(["raw", str(tmp_path / "out")]) == status
    assert "requests" in capsys.readouterr().out
    assert json.loads((tmp_path / "out" / "report.json").read_text())["verdict"] == reporting.VERDICTS[status]
    word = "Passed." if status == 0 else "Failed."
    assert word in (tmp_path / "out" / "report.html").read_text()


def test_a_percentile_is_a_time_that_was_measured() -> None:
    requests = [Request(0.0, "search", float(ms), False, "") for ms in range(1, 101)]
    assert [percentile(requests, share) for share in (50, 95, 99, 100)] == [50.0, 95.0, 99.0, 100.0]
    assert percentile([], 50) is None


def test_phases_and_slices_hold_what_happened_in_them() -> None:
    report = report_of(recorded())
    assert [phase["name"] for phase in report["phases"]] == ["warm-up", "ramp up", "steady", "spike", "ramp down"]
    assert [phase["requests"] for phase in report["phases"]] == [7 * 15 * n for n in (15, 115, 60, 25, 15)]
    assert report["phases"][2]["cpu_cores"] == pytest.approx(0.6, abs=0.02)
    series = report["series"]
    assert set(series["rps"]) == {105.0}
    assert len({len(series[name]) for name in ("at", "p50", "p99", "rps", "users", "hit_percent")}) == 1
    assert series["cpu_cores"]["web"][5] == pytest.approx(0.1)
    assert report["resources"][0] == {
        "part": "web", "cpu_seconds": 22.9, "cpu_ms_a_request": 0.93, "most_memory_bytes": 2**20,
    }  # fmt: skip


def test_the_page_escapes_what_it_is_told_and_loads_nothing() -> None:
    text = page(report_of(recorded(failed=3)))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "A &lt;processor&gt; &amp; more" in text
    assert "<script" not in text
    assert not any(word in text for word in ("http://", "https://", "url(", "<img", "<link", "@import"))


def test_the_tables_are_ready_for_a_document() -> None:
    lines = tables(report_of(recorded(slowest=700.0))).splitlines()
    assert lines[0].startswith(
        "`./dev loadtest` on 24 November 2026, commit 0123abc: A <processor> & more, 2 cores, 8 GiB"
    )
    assert "| Health summary, 95th percentile | < 500 ms | 700.0 ms | **FAIL** |" in lines
    assert "| Requests that failed | < 1 % | 0.0 % | pass |" in lines
    assert "| search | 3,450 | 40.0 | 700.0 | 700.0 | 0.0 % |" in lines


@pytest.mark.parametrize("width", [1300, 390])
def test_a_browser_shows_the_page_without_a_word_of_complaint(browser: Browser, tmp_path: Path, width: int) -> None:
    complaints: list[str] = []
    file = tmp_path / "report.html"
    file.write_text(page(report_of(recorded(slowest=700.0))))
    shown = browser.new_page(viewport={"width": width, "height": 900})
    shown.on("console", lambda message: complaints.append(message.text))
    try:
        shown.goto(file.as_uri())
        assert shown.locator("h1").inner_text() == "White Cross: load test"
        assert shown.locator(".fail").count() == 4
        assert shown.get_by_role("img").count() == 6
        assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    finally:
        shown.close()
    assert complaints == []

"""Makes the report of a run: `python -m loadtest report FOLDER OUT` writes report.json, report.html and
report.md into OUT.

Exit status: 0 if every promise was kept; 1 if a request failed, in its status or in its content, however few did;
3 if nothing failed and a promise was missed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from loadtest.measured import Request, Run, between, hit_percent, percentile
from loadtest.page import page, tables
from loadtest.plan import BETWEEN, CHILDREN_A_SCHOOL, LOGIN, READ, SEARCH, STEADY, STEPS, SUMMARY, THINK, WEIGHTS, WRITE
from loadtest.promises import judged
from loadtest.series import series_of

ALL_KEPT, ERRORS, MISSED = 0, 1, 3
# Words of the report for these.
VERDICTS = {ALL_KEPT: "kept", ERRORS: "errors", MISSED: "missed"}


def main(arguments: Sequence[str]) -> int:
    """Write the report and print its promises; 0, 1 or 3 as above."""
    folder, out = map(Path, arguments)
    report = report_of(Run.read(folder))
    out.mkdir(parents=True, exist_ok=True)
    (out / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    (out / "report.html").write_text(page(report))
    (out / "report.md").write_text(tables(report))
    for line in report["promises"]:
        measured = "none" if line["measured"] is None else f"{line['measured']:,g}"
        sign = "<" if line["at_most"] else ">="
        print(f"{line['outcome']:>10}  {line['name']}: {measured} {line['unit']} ({sign} {line['limit']:g})")
    figures = report["figures"]
    print(f"{figures['requests']:,} requests, {figures['failed']} failed. {out / 'report.html'}")
    return next(status for status, verdict in VERDICTS.items() if verdict == report["verdict"])


def report_of(run: Run) -> dict[str, Any]:
    """Return the whole report as values for JSON."""
    figures = figures_of(run)
    promises = judged(figures, run.plan["users"])
    missed = any(one.outcome == "missed" for one in promises)
    status = ERRORS if figures["failed"] else MISSED if missed else ALL_KEPT
    return {
        "verdict": VERDICTS[status],
        "started": run.plan["started"],
        "commit": run.plan["commit"],
        "machine": run.machine,
        "plan": {
            "users": run.plan["users"],
            "length": run.plan["length"],
            **run.world,
            "weights": WEIGHTS,
            "think_seconds": THINK,
            "between_journeys_seconds": BETWEEN,
            "children_a_school": CHILDREN_A_SCHOOL,
        },
        "figures": figures,
        "promises": [
            {
                "name": one.promise.name,
                "limit": one.promise.limit,
                "at_most": one.promise.at_most,
                "unit": one.promise.unit,
                "measured": one.measured,
                "outcome": one.outcome,
            }
            for one in promises
        ],
        "steps": steps_of(run),
        "phases": phases_of(run),
        "caches": run.cache["caches"],
        "resources": resources_of(run),
        "messages": run.messages,
        "series": series_of(run),
    }


def figures_of(run: Run) -> dict[str, Any]:
    """Return the figures that promises are about, and what they are made of."""
    asking = run.asking()
    failed = sum(request.failed for request in run.requests)
    hits = {cache["name"]: cache["hit_rate"] for cache in run.cache["caches"]}
    steady = next(phase for phase in phases_of(run) if phase["name"] == STEADY)
    return {
        "requests": len(run.requests),
        "failed": failed,
        "failed_percent": round(100 * failed / len(run.requests), 3) if run.requests else None,
        **{f"all_p{share}": percentile(asking, share) for share in (50, 95, 99)},
        "summary_p95": percentile(run.of([SUMMARY]), 95),
        **{f"{journey}_p95": percentile(run.of(STEPS[journey]), 95) for journey in (READ, WRITE, SEARCH)},
        "hit_percent": in_percent(run.cache["hit_rate"]),
        "summary_hit_percent": in_percent(hits.get("summary")),
        "steady_rps": steady["rps"],
        "users": max((number for _, number in run.users), default=0),
    }


def in_percent(rate: float | None) -> float | None:
    """Return a rate of the service, a share of one, in percent."""
    return None if rate is None else round(100 * rate, 1)


def steps_of(run: Run) -> list[dict[str, Any]]:
    """Return count, failures and times by step, in the order of the journeys; steps that nobody took are left out."""
    return [
        {"journey": journey, "step": step, **times_of(requests)}
        for journey, steps in STEPS.items()
        for step in steps
        if (requests := run.of([step]))
    ]


def times_of(requests: list[Request]) -> dict[str, Any]:
    """Return how many there were, how many failed, how long they took and how many the cache answered."""
    return {
        "requests": len(requests),
        "failed": sum(request.failed for request in requests),
        **{f"p{share}": percentile(requests, share) for share in (50, 95, 99)},
        "longest": percentile(requests, 100),
        "hit_percent": hit_percent(requests),
    }


def phases_of(run: Run) -> list[dict[str, Any]]:
    """Return what happened in each phase; times are without the logins, which are counted apart."""
    ends = list(accumulate(phase.seconds for phase in run.phases))
    found = []
    for phase, end in zip(run.phases, ends, strict=True):
        begin = end - phase.seconds
        requests = between(run.asking(), begin, end)
        cpu = run.cpu_between(begin, end)
        found.append(
            {
                "name": phase.name,
                "begin": begin,
                "end": end,
                "pace": phase.pace,
                "users_at_end": next((number for second, number in reversed(run.users) if begin <= second < end), 0),
                "logins": len(between(run.of([LOGIN]), begin, end)),
                "rps": round(len(requests) / phase.seconds, 1),
                **times_of(requests),
                "cpu_cores": round(sum(cpu.values()) / phase.seconds, 2),
            }
        )
    return found


def resources_of(run: Run) -> list[dict[str, Any]]:
    """Return CPU seconds, CPU milliseconds a request and the most memory of each part, the generator among them."""
    first, last = run.samples[0], run.samples[-1]
    return [
        {
            "part": part,
            "cpu_seconds": round(last.cpu[part] - first.cpu[part], 1),
            "cpu_ms_a_request": round(1000 * (last.cpu[part] - first.cpu[part]) / max(1, len(run.requests)), 2),
            "most_memory_bytes": max((sample.memory[part] for sample in run.samples if sample.memory), default=None),
        }
        for part in last.cpu
    ]

"""The figures are right with several web processes and a worker, also after one was killed; and real rules use them."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

from access.models import User
from access.tasks import seal_audit_trail
from metrics.tasks import keep_sample
from metrics.tests.serving import Service, service, until
from students.models import Student
from whitecross.celery import app as celery_app

OPS = Path(settings.BASE_DIR) / "ops"
RULES: dict[str, Any] = yaml.safe_load((OPS / "prometheus/rules.yml").read_text())
DASHBOARDS = {path.name: json.loads(path.read_text()) for path in sorted((OPS / "grafana").glob("*.json"))}
LOOKS = 60


def view_named(found: Any, name: str) -> Any:
    (view,) = [view for view in found["requests"]["by_view"] if view["view"] == name]
    return view


def web_pids(here: Service, admin: User) -> set[int]:
    processes = here.json("/api/admin/performance", admin)["memory"]["processes"]
    return {process["pid"] for process in processes if process["role"] == "web"}


def replaced(here: Service, admin: User, victim: int) -> bool:
    """Whether another process stands in for the killed one; a question that had already come to it is lost."""
    try:
        pids = web_pids(here, admin)
    except OSError:
        return False
    return len(pids) == 2 and victim not in pids


def samples(text: str, name: str) -> dict[tuple[str, ...], float]:
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def names_in(expression: str) -> set[str]:
    """Return the metrics that a PromQL expression asks for."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]', " ", expression)
    bare = re.sub(r"\b(by|without|on|ignoring)\s*\([^)]*\)", " ", bare)
    words = re.findall(r"[a-zA-Z_:][\w:]*(?!\w*\s*\()", bare)
    return {word for word in words if word not in {"and", "or", "unless", "bool"} and not re.match(r"e\d", word)}


def asked_for() -> dict[str, set[str]]:
    """Return the metrics that each rule and each panel asks for."""
    found = {rule["alert"]: names_in(rule["expr"]) for group in RULES["groups"] for rule in group["rules"]}
    for name, dashboard in DASHBOARDS.items():
        for panel in dashboard["panels"]:
            found[f"{name}: {panel['title']}"] = set().union(*(names_in(t["expr"]) for t in panel["targets"]))
    return found


def test_names_are_found_in_an_expression() -> None:
    expression = 'sum by (le, view) (rate(a_total{x=~"b.*",y!="c"}[5m])) / max(d) > 0.5 or absent(e_1) and f:g > 1e9'
    assert names_in(expression) == {"a_total", "d", "e_1", "f:g"}


@pytest.mark.django_db(transaction=True)
def test_the_figures_of_two_web_processes_and_a_worker(tmp_path: Path, admin: User, nora: User, ana: Student) -> None:
    with service(tmp_path) as here:
        # When sixty looks are spread over both processes
        for _ in range(LOOKS):
            assert here.get(f"/api/v1/students/{ana.pk}/health-summary/", nora)[0] == 200
        # Then every one is counted, once
        found = here.json("/api/admin/performance", admin)
        view = view_named(found, "api:health-summary")
        assert (view["requests"], view["errors"]) == (LOOKS, 0)
        assert 0 < view["p50_ms"] <= view["p95_ms"] <= view["p99_ms"]
        cache = here.json("/api/admin/cache/stats", admin)
        (summary,) = [one for one in cache["caches"] if one["name"] == "summary"]
        assert summary["requests"] == summary["hits"] + summary["misses"] == LOOKS
        assert summary["hits"] >= LOOKS - 2
        assert samples(here.scrape(), "wc_audit_rows_total")["api", "granted"] == LOOKS
        roles = sorted(process["role"] for process in found["memory"]["processes"])
        assert roles == ["web", "web", "worker"]
        pool = here.json("/api/admin/database/health", admin)["pool"]
        assert pool["open"] >= pool["in_use"] >= 0
        assert pool["most"] in (10, 20)  # each process tells of its pool with its first request

        # When one of them is killed, and another takes its place
        before = web_pids(here, admin)
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        until(lambda: replaced(here, admin, victim))
        # Then what it had counted stays counted, and its pool is gone
        assert view_named(here.json("/api/admin/performance", admin), "api:health-summary")["requests"] == LOOKS
        assert here.json("/api/admin/database/health", admin)["pool"]["most"] <= 20

        # When the worker runs tasks, one of which fails
        until(lambda: isinstance(here.json("/api/admin/workers/stats", admin)["workers"], list))
        keep_sample.delay()
        seal_audit_trail.delay()
        celery_app.send_task(keep_sample.name, args=["one argument too many"])

        def tasks() -> dict[str, Any]:
            return {task["task"]: task for task in here.json("/api/admin/workers/stats", admin)["tasks"]}

        until(lambda: tasks().get(keep_sample.name, {}).get("failed") == 1 and seal_audit_trail.name in tasks())
        # Then it tells how they went
        stats = here.json("/api/admin/workers/stats", admin)
        assert tasks()[keep_sample.name]["succeeded"] == 1
        assert tasks()[seal_audit_trail.name]["average_seconds"] > 0
        (worker,) = stats["workers"]
        assert (worker["slots"], worker["active"]) == (2, 0)
        assert worker["memory_bytes"] > 10_000_000
        assert stats["queues"] == {"celery": 0}
        assert "too many" not in json.dumps(stats)

        # And the scrape holds every figure that a rule or a dashboard asks for
        scraped = {sample.name for family in text_string_to_metric_families(here.scrape()) for sample in family.samples}
        missing = {where: names - scraped for where, names in asked_for().items() if names - scraped}
        assert missing == {}
        assert 'task="metrics.tasks.keep_sample"' in here.scrape()


def test_rules_say_what_they_mean_and_where_to_begin() -> None:
    rules = [rule for group in RULES["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 15
    for rule in rules:
        assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"].keys() == {"summary", "action"}
        assert names_in(rule["expr"])
        assert re.fullmatch(r"\d+[sm]", rule.get("for", "1m"))


def test_rules_and_dashboards_ask_for_our_views_and_labels_alone() -> None:
    """A label that is misspelled gives an empty answer, and an alert that never comes."""
    known: dict[str, set[str]] = {
        "part": {"database", "cache", "broker"},
        "status": {"2xx", "4xx", "5xx"},
        "result": {"hit", "miss", "hit|miss"},
        "name": {"summary"},
        "role": {"web"},
        "view": {"health_.*|metrics", "health_.*|metrics|admin_workers_stats"},
        "outcome": {"failed", "forbidden|not_visible"},
        "kind": {"OperationalError|InternalError|ProgrammingError"},
    }
    expressions = [rule["expr"] for group in RULES["groups"] for rule in group["rules"]]
    expressions += [t["expr"] for d in DASHBOARDS.values() for panel in d["panels"] for t in panel["targets"]]
    for expression in expressions:
        for label, value in re.findall(r'[{,]\s*(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"', expression):
            assert value in known.get(label, set()), expression


def test_each_dashboard_has_a_uid_a_data_source_and_panels_apart() -> None:
    assert set(DASHBOARDS) == {"overview.json", "servers.json", "views.json"}
    assert len({dashboard["uid"] for dashboard in DASHBOARDS.values()}) == len(DASHBOARDS)
    for dashboard in DASHBOARDS.values():
        assert [variable["type"] for variable in dashboard["templating"]["list"]] == ["datasource"]
        taken: set[tuple[int, int]] = set()
        for panel in dashboard["panels"]:
            at = panel["gridPos"]
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            assert at["x"] + at["w"] <= 24
            assert not cells & taken, panel["title"]
            taken |= cells
            assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_prometheus_reads_the_processes_that_the_compose_file_starts() -> None:
    config = yaml.safe_load((OPS / "prometheus/prometheus.yml").read_text())
    assert config["rule_files"] == ["rules.yml"]
    targets = {target for job in config["scrape_configs"] for s in job["static_configs"] for target in s["targets"]}
    compose = yaml.safe_load((Path(settings.BASE_DIR) / "docker-compose.yml").read_text())
    web = {f"{compose['name']}-web-{n + 1}" for n in range(compose["services"]["web"]["deploy"]["replicas"])}
    worker_port = compose["services"]["worker"]["environment"]["METRICS_WORKER_PORT"]
    assert targets == {f"{name}:8000" for name in web} | {f"{compose['name']}-worker-1:{worker_port}"}
    allowed = compose["services"]["web"]["environment"]["ALLOWED_HOSTS"].split(",")
    assert web <= set(allowed)
    scraped = compose["services"]["web"]["environment"]["METRICS_SCRAPE"].split()
    assert scraped == ["web:8000", f"worker:{worker_port}"]

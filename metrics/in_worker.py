"""What a Celery worker counts: every run of a task; and its own account of it, given when asked over the broker.

The account is of one process, so it is right for workers that run their tasks in threads, as ours do
(docker-compose.yml); a worker that forks would answer for its parent alone.
"""

import os
from time import perf_counter
from typing import Any

from celery import Task, states
from celery.signals import task_postrun, task_prerun, worker_ready
from celery.worker import state as worker_state
from celery.worker.control import inspect_command
from django.conf import settings
from prometheus_client import start_http_server

from metrics import meters
from metrics.processes import look_at
from metrics.readings import Reading, registry
from metrics.workers import ACCOUNT

OUTCOMES = {states.SUCCESS: "succeeded", states.FAILURE: "failed", states.RETRY: "retried"}


@task_prerun.connect
def task_begins(task: "Task[Any, Any]", **kwargs: Any) -> None:
    """Receive task_prerun."""
    task.request.update(measured_from=perf_counter())
    for outcome in OUTCOMES.values():
        # Begins at zero, so that the first failure is a rise that a rule can see.
        meters.tasks.labels(task.name, outcome)


@task_postrun.connect
def task_ended(task: "Task[Any, Any]", state: str | None = None, **kwargs: Any) -> None:
    """Receive task_postrun, which comes after success, failure and retry alike."""
    meters.tasks.labels(task.name, OUTCOMES.get(state or "", "other")).inc()
    meters.task_seconds.labels(task.name).observe(perf_counter() - task.request.get("measured_from"))


@worker_ready.connect
def show_meters(**kwargs: Any) -> None:
    """Receive worker_ready: show the meters to Prometheus, where METRICS_WORKER_PORT is set."""
    if settings.METRICS_WORKER_PORT:
        start_http_server(settings.METRICS_WORKER_PORT, registry=registry())


@inspect_command(name=ACCOUNT)
def account(state: Any, **kwargs: Any) -> dict[str, Any]:
    """Say what this worker is, what it is doing and how its tasks went since it began."""
    worker = state.consumer.controller
    process = look_at(os.getpid())
    active = len(worker_state.active_requests)
    return {
        "pid": os.getpid(),
        "slots": worker.concurrency,
        "active": active,
        "reserved": max(0, len(worker_state.reserved_requests) - active),
        "uptime_seconds": process and process.age_seconds,
        "memory_bytes": process and process.resident_bytes,
        "tasks": own_tasks(),
    }


def own_tasks() -> dict[str, dict[str, Any]]:
    """Return by task how often it ended how, and how its times in seconds are spread, in this process."""
    reading = Reading()
    reading.add([*meters.tasks.collect(), *meters.task_seconds.collect()])
    outcomes = reading.sums("wc_tasks_total", ("task", "outcome"))
    return {
        task: {
            "outcomes": {outcome: int(runs) for (name, outcome), runs in outcomes.items() if name == task},
            "bounds": time.bounds[:-1],  # JSON has no infinity
            "counts": time.counts,
            "total": time.total,
        }
        for (task,), time in reading.histograms("wc_task_seconds", ("task",)).items()
    }

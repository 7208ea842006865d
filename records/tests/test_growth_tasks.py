"""The background task of stored growth: queued after an import, bounded, and it gives way to a run at hand."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import Retry
from django.db import OperationalError, transaction
from kombu.exceptions import OperationalError as BrokerAway

from records import tasks
from records.models import GrowthAssessment, GrowthRun
from records.recalculation.run import AnotherRuns
from records.tests.growing import measure
from students.models import Student
from whitecross.celery import app


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is queued, instead of a broker."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.recalculate_growth, "apply_async", lambda **given: sent.append(given))
    monkeypatch.setattr(tasks.recalculate_growth, "delay", lambda **given: sent.append(given))
    return sent


def test_it_computes_who_changed(ana: Student) -> None:
    measure(ana, 10, 124, 24)
    tasks.recalculate_growth()
    assert GrowthAssessment.objects.count() == 1
    assert GrowthRun.objects.get().whole is False


def test_what_is_queued_holds_nothing_but_words_and_ids(queued: list[dict[str, Any]]) -> None:
    assert tasks.queue_growth(whole=True, started_by=7)
    assert queued == [{"kwargs": {"whole": True, "started_by": 7}, "retry": False}]
    assert json.dumps(queued)


@pytest.mark.django_db(transaction=True)
def test_it_is_queued_after_the_commit_and_not_at_all_without_one(queued: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        tasks.growth_soon()
        assert queued == []
    assert len(queued) == 1
    with transaction.atomic():
        tasks.growth_soon()
        transaction.set_rollback(True)
    assert len(queued) == 1


def test_without_the_broker_an_import_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**given: Any) -> None:
        raise BrokerAway

    monkeypatch.setattr(tasks.recalculate_growth, "apply_async", away)
    assert tasks.queue_growth() is False


def test_it_gives_way_to_a_run_at_hand(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(**given: Any) -> None:
        raise AnotherRuns

    monkeypatch.setattr(tasks, "recalculate", busy)
    tasks.recalculate_growth()
    assert not GrowthRun.objects.exists()


def test_a_database_that_is_away_is_tried_again_a_few_times(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**given: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks, "recalculate", away)
    task: Any = tasks.recalculate_growth
    task.push_request(retries=0, called_directly=False, is_eager=True)
    with pytest.raises(Retry):
        task.run()
    task.push_request(retries=tasks.TRIES, called_directly=False, is_eager=True)
    with pytest.raises(OperationalError):
        task.run()


def test_a_long_run_goes_on_in_a_task_of_its_own(
    ana: Student, queued: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    measure(ana, 10, 124, 24)
    monkeypatch.setattr(tasks, "LONGEST", timedelta(0))
    tasks.recalculate_growth(whole=True)
    assert queued == [{"whole": True, "school_id": None, "started_by": None}]


def test_one_that_somebody_stopped_does_not(
    ana: Student, queued: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    measure(ana, 10, 124, 24)
    monkeypatch.setattr(tasks, "LONGEST", timedelta(0))
    monkeypatch.setattr(tasks, "stop_was_asked", lambda run: True)
    tasks.recalculate_growth(whole=True)
    assert queued == []


def test_the_schedule_names_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert "records.tasks.recalculate_growth" in scheduled
    assert scheduled <= app.tasks.keys()

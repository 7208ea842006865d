"""The operators' page of the growth runs, and what the monitoring endpoint tells of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from access.models import User
from access.tests.people import api_client
from records.models import GrowthRun
from records.recalculation.run import recalculate
from records.tests.growing import measure
from students.models import Student

PAGE = "/ops/growth/"
VIEW = "records.views.growth_operations"


@pytest.fixture
def operator(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def test_staff_see_how_runs_went_and_nothing_about_a_child(operator: Client, ana: Student) -> None:
    measure(ana, 10, 124, 24)
    recalculate(whole=True)
    text = operator.get(PAGE).content.decode()
    assert "Done" in text
    assert "1 of 1 (100%)" in text
    assert "Alvarez" not in text


def test_before_the_first_run_it_says_when_one_comes(operator: Client) -> None:
    assert "Growth was not computed yet." in operator.get(PAGE).content.decode()


def test_it_is_for_staff(nora: User) -> None:
    client = Client()
    assert client.get(PAGE).status_code == 302
    client.force_login(nora)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"start": "all"}).status_code == 403


@pytest.mark.parametrize(("start", "whole"), [("all", True), ("changed", False)])
def test_start_queues_the_task(
    operator: Client, admin: User, monkeypatch: pytest.MonkeyPatch, start: str, whole: bool
) -> None:
    queued: list[Any] = []

    def queue(**given: Any) -> bool:
        queued.append(given)
        return True

    monkeypatch.setattr(f"{VIEW}.queue_growth", queue)
    answer = operator.post(PAGE, {"start": start}, follow=True)
    assert queued == [{"whole": whole, "started_by": admin.pk}]
    assert "The run was queued." in answer.content.decode()


def test_without_the_broker_it_says_that_nothing_was_started(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{VIEW}.queue_growth", lambda **given: False)
    assert "Nothing was started" in operator.post(PAGE, {"start": "all"}, follow=True).content.decode()


def test_stop_asks_the_run_at_hand(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No run is under way." in operator.post(PAGE, {"stop": "now"}, follow=True).content.decode()
    run = GrowthRun.objects.create(whole=True, rules=1)
    monkeypatch.setattr(f"{VIEW}.under_way", lambda: True)
    assert "ends after the students at hand" in operator.post(PAGE, {"stop": "now"}, follow=True).content.decode()
    run.refresh_from_db()
    assert run.stop_asked
    assert "A run is under way. Stop it first" in operator.post(PAGE, {"start": "all"}, follow=True).content.decode()


def test_a_run_that_was_killed_is_called_so(operator: Client) -> None:
    GrowthRun.objects.create(whole=True, rules=1, students=5, students_to_do=10)
    assert "Killed" in operator.get(PAGE).content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_monitoring_endpoint_tells_how_far_it_is(admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metrics.workers.ANSWER_SECONDS", 0.05)
    client = api_client(admin)
    assert client.get("/api/admin/workers/stats").json()["growth"] is None
    GrowthRun.objects.create(whole=True, rules=1, students=5, students_to_do=10)
    told = client.get("/api/admin/workers/stats").json()["growth"]
    assert (told["outcome"], told["students"], told["students_to_do"]) == ("running", 5, 10)

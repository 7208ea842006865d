"""The flag `cache`: on for 10, 50, 100 percent of the schools, always the same ones, and off where it is off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from access.models import User
from access.tests.people import api_client
from records import rollout
from records.models import SchoolFlag
from records.rollout import FLAG, Rollout, cached_at, forget, remember
from students.models import School, Student

SCHOOLS = [uuid4() for _ in range(2_000)]


@pytest.fixture(autouse=True)
def nothing_is_known() -> Iterator[None]:
    """Each test begins as a process that has not asked for the flag."""
    forget()
    yield
    forget()


def made(**fields: Any) -> SchoolFlag:
    flag = SchoolFlag(name=FLAG, **fields)
    flag.save()
    return flag


def covered() -> set[UUID]:
    forget()
    return {school for school in SCHOOLS if cached_at([school])}


def test_without_the_flag_the_cache_is_on_everywhere(db: None) -> None:
    assert covered() == set(SCHOOLS)


@pytest.mark.parametrize(("percent", "least", "most"), [(10, 150, 250), (50, 900, 1_100), (99.9, 1_980, 2_000)])
def test_a_share_of_the_schools_is_about_that_share(db: None, percent: float, least: int, most: int) -> None:
    made(percent=percent)
    assert least <= len(covered()) <= most


def test_a_school_that_is_in_stays_in_while_the_share_grows(db: None) -> None:
    flag = made(percent=10)
    before: set[UUID] = set()
    for percent in (10, 50, 99.9):
        SchoolFlag.objects.filter(pk=flag.pk).update(percent=percent)
        now = covered()
        assert before < now
        assert covered() == now
        before = now
    SchoolFlag.objects.filter(pk=flag.pk).update(everyone=True)
    assert covered() == set(SCHOOLS)


@pytest.mark.parametrize(
    ("fields", "on"),
    [
        ({"everyone": True}, True),
        ({"everyone": False}, False),
        ({"everyone": False, "percent": 99.9}, False),
        ({"everyone": True, "percent": 0}, True),
        ({"percent": 0}, False),
        ({}, False),
    ],
)
def test_for_everyone_or_for_nobody(db: None, fields: dict[str, object], on: bool) -> None:
    made(**fields)
    assert covered() == (set(SCHOOLS) if on else set())


def test_one_school_can_be_left_out(db: None, oak_street: School, harbor_middle: School) -> None:
    flag = made(everyone=True)
    flag.off_at.add(oak_street)
    assert not cached_at([oak_street.pk])
    assert cached_at([harbor_middle.pk])
    assert not cached_at([harbor_middle.pk, oak_street.pk])


def test_another_flag_means_nothing_here(db: None) -> None:
    SchoolFlag.objects.create(name="something else", everyone=False)
    assert covered() == set(SCHOOLS)


def test_the_flag_is_read_once_in_five_seconds(
    db: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    clock = [1_000.0]
    monkeypatch.setattr(rollout, "monotonic", lambda: clock[0])
    with django_assert_num_queries(1):
        for _ in range(50):
            cached_at(SCHOOLS[:1])
    clock[0] += 4.9
    with django_assert_num_queries(0):
        cached_at(SCHOOLS[:1])
    clock[0] += 0.2
    with django_assert_num_queries(1):
        cached_at(SCHOOLS[:1])


def test_a_switch_counts_here_from_its_commit_on(
    oak_street: School, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert cached_at([oak_street.pk])
    with django_capture_on_commit_callbacks(execute=True):
        flag = made(everyone=False)
    assert not cached_at([oak_street.pk])
    with django_capture_on_commit_callbacks(execute=True):
        flag.everyone = True
        flag.save()
    assert cached_at([oak_street.pk])
    with django_capture_on_commit_callbacks(execute=True):
        flag.off_at.add(oak_street)
    assert not cached_at([oak_street.pk])
    with django_capture_on_commit_callbacks(execute=True):
        flag.delete()
    assert cached_at([oak_street.pk])


def test_the_summary_says_bypass_where_it_is_off_and_is_right(nora: User, ana: Student) -> None:
    address = f"/api/v1/students/{ana.pk}/health-summary/"
    first = api_client(nora).get(address)
    remember(Rollout(off_at=frozenset({ana.school_id})), 60)
    off = api_client(nora).get(address)
    assert (first["X-Cache"], off["X-Cache"]) == ("miss", "bypass")
    assert off.json()["student"] == first.json()["student"]


def test_waffles_own_command_sets_it(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("waffle_flag", FLAG, "--create", "--percent", "10")
    assert 150 <= len(covered()) <= 250
    call_command("waffle_flag", FLAG, "--everyone")
    assert covered() == set(SCHOOLS)
    call_command("waffle_flag", FLAG, "--deactivate")
    assert covered() == set()
    call_command("waffle_flag", "--list")
    assert FLAG in capsys.readouterr().out


def test_an_administrator_sets_it_in_the_admin(admin: User, oak_street: School, client: Client) -> None:
    client.force_login(admin)
    page = "/admin/records/schoolflag/add/"
    assert client.get(page).status_code == 200
    sent = {"name": FLAG, "everyone": "unknown", "percent": "50", "off_at": [str(oak_street.pk)], "note": ""}
    assert client.post(page, sent).status_code == 302
    assert rollout.read() == Rollout(50.0, frozenset({oak_street.pk}))

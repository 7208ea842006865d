"""Lists of one student by API are cached for five minutes, under their version, their page and their reader."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches
from pytest_django import DjangoAssertNumQueries

from access.models import AuditEvent, User
from access.tests.people import api_client, make_student
from records.models import Allergy, HealthRecord
from records.rollout import Rollout, remember
from records.tests.summaries import DAY, chart_something
from students.models import Student

KINDS = ["records", "allergies", "conditions", "vaccinations", "vitals"]


def listed(user: User, student: Student, kind: str = "allergies", **params: Any) -> Any:
    answer = api_client(user).get(f"/api/v1/students/{student.pk}/{kind}/", params)
    assert answer.status_code == 200
    return answer


@pytest.fixture
def charted(ana: Student) -> Student:
    """Ana, with one row of each kind."""
    chart_something(ana)
    return ana


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_look_is_a_hit_with_the_same_bytes_and_its_own_audit_row(
    nora: User, charted: Student, kind: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = listed(nora, charted, kind)
    with django_assert_num_queries(1):  # the gate
        second = listed(nora, charted, kind)
    assert (first["X-Cache"], second["X-Cache"]) == ("miss", "hit")
    assert first.content == second.content
    assert first["Cache-Control"] == "no-store"
    assert first["Content-Type"] == "application/json"
    assert len(first.json()["results"]) == 1
    assert AuditEvent.objects.filter(student_id=charted.pk, actor_id=nora.pk).count() == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_write_is_seen_at_the_next_look(nora: User, charted: Student, kind: str) -> None:
    listed(nora, charted, kind)
    chart_something(charted)
    after = listed(nora, charted, kind)
    assert after["X-Cache"] == "miss"
    assert len(after.json()["results"]) == 2


def test_pages_are_kept_apart_and_each_is_kept(nora: User, charted: Student) -> None:
    Allergy.objects.create(student=charted, allergen="Latex")
    client = api_client(nora)
    first = listed(nora, charted, page_size=1)
    second = client.get(first.json()["next"])
    assert [first.json()["results"][0]["allergen"], second.json()["results"][0]["allergen"]] == ["Peanut", "Latex"]
    assert listed(nora, charted, page_size=1)["X-Cache"] == "hit"
    assert client.get(first.json()["next"])["X-Cache"] == "hit"
    assert listed(nora, charted, page_size=2)["X-Cache"] == "miss"


def test_who_may_not_see_confidential_rows_has_an_answer_of_their_own(nora: User, ivy: User, charted: Student) -> None:
    HealthRecord.objects.create(student=charted, type="MENTAL_HEALTH", date=DAY, confidential=True)
    for _ in range(2):
        assert len(listed(nora, charted, "records").json()["results"]) == 2
        assert len(listed(ivy, charted, "records").json()["results"]) == 1


def test_links_name_the_host_that_was_asked(nora: User, charted: Student) -> None:
    Allergy.objects.create(student=charted, allergen="Latex")
    address = f"/api/v1/students/{charted.pk}/allergies/?page_size=1"
    for host in ("testserver", "localhost", "testserver"):
        following = api_client(nora).get(address, headers={"host": host}).json()["next"]
        assert following.startswith(f"http://{host}/")


def test_a_senseless_page_is_400_each_time(nora: User, charted: Student) -> None:
    for _ in range(2):
        answer = api_client(nora).get(f"/api/v1/students/{charted.pk}/allergies/", {"page_size": "0"})
        assert answer.status_code == 400


def test_nothing_of_a_list_is_readable_in_redis_or_in_its_key(nora: User, charted: Student) -> None:
    listed(nora, charted, page_size=7)
    cache: Any = caches["phi"]
    redis = cache.client.get_client()
    (key,) = [key for key in redis.scan_iter("*:allergies:*") if charted.pk.hex in str(key)]
    assert b"Peanut" not in redis.get(key)
    assert "page_size" not in str(key)
    assert 290 < redis.ttl(key) <= 300


def test_where_the_flag_is_off_the_answer_says_bypass(nora: User, charted: Student) -> None:
    remember(Rollout(percent=0), 60)
    assert [listed(nora, charted)["X-Cache"] for _ in range(2)] == ["bypass", "bypass"]


def test_another_childs_list_is_another_answer(nora: User, charted: Student) -> None:
    listed(nora, charted)
    other = listed(nora, make_student(charted.school, "Ben", "Bach"))
    assert (other["X-Cache"], other.json()["results"]) == ("miss", [])

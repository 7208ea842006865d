"""After a commit the first pages of a student's lists that were read lately are made again."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches
from pytest_django import Settings

from access.models import AuditEvent, User
from access.tests.people import api_client
from records.api import list_refresh
from records.api.read_pages import KINDS
from records.models import Allergy, HealthRecord
from records.rollout import Rollout, remember
from records.tests.summaries import DAY, chart_something
from students.models import Student

pytestmark = pytest.mark.django_db(transaction=True)


def listed(user: User, student: Student, kind: str, **headers: Any) -> Any:
    answer = api_client(user).get(f"/api/v1/students/{student.pk}/{kind}/", **headers)
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_look_after_a_write_is_a_hit_with_the_new_rows(nora: User, ana: Student, kind: str) -> None:
    chart_something(ana)
    listed(nora, ana, kind)
    chart_something(ana)
    looks = AuditEvent.objects.count()
    after = listed(nora, ana, kind)
    assert after["X-Cache"] == "hit"
    assert len(after.json()["results"]) == 2
    assert AuditEvent.objects.count() == looks + 1
    remember(Rollout(percent=0), 60)
    assert listed(nora, ana, kind).json() == after.json()


def test_what_nobody_read_is_not_made(nora: User, ana: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    first_page = list_refresh.first_page

    def noted(look: Any, view_class: Any, request: Any) -> bytes:
        made.append(view_class.kind.name)
        return first_page(look, view_class, request)

    monkeypatch.setattr(list_refresh, "first_page", noted)
    Allergy.objects.create(student=ana, allergen="Latex")
    assert made == []
    listed(nora, ana, "records")
    api_client(nora).get(f"/api/v1/students/{ana.pk}/allergies/?page_size=1")
    Allergy.objects.create(student=ana, allergen="Peanut")
    assert made == ["records"]


def test_readers_without_confidential_rows_get_their_own_page(nora: User, ivy: User, ana: Student) -> None:
    for user in (nora, ivy):
        listed(user, ana, "records")
    HealthRecord.objects.create(student=ana, type="MENTAL_HEALTH", date=DAY, confidential=True)
    seen = {user.username: listed(user, ana, "records") for user in (nora, ivy)}
    assert [answer["X-Cache"] for answer in seen.values()] == ["hit", "hit"]
    assert {name: len(answer.json()["results"]) for name, answer in seen.items()} == {"nora": 1, "ivy": 0}


def test_what_expired_is_not_made_again_and_the_note_of_it_is_sealed(nora: User, ana: Student) -> None:
    listed(nora, ana, "records")
    cache: Any = caches["phi"]
    redis = cache.client.get_client()
    (note,) = [key for key in redis.scan_iter("*:read:*") if ana.pk.hex in str(key)]
    assert b"testserver" not in redis.get(note)
    assert 290 < redis.ttl(note) <= 300
    redis.delete(note)
    Allergy.objects.create(student=ana, allergen="Latex")
    assert listed(nora, ana, "records")["X-Cache"] == "miss"


def test_links_go_on_naming_the_address_that_was_asked(nora: User, ana: Student, settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    Allergy.objects.bulk_create(Allergy(student=ana, allergen=f"A{number}") for number in range(60))
    behind = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": "localhost:8443"}
    listed(nora, ana, "allergies", **behind)
    Allergy.objects.create(student=ana, allergen="Latex")
    after = listed(nora, ana, "allergies", **behind)
    assert after["X-Cache"] == "hit"
    assert after.json()["next"].startswith("https://localhost:8443/api/v1/students/")

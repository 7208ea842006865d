"""Pages of a list: each row once, forth and back, whatever is equal or missing; and a cursor that tells nothing."""

import base64
import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from access.models import User
from access.tests.people import api_client, make_student
from records.models import Allergy, Condition, HealthRecord, Vaccination
from students.models import School, Student

DAY = datetime.date(2026, 3, 2)


def walk(client: Any, url: str, link: str = "next") -> list[list[str]]:
    """Follow the links; return the ids of each page."""
    pages, seen = [], set()
    at: str | None = url
    while at:
        assert at not in seen, "the links go round in a circle"
        seen.add(at)
        answer = client.get(at)
        assert answer.status_code == 200, answer.json()
        pages.append([row["id"] for row in answer.json()["results"]])
        at = answer.json()[link]
    return pages


@pytest.fixture
def many(ana: Student) -> dict[str, int]:
    """Ana with rows of every kind, many of them equal in what they are ordered by, some without a date."""
    for number in range(13):
        HealthRecord.objects.create(student=ana, type="VITAL_SIGNS_CHECK", date=DAY, vital={"heart_rate": 60 + number})
        date = None if number % 3 == 0 else DAY - datetime.timedelta(days=number // 4)
        Vaccination.objects.create(student=ana, name="MMR", cvx="03", date=date, date_text="as a baby")
        Condition.objects.create(student=ana, name=f"Asthma {number // 3}", onset_date=date)
        Allergy.objects.create(student=ana, allergen=f"Peanut {number // 5}", severity=number % 5)
    return {"records": 13, "vitals": 13, "vaccinations": 13, "conditions": 13, "allergies": 13}


@pytest.mark.parametrize("kind", ["records", "vitals", "vaccinations", "conditions", "allergies"])
@pytest.mark.parametrize("size", [1, 4, 13])
def test_each_row_comes_once_forth_and_back(
    nora: User, ana: Student, many: dict[str, int], kind: str, size: int
) -> None:
    client, url = api_client(nora), f"/api/v1/students/{ana.pk}/{kind}/"
    whole = walk(client, f"{url}?page_size=200")
    assert [len(page) for page in whole] == [many[kind]]
    pages = walk(client, f"{url}?page_size={size}")
    assert [row for page in pages for row in page] == whole[0]
    assert all(len(page) == size for page in pages[:-1])
    last = client.get(url, {"page_size": size}).json()
    while last["next"]:
        last = client.get(last["next"]).json()
    if last["previous"]:
        back = walk(client, last["previous"], link="previous")
        assert list(reversed(back)) == pages[:-1]


def test_a_class_list_is_walked_by_name(nora: User, oak_street: School) -> None:
    for number in range(7):
        make_student(oak_street, f"Ben{number % 2}", ["Ng", "Öz", "ng"][number % 3])
    pages = walk(api_client(nora), "/api/v1/students/?page_size=2")
    found = [row for page in pages for row in page]
    assert found == [str(pk) for pk in Student.objects.by_name().values_list("pk", flat=True)]


def test_a_row_that_is_added_behind_us_shifts_nothing(nora: User, ana: Student, many: dict[str, int]) -> None:
    client, url = api_client(nora), f"/api/v1/students/{ana.pk}/vitals/?page_size=5"
    first = client.get(url).json()
    added = HealthRecord.objects.create(student=ana, type="VITAL_SIGNS_CHECK", date=DAY, vital={"heart_rate": 99})
    second = client.get(first["next"]).json()
    shown = [row["id"] for row in first["results"] + second["results"]]
    assert len(set(shown)) == 10
    assert str(added.pk) not in shown


def test_a_cursor_tells_no_name_and_opens_at_no_other_address(nora: User, oak_street: School, ana: Student) -> None:
    make_student(oak_street, "Bea", "Brown")
    client = api_client(nora)
    following = client.get("/api/v1/students/?page_size=1").json()["next"]
    (cursor,) = parse_qs(urlsplit(following).query)["cursor"]
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert b"alvarez" not in raw
    altered = cursor[:-2] + ("AA" if not cursor.endswith("AA") else "BB")
    for url in (f"/api/v1/students/?cursor={altered}", f"/api/v1/students/{ana.pk}/vitals/?cursor={cursor}"):
        answer = client.get(url)
        assert answer.status_code == 400
        assert [error["attr"] for error in answer.json()["errors"]] == ["cursor"]


def test_links_keep_the_question(nora: User, oak_street: School, ana: Student) -> None:
    make_student(oak_street, "Anton", "Brown")
    make_student(oak_street, "Ben", "Carter")
    answer = api_client(nora).get("/api/v1/students/", {"search": "an", "page_size": "1"}).json()
    assert parse_qs(urlsplit(answer["next"]).query)["search"] == ["an"]
    assert [row["given_name"] for row in api_client(nora).get(answer["next"]).json()["results"]] == ["Anton"]


def test_an_empty_list_has_no_neighbors(nora: User, ana: Student) -> None:
    answer = api_client(nora).get(f"/api/v1/students/{ana.pk}/allergies/").json()
    assert answer == {"next": None, "previous": None, "results": []}

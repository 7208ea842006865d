"""Growth statistics: whose schools, what is counted, and that small numbers stay hidden on the page."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.test import Client

from access.models import AuditEvent, User
from access.tests.people import make_student
from records import tasks
from records.growth_statistics import build
from records.recalculation.run import recalculate
from records.tests.growing import measure
from students.models import School

PAGE = "/records/statistics/"


def children(school: School, number: int, weight: float | None = 24, **fields: Any) -> None:
    """Enrol so many girls of that school, measured ten days ago unless their weight is None."""
    for place in range(number):
        child = make_student(school, f"Child {place}", **fields)
        if weight is not None:
            measure(child, 10, 124, weight)


def counted(*schools: School) -> dict[str, dict[str, Any]]:
    """Return the lines of each table by label, each status by its word."""
    recalculate(whole=False)
    found = orjson.loads(build(schools))
    return {
        table["by"]: {
            line["label"]: line | dict(zip(found["columns"], line["statuses"], strict=True)) for line in table["groups"]
        }
        for table in found["tables"]
    }


def page(user: User) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(PAGE)


def test_weight_status_and_coverage_of_a_school(oak_street: School) -> None:
    children(oak_street, 30)
    children(oak_street, 12, weight=40)
    children(oak_street, 18, weight=None)
    line = counted(oak_street)["School"]["Oak Street Elementary"]
    assert (line["enrolled"], line["measured"], line["coverage"]) == (60, 42, 70.0)
    assert line["healthy weight"] == 30
    assert line["overweight"] == 0
    assert sum(line[name] for name in ("obesity", "obesity class 2", "obesity class 3")) == 12


def test_only_the_latest_measurement_of_the_last_year_counts(oak_street: School) -> None:
    for place in range(10):
        child = make_student(oak_street, f"Child {place}")
        measure(child, 300, 120, 40)
        measure(child, 10, 124, 24)
    for place in range(10):
        measure(make_student(oak_street, f"Old {place}"), 400, 124, 24)
    line = counted(oak_street)["School"]["All"]
    assert (line["enrolled"], line["measured"], line["healthy weight"]) == (20, 10, 10)


def test_whose_status_nobody_knows_is_not_counted_as_measured(oak_street: School) -> None:
    children(oak_street, 11, sex="unknown")
    children(oak_street, 10)
    table = counted(oak_street)["Sex"]
    assert (table["Unknown"]["enrolled"], table["Unknown"]["measured"], table["All"]["measured"]) == (11, 0, 10)


def test_a_rare_weight_status_stands_with_the_next(oak_street: School) -> None:
    children(oak_street, 40)
    children(oak_street, 5, weight=40)
    table = counted(oak_street)["School"]["All"]
    assert table["measured"] == 45
    assert sum(table["statuses"]) == 45
    assert all(number == 0 or number >= 10 for number in table["statuses"])


def test_too_few_children_are_no_table(nora: User, oak_street: School) -> None:
    children(oak_street, 9)
    assert counted(oak_street)["School"] == {}
    assert "Fewer than 10 students were measured" in page(nora).content.decode()


def test_who_left_is_not_counted(oak_street: School) -> None:
    children(oak_street, 10)
    children(oak_street, 10, status="withdrawn")
    assert counted(oak_street)["School"]["All"]["enrolled"] == 10


def test_small_numbers_are_hidden_with_what_gives_them_away(oak_street: School) -> None:
    children(oak_street, 40, grade="03")
    children(oak_street, 5, weight=40, grade="03")
    children(oak_street, 30, grade="04")
    children(oak_street, 15, weight=40, grade="04")
    table = counted(oak_street)["Grade"]
    third, fourth, everybody = table["Grade 3"], table["Grade 4"], table["All"]
    assert 5 not in third["statuses"]
    assert 20 in everybody["statuses"]
    # The other grade's number, with the total, would tell; and so would the rest of the line.
    assert 15 not in fourth["statuses"]
    assert third["statuses"].count(None) + (third["measured"] is None) >= 2
    assert (third["measured"] is None) == (third["coverage"] is None)


def test_a_nurse_sees_her_school_and_the_district_nurse_all(
    nora: User, dana: User, oak_street: School, harbor_middle: School
) -> None:
    children(oak_street, 12)
    children(harbor_middle, 12)
    recalculate(whole=True)
    hers, all_of_it = page(nora).content.decode(), page(dana).content.decode()
    assert "Oak Street Elementary" in hers
    assert "Harbor Middle" not in hers.split("<main", 1)[1]
    assert "Harbor Middle" in all_of_it


def test_a_look_is_one_row_about_no_student(nora: User, oak_street: School) -> None:
    children(oak_street, 12)
    assert page(nora).status_code == 200
    rows = AuditEvent.objects.filter(actor_id=nora.pk, action="statistics_viewed").values_list("student_id", "door")
    assert list(rows) == [(None, "page")]
    assert not AuditEvent.objects.filter(student_id__isnull=False).exists()


@pytest.mark.parametrize("person", ["colin", "sam", "ivy"])
def test_it_is_for_nurses(request: pytest.FixtureRequest, person: str) -> None:
    assert page(request.getfixturevalue(person)).status_code == 403


def test_a_school_without_students_says_so(nora: User) -> None:
    assert "Nobody is enrolled at your schools." in page(nora).content.decode()


def test_the_task_counts_every_school(oak_street: School, harbor_middle: School) -> None:
    children(oak_street, 2)
    tasks.keep_growth_statistics()
    assert counted(harbor_middle)["School"] == {}

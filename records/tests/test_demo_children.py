"""The children of the made-up district, looked at before they are written: that they could live."""

from __future__ import annotations

import datetime
import json
from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from records.demo.chance import school_year_of
from records.demo.district import batches
from records.demo.rows import Charts
from records.demo.schools import FIRST_AGE, GRADES, Plan, plan_schools

TODAY = datetime.date(2024, 11, 19)


def plan_for(students: int, schools: int, today: datetime.date = TODAY) -> Plan:
    return Plan(
        district_code="made-up",
        seed=5,
        students=students,
        today=today,
        school_year=school_year_of(today),
        schools=plan_schools(schools, district_code="made-up", codes_begin_with="", seed=5),
    )


@pytest.fixture(scope="module")
def charts() -> Charts:
    """All rows of a district of 900 students in three schools."""
    together = Charts()
    for each in batches(plan_for(900, 3)):
        together.students += each.students
        together.contacts += each.contacts
        together.records += each.records
        together.allergies += each.allergies
        together.conditions += each.conditions
        together.vaccinations += each.vaccinations
    return together


@pytest.mark.parametrize("students", [1, 2, 19, 61])
def test_there_are_exactly_as_many_students_as_asked(students: int) -> None:
    assert sum(len(each.students) for each in batches(plan_for(students, 1))) == students


@pytest.mark.parametrize("day", ["2024-09-01", "2024-09-02", "2024-12-31", "2024-02-29", "2024-07-15", "2024-08-31"])
def test_any_day_of_the_year_will_do(day: str) -> None:
    today = datetime.date.fromisoformat(day)

    (made,) = batches(plan_for(60, 2, today))

    records = Counter(row.student_id for row in made.records)
    charted = [row.created_at for row in made.students]
    charted += [row.created_at for row in made.records]
    charted += [row.created_at for row in made.vaccinations]
    assert list(records.values()).count(600) == 3
    assert all(row.date < today for row in made.records)
    assert max(charted).date() < today


def test_ages_fit_grades(charts: Charts) -> None:
    first_day = datetime.date(2024, 9, 1)
    for student in charts.students:
        years = (
            first_day.year
            - student.birth_date.year
            - (student.birth_date > first_day.replace(year=student.birth_date.year))
        )
        assert years == FIRST_AGE + GRADES.index(student.grade)


def test_student_numbers_are_unique(charts: Charts) -> None:
    assert len({student.student_number for student in charts.students}) == len(charts.students)


def test_nothing_happened_before_birth_or_after_yesterday(charts: Charts) -> None:
    born = {student.id: student.birth_date for student in charts.students}
    days = [(row.student_id, row.date) for row in charts.records]
    days += [(row.student_id, row.date) for row in charts.vaccinations if row.date]
    days += [(row.student_id, row.onset_date) for row in charts.conditions if row.onset_date]
    days += [(row.student_id, row.onset_date) for row in charts.allergies if row.onset_date]

    assert all(born[student] <= day < TODAY for student, day in days)


def test_look_alikes_stand_side_by_side(charts: Charts) -> None:
    named = defaultdict(list)
    for student in charts.students[:20]:
        named[f"{student.given_name} {student.family_name}"].append(student)

    (jayden,), (jaydon,) = named["Jayden Smith"], named["Jaydon Smith"]
    assert jayden.birth_date == jaydon.birth_date
    assert jayden.grade == jaydon.grade
    assert named["María García"]
    assert named["Maria Garcia"]


def test_names_that_break_forms_are_there(charts: Charts) -> None:
    assert max(len(student.family_name) for student in charts.students) > 50
    assert any(student.given_name == "FNU" and student.preferred_name for student in charts.students)
    assert any("\u0600" <= student.preferred_name[:1] <= "\u06ff" for student in charts.students)
    assert any("'" in student.family_name for student in charts.students)
    assert any("-" in student.family_name for student in charts.students)
    assert any(not student.family_name.isascii() for student in charts.students)


def test_brothers_and_sisters_share_their_contacts(charts: Charts) -> None:
    people = defaultdict(list)
    for contact in charts.contacts:
        people[contact.student_id].append((contact.given_name, contact.family_name, contact.phone))
    households = Counter(tuple(sorted(each)) for each in people.values())

    assert len(people) == len(charts.students)
    assert sum(children for children in households.values() if children > 1) > len(charts.students) / 3


def test_twins_share_their_birthday(charts: Charts) -> None:
    twins = [
        student
        for student in charts.students
        if student.family_name == "O'Sullivan" and student.given_name in ("Zoë", "Chloé")
    ]

    assert len({student.birth_date for student in twins}) == 1
    assert len(twins) == 2


def test_every_telephone_number_is_kept_for_fiction(charts: Charts) -> None:
    assert all(contact.phone[6:12] == "555-01" for contact in charts.contacts)


def test_children_grow_and_do_not_shrink(charts: Charts) -> None:
    heights = defaultdict(list)
    for record in sorted(charts.records, key=lambda record: record.date):
        vital = json.loads(record.vital) if record.vital else {}
        if "height_cm" in vital:
            heights[record.student_id].append((record.date, vital["height_cm"]))

    assert len(heights) > 700
    for measured in heights.values():
        for (earlier, lower), (later, higher) in pairwise(measured):
            years = (later - earlier).days / 365.25
            # The tape is off by a centimeter at most, each time; nobody grows more than 15 cm a year.
            assert -2.0 < higher - lower < 15 * years + 2.0


def test_illnesses_are_about_as_frequent_as_in_surveys(charts: Charts) -> None:
    of_a_hundred = 100 / len(charts.students)
    asthma = sum(row.name == "Asthma" and row.status != "resolved" for row in charts.conditions) * of_a_hundred
    food = len({row.student_id for row in charts.allergies if row.category == "food"}) * of_a_hundred

    assert 5 < asthma < 11
    assert 5 < food < 11


def test_most_are_vaccinated_and_some_are_not(charts: Charts) -> None:
    mmr = {row.student_id for row in charts.vaccinations if row.cvx in ("03", "94") and row.status == "completed"}
    refused = {row.student_id for row in charts.vaccinations if row.status == "not_done"}

    assert 0.85 < len(mmr) / len(charts.students) < 0.99
    assert 0.01 < len(refused) / len(charts.students) < 0.25
    assert {row.historical for row in charts.vaccinations} == {True, False}

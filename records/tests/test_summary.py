"""The health summary: the contract's keys, what is in it and in which order, and what it costs."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from access.models import User
from access.tests.people import make_student
from records.models import Allergy, Condition, HealthRecord, Vaccination
from records.summary import build
from records.tests.summaries import DAY, chart_something, look, shown, summary
from students.models import School, Student

EPOCH = datetime.date(2000, 1, 1)


def record(student: Student, days: int = 0, **fields: Any) -> HealthRecord:
    """Return a record of that many days after DAY; with `vital` given, one of vital signs."""
    usual = {"type": "VITAL_SIGNS_CHECK" if "vital" in fields else "ILLNESS", "date": DAY + datetime.timedelta(days)}
    return HealthRecord.objects.create(student=student, **{**usual, **fields})


def taken_back(**fields: Any) -> dict[str, Any]:
    return {"status": "entered_in_error", "status_reason": "Wrong child", **fields}


def test_it_has_exactly_the_keys_of_the_contract(nora: User, ana: Student) -> None:
    chart_something(ana)
    record(ana, vital={"height_cm": 128, "weight_kg": 27})
    found = summary(nora, ana).data
    assert list(found) == [
        "student", "alerts", "allergies", "conditions", "vaccinations", "vitals", "growth", "record_counts", "as_of",
    ]  # fmt: skip
    assert set(found["student"]) >= {
        "id", "student_number", "given_name", "family_name", "birth_date", "age", "sex", "grade", "school",
    }  # fmt: skip
    assert list(found["student"]["school"]) == ["id", "code", "name"]
    assert list(found["alerts"][0]) == ["kind", "text", "severity"]
    assert list(found["allergies"][0]) == ["id", "allergen", "category", "severity", "reaction", "status"]
    assert list(found["conditions"][0]) == ["id", "name", "code", "status"]
    assert list(found["vaccinations"][0]) == ["id", "cvx", "name", "date", "status"]
    assert list(found["vitals"][0]) == [
        "id", "date", "height_cm", "weight_kg", "bmi", "temperature_c", "heart_rate", "respiratory_rate", "systolic",
        "diastolic", "oxygen_saturation", "flags",
    ]  # fmt: skip
    assert list(found["growth"]) == ["date", "bmi", "bmi_percentile", "weight_status"]


def test_it_says_who_the_student_is(nora: User, ana: Student, oak_street: School) -> None:
    student = summary(nora, ana).data["student"]
    assert student["id"] == str(ana.pk)
    assert student["school"] == {"id": str(oak_street.pk), "code": "oak-street", "name": "Oak Street Elementary"}
    assert (student["given_name"], student["family_name"], student["student_number"]) == ("Ana", "Alvarez", "1001")
    assert (student["birth_date"], student["sex"], student["grade"]) == ("2018-03-14", "female", "03")
    assert student["age"] == ana.age_on(timezone.localdate())


def test_an_empty_history_is_empty_lists_and_no_growth(nora: User, ana: Student) -> None:
    found = shown(nora, ana)
    for name in ("alerts", "allergies", "conditions", "vaccinations", "vitals"):
        assert found[name] == []
    assert found["growth"] is None
    assert found["record_counts"] == {}


def test_as_of_is_the_moment_it_was_built(nora: User, ana: Student) -> None:
    built = datetime.datetime.fromisoformat(summary(nora, ana).data["as_of"])
    assert abs(timezone.now() - built) < datetime.timedelta(seconds=30)
    again = datetime.datetime.fromisoformat(summary(nora, ana).data["as_of"])
    assert again == built


def test_allergies_are_the_worst_first_and_then_by_name(nora: User, ana: Student) -> None:
    for allergen, severity in (("Mold", 1), ("Bees", 4), ("Dust", 0), ("Latex", 3), ("Apple", 3), ("Pollen", 2)):
        Allergy.objects.create(student=ana, allergen=allergen, severity=severity)
    assert [(row["allergen"], row["severity"]) for row in shown(nora, ana)["allergies"]] == [
        ("Bees", "life_threatening"),
        ("Apple", "severe"),
        ("Latex", "severe"),
        ("Pollen", "moderate"),
        ("Mold", "mild"),
        ("Dust", "unknown"),
    ]


def test_only_allergies_that_hold_now_are_shown(nora: User, ana: Student) -> None:
    for status in Allergy.Status.values:
        Allergy.objects.create(student=ana, allergen=status, status=status, status_reason="Outgrown", severity=4)
    found = shown(nora, ana)
    assert [row["allergen"] for row in found["allergies"]] == ["active"]
    assert len(found["alerts"]) == 1


def test_only_conditions_that_the_student_has_now_are_shown(nora: User, ana: Student) -> None:
    for status in Condition.Status.values:
        Condition.objects.create(
            student=ana, name=status, status=status, status_reason="Over", emergency_protocol="Call 911"
        )
    found = shown(nora, ana)
    assert sorted(row["name"] for row in found["conditions"]) == ["active", "managed", "monitoring"]
    assert len(found["alerts"]) == 3


def test_the_latest_condition_is_first_and_those_without_a_day_last(nora: User, ana: Student) -> None:
    for name, onset in (("Old", datetime.date(2019, 1, 1)), ("Undated", None), ("New", datetime.date(2025, 1, 1))):
        Condition.objects.create(student=ana, name=name, onset_date=onset)
    assert [row["name"] for row in shown(nora, ana)["conditions"]] == ["New", "Old", "Undated"]


def test_the_last_five_vitals_are_shown_newest_first(nora: User, ana: Student) -> None:
    for day in (3, 7, 1, 5, 2, 6, 4):
        record(ana, day, vital={"heart_rate": 80 + day})
    assert [row["heart_rate"] for row in shown(nora, ana)["vitals"]] == [87, 86, 85, 84, 83]


def test_of_two_vitals_on_one_day_the_one_charted_later_is_first(nora: User, ana: Student) -> None:
    for rate in (81, 82, 83):
        record(ana, vital={"heart_rate": rate})
    assert [row["heart_rate"] for row in shown(nora, ana)["vitals"]] == [83, 82, 81]


def test_records_without_vital_signs_do_not_push_vitals_out(nora: User, ana: Student) -> None:
    record(ana, vital={"heart_rate": 80})
    for day in range(1, 20):
        record(ana, day)
    assert [row["heart_rate"] for row in shown(nora, ana)["vitals"]] == [80]


def test_vitals_hold_metric_numbers_and_the_index_made_of_them(nora: User, ana: Student) -> None:
    record(ana, vital={"height_cm": 128.27, "weight_kg": 27.2155422, "temperature_c": 37.05, "systolic": 98})
    (row,) = shown(nora, ana)["vitals"]
    assert (row["height_cm"], row["weight_kg"], row["temperature_c"]) == (128.27, 27.2155422, 37.05)
    assert row["bmi"] == pytest.approx(27.2155422 / 1.2827**2, abs=1e-9)
    assert (row["systolic"], row["diastolic"]) == (98, None)


def test_growth_is_the_last_day_with_both_height_and_weight(nora: User, ana: Student) -> None:
    record(ana, 1, vital={"height_cm": 120, "weight_kg": 25})
    record(ana, 2, vital={"height_cm": 130, "weight_kg": 30})
    record(ana, 3, vital={"weight_kg": 31})
    growth = shown(nora, ana)["growth"]
    assert growth["date"] == f"{DAY + datetime.timedelta(2)}"
    assert growth["bmi"] == pytest.approx(30 / 1.3**2)


def test_vaccinations_are_newest_first_and_those_without_a_day_last(nora: User, ana: Student) -> None:
    for name, date in (("DTaP", datetime.date(2019, 5, 1)), ("Tdap", datetime.date(2025, 8, 1))):
        Vaccination.objects.create(student=ana, name=name, date=date)
    Vaccination.objects.create(student=ana, name="Hep B", date_text="spring 2018")
    Vaccination.objects.create(student=ana, name="MMR", cvx="03", date=DAY, status="not_done")
    found = shown(nora, ana)["vaccinations"]
    assert [row["name"] for row in found] == ["MMR", "Tdap", "DTaP", "Hep B"]
    assert (found[0]["cvx"], found[0]["status"], found[3]["date"]) == ("03", "not_done", None)


def test_records_are_counted_by_type(nora: User, ana: Student) -> None:
    for kind, number in (("ILLNESS", 3), ("DENTAL", 1), ("CHECKUP", 2)):
        for _ in range(number):
            record(ana, type=kind)
    assert shown(nora, ana)["record_counts"] == {"ILLNESS": 3, "DENTAL": 1, "CHECKUP": 2}


def test_nothing_entered_in_error_is_shown_or_counted(nora: User, ana: Student) -> None:
    before = shown(nora, ana)
    record(ana, vital={"height_cm": 128, "weight_kg": 27}, **taken_back())
    Allergy.objects.create(student=ana, allergen="Peanut", severity=4, **taken_back())
    Condition.objects.create(student=ana, name="Asthma", emergency_protocol="Call 911", **taken_back())
    Vaccination.objects.create(student=ana, name="MMR", date=DAY, **taken_back())
    assert summary(nora, ana).cache == "miss"
    assert shown(nora, ana) == before


def test_nothing_of_another_student_is_shown(nora: User, ana: Student, oak_street: School) -> None:
    before = shown(nora, ana)
    chart_something(make_student(oak_street, "Ben"))
    assert shown(nora, ana) == before


def test_confidential_rows_are_hidden_from_a_system_and_from_its_counts(
    nora: User, colin: User, ivy: User, ana: Student
) -> None:
    record(ana, type="COUNSELING", confidential=True)
    record(ana, vital={"height_cm": 150, "weight_kg": 30}, confidential=True)
    record(ana, -9, vital={"height_cm": 140, "weight_kg": 29})
    Condition.objects.create(student=ana, name="Pregnancy", emergency_protocol="Call", confidential=True)
    Vaccination.objects.create(student=ana, name="HPV", date=DAY, confidential=True)
    for person in (nora, colin):
        found = shown(person, ana)
        assert found["record_counts"] == {"COUNSELING": 1, "VITAL_SIGNS_CHECK": 2}
        assert [row["name"] for row in found["conditions"]] == ["Pregnancy"]
        assert len(found["vitals"]) == 2
    found = shown(ivy, ana)
    assert found["record_counts"] == {"VITAL_SIGNS_CHECK": 1}
    assert found["alerts"] == found["conditions"] == found["vaccinations"] == []
    assert [row["height_cm"] for row in found["vitals"]] == [140]
    assert found["growth"]["bmi"] == pytest.approx(29 / 1.4**2)


def test_who_reads_first_does_not_decide_what_the_other_sees(nora: User, ivy: User, ana: Student) -> None:
    Condition.objects.create(student=ana, name="Pregnancy", confidential=True)
    for _ in range(2):
        assert [row["name"] for row in shown(nora, ana)["conditions"]] == ["Pregnancy"]
        assert shown(ivy, ana)["conditions"] == []


def test_an_allergy_is_never_confidential() -> None:
    assert "confidential" not in {field.name for field in Allergy._meta.get_fields()}


@pytest.mark.parametrize(
    ("severity", "alerts"),
    [
        (Allergy.Severity.LIFE_THREATENING, True),
        (Allergy.Severity.SEVERE, True),
        (Allergy.Severity.MODERATE, False),
        (Allergy.Severity.MILD, False),
        (Allergy.Severity.UNKNOWN, False),
    ],
)
def test_severe_allergies_alert_and_others_do_not(nora: User, ana: Student, severity: int, alerts: bool) -> None:
    Allergy.objects.create(student=ana, allergen="Peanut", severity=severity)
    assert bool(shown(nora, ana)["alerts"]) is alerts


def test_alerts_are_allergies_the_worst_first_and_then_emergency_protocols(nora: User, ana: Student) -> None:
    Condition.objects.create(student=ana, name="Asthma", emergency_protocol="Albuterol, then 911", severity=3)
    Condition.objects.create(student=ana, name="Eczema", severity=3)
    Allergy.objects.create(student=ana, allergen="Latex", severity=3, reaction="Hives")
    Allergy.objects.create(
        student=ana, allergen="Peanut", severity=4, reaction="Anaphylaxis", treatment="Epinephrine 0.3 mg IM"
    )
    assert shown(nora, ana)["alerts"] == [
        {
            "kind": "allergy",
            "text": "Peanut. Anaphylaxis. Epinephrine 0.3 mg IM",
            "severity": "life_threatening",
        },
        {"kind": "allergy", "text": "Latex. Hives", "severity": "severe"},
        {"kind": "condition", "text": "Asthma. Albuterol, then 911", "severity": "severe"},
    ]


def test_the_page_shows_what_the_summary_holds_with_the_alert_first(nora: User, ana: Student, client: Client) -> None:
    chart_something(ana)
    record(ana, vital={"height_cm": 147.32, "weight_kg": 48.08, "temperature_c": 37})
    client.force_login(nora)
    page = client.get(f"/students/{ana.pk}/").content.decode().replace("\N{NO-BREAK SPACE}", " ")
    for words in ("Alvarez", "Peanut", "Severe", "Asthma", "MMR", "4 ft 10 in", "106 lb", "98.6"):
        assert words in page
    assert page.index("<h1") < page.index("Peanut") < page.index("Asthma")


def fill(student: Student, records: int) -> None:
    HealthRecord.objects.bulk_create(
        HealthRecord(
            student=student,
            type=HealthRecord.Type.values[number % 30],
            date=EPOCH + datetime.timedelta(days=number),
            vital={"height_cm": 100 + number % 50, "weight_kg": 20 + number % 30} if number % 2 else None,
        )
        for number in range(records)
    )
    Allergy.objects.bulk_create(Allergy(student=student, allergen=f"Number {n}") for n in range(records // 100))
    Vaccination.objects.bulk_create(
        Vaccination(student=student, name="MMR", date=EPOCH + datetime.timedelta(days=n)) for n in range(records // 100)
    )


def test_it_costs_the_same_for_10_and_for_5000_records(
    nora: User, ana: Student, oak_street: School, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ben = make_student(oak_street, "Ben")
    fill(ana, 10)
    fill(ben, 5_000)
    for student in (ana, ben):
        with django_assert_num_queries(2):
            assert summary(nora, student).cache == "miss"
        with django_assert_num_queries(1):
            assert summary(nora, student).cache == "hit"
        opened = look(nora, student)
        with django_assert_num_queries(1):
            build(student.pk, confidential=opened.confidential)
    found = shown(nora, ben)
    assert sum(found["record_counts"].values()) == 5_000
    assert len(found["vitals"]) == 5
    assert len(found["vaccinations"]) == 50


def test_the_whole_page_costs_the_same_for_10_and_for_5000_records(
    nora: User, ana: Student, oak_street: School, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ben = make_student(oak_street, "Ben")
    fill(ana, 10)
    fill(ben, 5_000)
    client.force_login(nora)
    for student in (ana, ben):
        # The session, the login, the gate, keeping the session alive with its savepoint; and when cold the summary.
        for statements in (7, 6):
            with django_assert_num_queries(statements):
                assert client.get(f"/students/{student.pk}/").status_code == 200

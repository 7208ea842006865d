"""`recalculate_growth` stores what the kernel says of every standing measurement, touches nothing else, and tells."""

from __future__ import annotations

import datetime
import signal
from io import StringIO
from typing import Any

import orjson
import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from access.events import Actor, Door
from access.models import User
from access.tests.people import make_student
from records.actions import mark_entered_in_error
from records.growth import Reason, Reference, WeightStatus
from records.models import Allergy, GrowthAssessment, GrowthProgress, GrowthRun, HealthRecord
from records.recalculation import keep
from records.recalculation import run as running
from records.recalculation.run import LOCK, recalculate
from records.student_growth import build
from records.tests.growing import measure, stored
from students.models import School, Student

NUMBERS = (
    "height_z", "height_percentile", "weight_z", "weight_percentile", "bmi", "bmi_z", "bmi_percentile",
    "bmi_percent_of_p95",
)  # fmt: skip


def command(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("recalculate_growth", *arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def measured(ana: Student, oak_street: School) -> list[HealthRecord]:
    """Ana three times, Ben once lying down, Cleo whose sex is unknown, Dan before his birth, Eve by weight alone."""
    ben = make_student(oak_street, "Ben", "Bach", sex="male")
    cleo = make_student(oak_street, "Cleo", "Cole", sex="unknown")
    dan = make_student(oak_street, "Dan", "Dean", birth_date=datetime.date(2026, 10, 1))
    eve = make_student(oak_street, "Eve", "Eden")
    return [
        measure(ana, 800, 112, 20),
        measure(ana, 400, 118, 22.5),
        measure(ana, 30, 124, 40),
        measure(ben, 10, 128, 26, flags=["recumbent_length"]),
        measure(cleo, 10, 128, 26),
        measure(dan, 400, 50, 4),
        measure(eve, 10, None, 27),
    ]


def test_what_is_stored_is_what_the_page_of_the_student_computes(measured: list[HealthRecord]) -> None:
    assert command("--all") == ("Looked at 7 measurements of 5 students: wrote 7 assessments, removed 0.\n")
    for student in Student.objects.all():
        shown = orjson.loads(build(student.pk, confidential=True))["measurements"]
        kept = list(GrowthAssessment.objects.filter(student=student).order_by("date"))
        assert len(shown) == len(kept)
        for page, row in zip(shown, kept, strict=True):
            assert (page["date"], page["age_days"]) == (row.date.isoformat(), row.age_days)
            assert [page[name] for name in NUMBERS] == [getattr(row, name) for name in NUMBERS]
            assert page["weight_status"] == (WeightStatus(row.weight_status).word if row.weight_status else None)
            assert page["reference"] == (Reference(row.reference).word or None)


def test_where_there_is_no_answer_stand_null_and_the_reason(measured: list[HealthRecord]) -> None:
    recalculate(whole=True)
    by_name = {row.student.given_name: row for row in GrowthAssessment.objects.select_related("student")}
    cleo, dan, eve = by_name["Cleo"], by_name["Dan"], by_name["Eve"]
    assert (cleo.bmi_z, cleo.bmi_reason, cleo.bmi) == (None, Reason.SEX_UNKNOWN, pytest.approx(15.8691, abs=1e-4))
    assert (dan.height_percentile, dan.height_reason) == (None, Reason.BEFORE_BIRTH)
    assert (eve.height_z, eve.height_reason, eve.bmi, eve.bmi_reason) == (
        None, Reason.NOT_MEASURED, None, Reason.NOT_MEASURED,
    )  # fmt: skip
    assert eve.weight_z is not None


def test_the_second_time_nothing_is_written(measured: list[HealthRecord]) -> None:
    recalculate(whole=True)
    before = list(GrowthAssessment.objects.order_by("pk").values())
    assert command("--all").endswith("wrote 0 assessments, removed 0.\n")
    assert command() == "Looked at 0 measurements of 0 students: wrote 0 assessments, removed 0.\n"
    assert list(GrowthAssessment.objects.order_by("pk").values()) == before


def correct_birth_date(records: list[HealthRecord]) -> None:
    Student.objects.filter(pk=records[0].student_id).update(birth_date=datetime.date(2017, 3, 14))


def correct_sex(records: list[HealthRecord]) -> None:
    Student.objects.filter(pk=records[0].student_id).update(sex="male")


def correct_height(records: list[HealthRecord]) -> None:
    records[2].vital = {"height_cm": 125.0, "weight_kg": 40.0}
    records[2].save()


def move_to_another(records: list[HealthRecord]) -> None:
    records[2].student_id = records[3].student_id
    records[2].save()


def move_to_one_without(records: list[HealthRecord]) -> None:
    records[2].student = make_student(records[0].student.school, "Zoe", "Zane")
    records[2].save()


def take_back(records: list[HealthRecord]) -> None:
    mark_entered_in_error(by=Actor(None, Door.TASK), entry=records[2], reason="Wrong child")


def take_height_away(records: list[HealthRecord]) -> None:
    records[2].vital = {"heart_rate": 80}
    records[2].save()


def delete(records: list[HealthRecord]) -> None:
    records[2].delete()


@pytest.mark.parametrize(
    "change",
    [
        correct_birth_date, correct_sex, correct_height, move_to_another, move_to_one_without, take_back,
        take_height_away, delete,
    ],
)  # fmt: skip
def test_after_any_change_those_who_changed_are_as_everybody_computed_anew(
    measured: list[HealthRecord], change: Any
) -> None:
    recalculate(whole=True)
    before = stored()
    change(measured)
    run = recalculate(whole=False)
    assert run.students <= 2
    now = stored()
    assert now != before
    GrowthAssessment.objects.all().delete()
    GrowthProgress.objects.all().delete()
    recalculate(whole=True, restart=True)
    assert stored() == now


def test_what_does_not_concern_growth_makes_a_look_and_no_write(measured: list[HealthRecord], ana: Student) -> None:
    recalculate(whole=True)
    Allergy.objects.create(student=ana, allergen="Peanut")
    assert command() == "Looked at 3 measurements of 1 students: wrote 0 assessments, removed 0.\n"


def test_a_record_entered_in_error_loses_its_row_at_once(measured: list[HealthRecord]) -> None:
    recalculate(whole=True)
    take_back(measured)
    assert not GrowthAssessment.objects.filter(pk=measured[2].pk).exists()


def test_only_one_school(measured: list[HealthRecord], harbor_middle: School) -> None:
    measure(make_student(harbor_middle, "Hal", "Hart"), 5, 130, 30)
    assert command("--all", "--school", "harbor-middle").startswith("Looked at 1 measurements of 1 students")
    with pytest.raises(CommandError, match=r"There is no school 'nowhere'\. Nothing was computed\."):
        command("--school", "nowhere")


def test_new_rules_make_everybody_a_student_who_changed(
    measured: list[HealthRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    recalculate(whole=True)
    GrowthProgress.objects.update(rules=0)
    assert recalculate(whole=False).students == 5


@pytest.mark.parametrize("chunk", [1, 2, 20_000])
def test_the_size_of_a_chunk_changes_nothing(measured: list[HealthRecord], chunk: int) -> None:
    run = recalculate(whole=True, measurements=chunk)
    assert (run.students, run.measurements, run.written, run.outcome) == (5, 7, 7, "done")


def test_a_stopped_run_goes_on_where_it_was_and_says_so(measured: list[HealthRecord]) -> None:
    first = recalculate(whole=True, measurements=1, watch=lambda run: run.students < 2)
    assert (first.outcome, first.students, first.students_to_do) == ("stopped", 2, 5)
    assert GrowthProgress.objects.count() == 2
    second = recalculate(whole=True, measurements=1)
    assert (second.pk, second.outcome, second.students, second.written) == (first.pk, "done", 5, 7)


def test_who_changed_behind_the_place_where_it_goes_on_is_computed_too(measured: list[HealthRecord]) -> None:
    recalculate(whole=True, measurements=1, watch=lambda run: False)
    correct_height(measured)
    recalculate(whole=True)
    assert GrowthAssessment.objects.get(pk=measured[2].pk).bmi == pytest.approx(40 / 1.25**2)


def test_a_stop_that_was_asked_for_on_the_page_ends_it_after_the_chunk(measured: list[HealthRecord]) -> None:
    def ask(run: GrowthRun) -> bool:
        GrowthRun.objects.filter(pk=run.pk).update(stop_asked=True)
        return True

    run = recalculate(whole=True, measurements=1, watch=ask)
    assert (run.outcome, run.students) == ("stopped", 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_after_the_chunk_with_a_word(
    measured: list[HealthRecord], number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    kept = keep.keep

    def signalled(*arguments: Any) -> Any:
        signal.raise_signal(number)
        return kept(*arguments)

    monkeypatch.setattr(keep, "keep", signalled)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("recalculate_growth", all=True, chunk=1, stdout=out)
    assert ended.value.code == 4
    assert out.getvalue().startswith("Stopped before the end. Looked at 3 measurements of 1 students")
    assert "goes on from here" in out.getvalue()
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == handlers


def test_only_one_runs_at_a_time(measured: list[HealthRecord]) -> None:
    address = settings.DATABASES["default"]
    names = {"host": "HOST", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    with psycopg.connect(**{key: address[name] for key, name in names.items()}) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        assert running.under_way()
        with pytest.raises(CommandError, match="Another recalculate_growth is under way"):
            command()
        other.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        assert not running.under_way()
    assert command().startswith("Looked at 7 measurements")


def test_a_chunk_that_fails_leaves_a_failed_run_and_no_half_chunk(
    measured: list[HealthRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: Any) -> Any:
        raise psycopg.errors.DiskFull

    monkeypatch.setattr(keep, "keep", refuse)
    with pytest.raises(psycopg.errors.DiskFull):
        recalculate(whole=True)
    run = GrowthRun.objects.get()
    assert (run.outcome, run.trouble, run.reached) == ("failed", "DiskFull", None)
    assert GrowthProgress.objects.count() == 0


def test_nothing_of_a_run_stays_in_the_connection(measured: list[HealthRecord]) -> None:
    recalculate(whole=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname IN ('growth_chunk', 'growth_staging')")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT current_setting('enable_hashjoin')")
        assert cursor.fetchone() == ("on",)


def test_with_nobody_there_is_nothing_to_do(db: None, admin: User) -> None:
    assert command("--all") == "Looked at 0 measurements of 0 students: wrote 0 assessments, removed 0.\n"

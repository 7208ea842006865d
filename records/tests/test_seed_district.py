"""`seed_district` as an administrator meets it: what it makes, what it refuses, and that it does the same twice."""

from __future__ import annotations

from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from access.events import Action, Door
from access.keys import key_ring
from access.models import Assignment, AuditEvent, User
from access.roles import Permission
from records.models import Allergy, Condition, HealthRecord, Vaccination
from students.models import Contact, District, School, Student

pytestmark = pytest.mark.django_db

DAY = "2024-11-19"
SEEDED = (District, School, Student, Contact, HealthRecord, Allergy, Condition, Vaccination)
CLINICAL = (HealthRecord, Allergy, Condition, Vaccination)


@pytest.fixture(autouse=True)
def as_under_dev_run(settings: Settings) -> None:
    settings.DEMO = True


def seed(students: int, *more: str, today: str = DAY) -> str:
    out = StringIO()
    call_command("seed_district", "--students", str(students), "--today", today, *more, stdout=out)
    return out.getvalue()


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every column of every seeded row, in the order of the ids."""
    return {model.__name__: list(model._default_manager.order_by("pk").values_list()) for model in SEEDED}


def made_and_undone(students: int, *more: str) -> dict[str, list[tuple[Any, ...]]]:
    with transaction.atomic():
        seed(students, *more)
        rows = everything()
        transaction.set_rollback(True)
    return rows


def test_the_same_arguments_make_the_same_rows_ids_included() -> None:
    first, again = made_and_undone(60, "--demo"), made_and_undone(60, "--demo")

    assert len(first["Student"]) == 60
    assert again == first


def test_another_seed_makes_other_children() -> None:
    first, other = made_and_undone(60), made_and_undone(60, "--seed", "2")

    assert not {row[0] for row in first["Student"]} & {row[0] for row in other["Student"]}


def test_a_larger_district_begins_with_the_same_children() -> None:
    small, large = made_and_undone(25, "--schools", "2"), made_and_undone(60, "--schools", "2")

    # The last family may be cut short in the small one, so the last few children may differ.
    assert len(set(small["Student"]) - set(large["Student"])) <= 4


def test_everyone_of_the_demo_can_log_in_and_sees_their_schools() -> None:
    seed(30, "--demo")
    both = {"oak-street", "harbor-middle"}
    sees = {
        "nora": {"oak-street"},
        "stella": {"harbor-middle"},
        "colin": {"oak-street"},
        "dana": both,
        "sam": {"oak-street"},
        "ivy": {"oak-street"},
        "admin": both,
    }

    for username, codes in sees.items():
        user = authenticate(HttpRequest(), username=username, password="whitecross")
        assert isinstance(user, User), username
        assert user.first_name
        assert user.last_name
        assert set(School.objects.visible_to(user).values_list("code", flat=True)) == codes, username
    assert User.objects.count() == len(sees)


def test_the_roles_of_the_demo_are_those_of_the_contract() -> None:
    seed(30, "--demo")

    roles = dict(Assignment.objects.values_list("user__username", "role"))
    assert roles == {
        "nora": "nurse",
        "stella": "nurse",
        "colin": "counselor",
        "dana": "district_nurse",
        "sam": "school_administrator",
        "ivy": "integration_client",
    }
    sam = User.objects.get(username="sam")
    assert not School.objects.visible_to(sam, Permission.HEALTH_VIEW).exists()
    admin = User.objects.get(username="admin")
    assert admin.is_superuser
    assert admin.is_staff


def test_the_demo_district_has_its_schools_and_takes_imports_at_oak_street() -> None:
    said = seed(30, "--demo")

    district = District.objects.get(code="demo")
    assert district.name == "Riverbend School District"
    assert district.intake_school == School.objects.get(code="oak-street", name="Oak Street Elementary")
    assert School.objects.get(code="harbor-middle").name == "Harbor Middle"
    assert "30 students" in said


def test_three_students_have_600_records_and_some_have_none() -> None:
    seed(60, "--demo")

    counted = Student.objects.annotate(records=Count("healthrecord_set"))
    assert counted.filter(records=600).count() == 3
    assert counted.filter(records=0, vaccination_set=None).exists()


def test_every_row_holds_what_its_model_allows() -> None:
    seed(60)

    # The database has checked its constraints at each row; choices and lengths are the model's.
    for model in SEEDED[2:]:
        for row in model._default_manager.all():
            row.clean_fields()


def test_a_health_version_counts_every_entry_of_the_student() -> None:
    seed(60)

    for student in Student.objects.all():
        entries = sum(model._default_manager.filter(student_id=student.pk).count() for model in CLINICAL)
        assert student.health_version == 1 + entries


def test_a_high_fever_is_charted_with_its_flag_and_as_it_was_typed() -> None:
    seed(30)

    fever = HealthRecord.objects.get(description="High fever")
    assert fever.temperature_c == 39.6
    assert "fever" in fever.flags
    assert fever.vital_typed is not None
    assert fever.vital_typed["temperature"] == {"value": "39.6", "unit": "C"}


def test_life_threatening_allergies_say_what_to_do() -> None:
    seed(60)

    urgent = Allergy.objects.filter(severity=Allergy.Severity.LIFE_THREATENING)
    assert {"Peanut", "Bee and wasp stings"} <= set(urgent.values_list("allergen", flat=True))
    assert all(allergy.treatment.startswith("Epinephrine") for allergy in urgent)


def test_some_rows_are_confidential_refused_or_entered_in_error() -> None:
    seed(60)

    assert HealthRecord.objects.filter(type="MENTAL_HEALTH", confidential=True).exists()
    assert Vaccination.objects.filter(status="not_done").exclude(status_reason="").exists()
    assert HealthRecord.objects.filter(status="entered_in_error").exclude(status_reason="").count() >= 2


def test_the_audit_trail_says_that_the_system_wrote_and_claims_nobody_looked() -> None:
    seed(30, "--demo")

    noted = AuditEvent.objects.values_list("actor_id", "action", "door")
    assert set(noted) == {(None, Action.RECORDS_IMPORTED, Door.COMMAND)}
    written_about = list(AuditEvent.objects.values_list("student_id", flat=True))
    assert len(written_about) == 30
    assert set(written_about) == set(Student.objects.values_list("pk", flat=True))


def test_histories_lie_on_disk_in_the_order_in_which_they_were_charted() -> None:
    seed(30)

    with connection.cursor() as cursor:
        cursor.execute("SELECT created_at FROM records_healthrecord ORDER BY ctid")
        charted = [moment for (moment,) in cursor.fetchall()]
    assert len(charted) > 1800
    # Not each: rows of tests that were rolled back may have left gaps, which are filled page by page.
    in_order = sum(earlier <= later for earlier, later in pairwise(charted))
    assert in_order > 0.9 * len(charted)


def test_ten_times_the_students_take_no_more_statements() -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        made_and_undone(30)
    with CaptureQueriesContext(connection) as many:
        made_and_undone(300, "--schools", "2")

    assert len(many) == len(few)


def test_cached_summaries_of_an_earlier_database_are_gone(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    child = b"the same child"
    caches["phi"].set("summary of a database now gone", key_ring().seal(b"old", about=child))

    with django_capture_on_commit_callbacks(execute=True):
        seed(10)

    assert caches["phi"].get("summary of a database now gone") is None


def test_without_demo_there_are_no_logins_and_both_districts_fit_in_one_database() -> None:
    seed(30)
    assert not User.objects.exists()
    seed(30, "--demo")

    assert set(District.objects.values_list("code", flat=True)) == {"generated", "demo"}
    assert Student.objects.count() == 60
    assert (
        Student.objects.filter(school__district__code="generated", school__code__startswith="generated-").count() == 30
    )


def test_demo_is_refused_where_real_children_may_be(settings: Settings) -> None:
    settings.DEMO = False

    with pytest.raises(CommandError, match="WHITECROSS_DEMO"):
        seed(30, "--demo")

    assert not District.objects.exists()
    assert not User.objects.exists()


def test_a_district_that_is_there_is_left_as_it_is() -> None:
    seed(30, "--demo")
    before = everything()

    with pytest.raises(CommandError, match="there already"):
        seed(50, "--demo")

    assert everything() == before


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--students", "0"), "at least 1"),
        (("--students", "10", "--schools", "1", "--demo"), "at least 2 schools"),
        (("--students", "10", "--today", "2999-01-01"), "must lie between"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_reason(arguments: tuple[str, ...], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("seed_district", *arguments)

    assert not District.objects.exists()

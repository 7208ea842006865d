"""Every way of writing what a health summary shows, for the tests of freshness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Case, Value, When
from django.test import Client
from django.utils import timezone

from access.events import Actor, Door
from access.models import User
from access.tests.people import api_client, make_staff, make_student
from records.actions import mark_entered_in_error, record_vital_signs
from records.models import Allergy, Condition, HealthRecord, Vaccination
from records.tests.summaries import DAY, chart_something, shown
from records.vital_signs import read
from students.actions import change_student
from students.models import School, Student


@dataclass
class World:
    """Two students of Oak Street, one of Harbor Middle, and one row of each kind about Ana."""

    dana: User
    ana: Student
    ben: Student
    hal: Student
    record: HealthRecord
    allergy: Allergy
    condition: Condition
    vaccination: Vaccination

    @property
    def by(self) -> Actor:
        return Actor(self.dana.pk, Door.PAGE)


def make_world(dana: User, ana: Student, harbor_middle: School) -> World:
    """Return a new world around Ana."""
    ben, hal = make_student(ana.school, "Ben", "Bach"), make_student(harbor_middle, "Hal", "Hart")
    return World(dana, ana, ben, hal, *chart_something(ana))


def post_page(world: World) -> None:
    client = Client()
    client.force_login(world.dana)
    today = f"{timezone.localdate():%Y-%m-%d}"
    assert client.post(f"/students/{world.ana.pk}/vitals/", {"height": "50", "date": today}).status_code == 302


def post_api(world: World) -> None:
    body = {"date": f"{DAY}", "heart_rate": 91}
    address = f"/api/v1/students/{world.ana.pk}/vitals/"
    assert api_client(world.dana).post(address, body, format="json").status_code == 201


def patch_api(world: World) -> None:
    address = f"/api/v1/students/{world.ana.pk}/allergies/{world.allergy.pk}/"
    body = {"status": "entered_in_error", "reason": "Wrong child"}
    assert api_client(world.dana).patch(address, body, format="json").status_code == 200


def save_in_admin(world: World) -> None:
    client = Client()
    client.force_login(make_staff("boss", None, is_staff=True, is_superuser=True))
    page = f"/admin/students/student/{world.ana.pk}/change/"
    form = client.get(page).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    values = {name: value for name, value in values.items() if value is not None}
    inline = {"identifiers-TOTAL_FORMS": 0, "identifiers-INITIAL_FORMS": 0}
    assert client.post(page, values | inline | {"preferred_name": "Annie"}).status_code == 302


def call_action(world: World) -> None:
    signs = {"weight": read("weight", "48 kg")}
    record_vital_signs(by=world.by, student_id=world.ana.pk, date=DAY, signs=signs)


def take_back(world: World) -> None:
    mark_entered_in_error(by=world.by, entry=world.condition, reason="Wrong child")


def save(world: World) -> None:
    world.allergy.severity = Allergy.Severity.LIFE_THREATENING
    world.allergy.save()


def save_one_field(world: World) -> None:
    world.condition.name = "Exercise-induced asthma"
    world.condition.save(update_fields=["name"])


def bulk_create(world: World) -> None:
    HealthRecord.objects.bulk_create(HealthRecord(student=world.ana, type="ILLNESS", date=DAY) for _ in range(3))


def bulk_update(world: World) -> None:
    world.vaccination.name = "Measles, mumps and rubella"
    assert Vaccination.objects.bulk_update([world.vaccination], ["name"]) == 1


def bulk_update_that_moves(world: World) -> None:
    world.vaccination.student = world.ben
    Vaccination.objects.bulk_update([world.vaccination], ["student"])


def save_that_moves(world: World) -> None:
    world.record.student = world.ben
    world.record.save()


def save_that_moves_one_read_without_its_student(world: World) -> None:
    record = HealthRecord.objects.only("type").get(pk=world.record.pk)
    record.student_id = world.ben.pk
    record.save(update_fields=["student"])


def save_that_moves_what_somebody_else_moved(world: World) -> None:
    stale = HealthRecord.objects.get(pk=world.record.pk)
    HealthRecord.objects.filter(pk=stale.pk).update(student=world.ben)
    shown(world.dana, world.ben)
    stale.type = "SCREENING"
    stale.save()


def get_or_create(world: World) -> None:
    assert Allergy.objects.get_or_create(student=world.ana, allergen="Latex")[1]


def update_or_create(world: World) -> None:
    assert not Allergy.objects.update_or_create(student=world.ana, allergen="Peanut", defaults={"reaction": "Hives"})[1]


def add_by_relation(world: World) -> None:
    world.ben.vaccination_set.add(world.vaccination)


def add_school_by_relation(world: World) -> None:
    world.hal.school.students.add(world.ana)


def save_student_twice(world: World) -> None:
    """An instance that was read before others wrote knows an old version; it must not bring that back."""
    world.ana.given_name = "Anna"
    world.ana.save()
    shown(world.dana, world.ana)
    world.ana.given_name = "Annabel"
    world.ana.save()


def save_student_read_before_a_write(world: World) -> None:
    stale = Student.objects.get(pk=world.ana.pk)
    call_action(world)
    shown(world.dana, world.ana)
    stale.given_name = "Anna"
    stale.save()


def change_by_action(world: World) -> None:
    change_student(by=world.by, student=world.ana, version=world.ana.version, grade="04")


def rename_school(world: World) -> None:
    world.ana.school.name = "Oak Street School"
    world.ana.school.save()


WRITES: dict[str, Callable[[World], object]] = {
    "page": post_page,
    "API, new": post_api,
    "API, taken back": patch_api,
    "admin": save_in_admin,
    "action": call_action,
    "action that takes back": take_back,
    "action on the student": change_by_action,
    "create": lambda w: Condition.objects.create(student=w.ana, name="Eczema"),
    "create by relation": lambda w: w.ana.allergy_set.create(allergen="Bees"),
    "save": save,
    "save of one field": save_one_field,
    "save that moves": save_that_moves,
    "save that moves one read without its student": save_that_moves_one_read_without_its_student,
    "save that moves what somebody else moved": save_that_moves_what_somebody_else_moved,
    "bulk_create": bulk_create,
    "bulk_create, conflicts ignored": lambda w: Allergy.objects.bulk_create(
        [Allergy(student=w.ana, allergen="Milk")], ignore_conflicts=True
    ),
    "bulk_create, conflicts update": lambda w: Allergy.objects.bulk_create(
        [Allergy(pk=w.allergy.pk, student=w.ana, allergen="Tree nuts")],
        update_conflicts=True, unique_fields=["id"], update_fields=["allergen"],
    ),
    "bulk_update": bulk_update,
    "bulk_update that moves": bulk_update_that_moves,
    "update": lambda w: Allergy.objects.filter(allergen="Peanut").update(reaction="Hives"),
    "update of what it filters by": lambda w: Allergy.objects.filter(status="active").update(status="resolved"),
    "update across a join": lambda w: Condition.objects.filter(student__school=w.ana.school).update(name="Wheeze"),
    "update by relation": lambda w: w.ana.vaccination_set.update(name="MMRV"),
    "update that moves to a student": lambda w: HealthRecord.objects.filter(pk=w.record.pk).update(student=w.ben),
    "update that moves to a number": lambda w: HealthRecord.objects.filter(pk=w.record.pk).update(student_id=w.ben.pk),
    "update that moves to a bare key": lambda w: HealthRecord.objects.filter(pk=w.record.pk).update(student=w.ben.pk),
    "update that moves by an expression": lambda w: HealthRecord.objects.filter(pk=w.record.pk).update(
        student=Case(When(type="VITAL_SIGNS_CHECK", then=Value(w.ben.pk)))
    ),
    "add by relation": add_by_relation,
    "get_or_create": get_or_create,
    "update_or_create": update_or_create,
    "delete": lambda w: w.allergy.delete(),
    "delete of many": lambda w: HealthRecord.objects.filter(student=w.ana).delete(),
    "student, update": lambda w: Student.objects.filter(pk=w.ana.pk).update(family_name="Álvarez"),
    "student, bulk_update": lambda w: Student.objects.bulk_update([Student(pk=w.ana.pk, grade="05")], ["grade"]),
    "student, saved twice": save_student_twice,
    "student, read before a write and saved after it": save_student_read_before_a_write,
    "student, to another school": lambda w: Student.objects.filter(pk=w.ana.pk).update(school=w.hal.school),
    "student, to another school by relation": add_school_by_relation,
    "school, saved": rename_school,
    "school, update": lambda w: School.objects.filter(code="oak-street").update(name="Oak Street School"),
    "school, bulk_update": lambda w: School.objects.bulk_update([School(pk=w.ana.school_id, name="Oak")], ["name"]),
}  # fmt: skip

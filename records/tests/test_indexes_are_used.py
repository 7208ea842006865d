"""Each index of ours is used by the question it was made for: asked of a district's worth of rows, and explained."""

from __future__ import annotations

import datetime
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import BigAutoField, Model, QuerySet
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from access import audit
from access.events import Action, Actor, Door
from access.models import AuditEvent, User
from access.tests.people import make_school, make_student
from access.tests.trail import Connection, owner, trigger_free_owner
from records.growth_statistics import COUNT
from records.models import (
    Allergy,
    Condition,
    FollowUp,
    GrowthAssessment,
    GrowthRun,
    HealthRecord,
    SearchEntry,
    SourceEntry,
    Vaccination,
)
from records.models.search_entry import words_of
from records.search_rows import LOOK_UP, WALK
from records.summary import summary_rows
from records.tests.growing import assessment_of
from records.tests.summaries import chart_something
from students.models import Contact, School, Student, StudentIdentifier

OURS = ("access", "students", "records")
# Enough that reading a whole table costs more than an index: as in the smallest district that would use White Cross.
STUDENTS, RECORDS = 10_000, 40_000
FIRST = 1_000_000
ANA = UUID(int=FIRST)
BIRTH = datetime.date(2012, 1, 1)
# The n-th of the students, as SQL.
NTH_STUDENT = f"lpad(to_hex({FIRST} + n % {STUDENTS}), 32, '0')::uuid"
NEW = "gen_random_uuid()"
NTH_SCHOOL = "(SELECT (array_agg(id))[1 + n % count(*)] FROM students_school)"
OF_STUDENT = {"id": NEW, "student_id": NTH_STUDENT}


def found(word: str, schools: QuerySet[School]) -> QuerySet[SearchEntry]:
    """Return the first page of a search in these schools."""
    at = list(schools.values_list("pk", flat=True))
    return SearchEntry.objects.at(at, confidential_at=at).holding(words_of(word)).newest_first()[:20]


def statistics() -> tuple[str, list[Any]]:
    """Return the statement of the growth statistics of one school."""
    today = timezone.localdate()
    return COUNT, [today - datetime.timedelta(days=365), today, [School.objects.get(code="oak-street").pk]]


Question = QuerySet[Any, Any] | tuple[str, list[Any]]
QUESTIONS: dict[str, Callable[[], Question]] = {
    "student_class_list": lambda: School.objects.get(code="oak-street").students.by_name()[:50],
    "student_family_prefix": lambda: Student.objects.filter(family_fold__startswith="ab1"),
    "student_given_prefix": lambda: Student.objects.filter(given_fold__startswith="ab1"),
    "student_search_trigrams": lambda: Student.objects.named("abc12"),
    "student_birth_and_family": lambda: Student.objects.filter(birth_date=BIRTH, family_fold="alvarez"),
    "identifier_value": lambda: StudentIdentifier.objects.filter(value="P-17"),
    "contact_by_student": lambda: Contact.objects.filter(student=ANA).order_by("priority"),
    "health_record_student_date": lambda: HealthRecord.objects.of(ANA).newest_first()[:50],
    "health_record_student_type": lambda: HealthRecord.objects.of(ANA).counts_by_type(),
    "health_record_vitals": lambda: HealthRecord.objects.of(ANA).latest_vitals(5),
    "health_record_vital_gin": lambda: HealthRecord.objects.filter(vital__has_key="oxygen_saturation"),
    "search_entry_words": lambda: found("climb", School.objects.filter(code="oak-street")),
    "search_entry_school_date": lambda: found("seen", School.objects.filter(code="oak-street")),
    "search_entry_date": lambda: found("seen", School.objects.all()),
    "allergy_student_severity": lambda: Allergy.objects.of(ANA).worst_first(),
    "condition_student_status": lambda: Condition.objects.of(ANA).current(),
    "vaccination_student_date": lambda: Vaccination.objects.of(ANA).newest_first(),
    "growth_assessment_student": statistics,
    "growth_run_latest": lambda: GrowthRun.objects.newest_first()[:20],
    "follow_up_open": lambda: FollowUp.objects.filter(student__in=[ANA], status=FollowUp.Status.OPEN),
    "source_entry_target": lambda: SourceEntry.objects.filter(target_id=ANA),
    "access_auditevent_student": lambda: AuditEvent.objects.about(ANA)[:50],
    "access_auditevent_actor": lambda: AuditEvent.objects.filter(actor_id=7).order_by("-at")[:200],
}


def multiply(own: Connection, model: type[Model], times: int, **instead: str) -> None:
    """Copy the one row of the model that many times, with SQL of `n` instead of what some columns hold."""
    multiply_over(own, model, f"generate_series(1, {times}) n", **instead)


def multiply_over(own: Connection, model: type[Model], rows: str, **instead: str) -> None:
    """Copy the one row of the model once for each of `rows`, with SQL of these instead of what some columns hold."""
    columns = [
        field.column
        for field in model._meta.concrete_fields
        if not (field.generated or isinstance(field, BigAutoField))
    ]
    table = model._meta.db_table
    values = ", ".join(instead.get(str(column), f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    own.execute(f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" t, {rows}')


def one_of_each() -> None:
    """Make one row of each model, for `multiply`."""
    for number in range(9):
        make_school(f"school-{number}")
    ana = make_student(make_school("oak-street"), "Ana", "Alvarez", id=ANA, birth_date=BIRTH, student_number="0")
    chart_something(ana)
    StudentIdentifier.objects.create(student=ana, system="urn:sis", value="P-0")
    Contact.objects.create(student=ana, given_name="Rosa", family_name="Alvarez")
    SourceEntry.objects.create(
        student=ana,
        resource_type="Condition",
        source_id="0",
        digest=b"",
        target_model="records.Condition",
        target_id=ANA,
    )
    visit = HealthRecord.objects.create(student=ana, type="GROWTH_ASSESSMENT", date=BIRTH)
    FollowUp.objects.create(student=ana, record=visit, kind=FollowUp.Kind.NO_GROWTH, since=BIRTH, due=BIRTH)
    assessment_of(visit, bmi=16.0)
    GrowthRun.objects.create(whole=True, rules=1)
    audit.note(Actor(7, Door.PAGE), Action.HEALTH_SUMMARY_VIEWED, [ANA])


def fill(own: Connection) -> None:
    """Make a district of what `one_of_each` has made."""
    multiply(
        own, Student, STUDENTS - 1, id=NTH_STUDENT, school_id=NTH_SCHOOL,
        student_number="n::text", given_name="substr(md5(n::text), 1, 6)",
        family_name="substr(md5((-n)::text), 1, 8)", birth_date=f"date '{BIRTH}' + n % 2000",
    )  # fmt: skip
    multiply(own, StudentIdentifier, STUDENTS - 1, student_id=NTH_STUDENT, value="'P-' || n")
    multiply(own, Contact, STUDENTS - 1, **OF_STUDENT)
    multiply(own, SourceEntry, STUDENTS - 1, student_id=NTH_STUDENT, source_id="n::text", target_id=NEW)
    for model, each in ((Allergy, 1), (Condition, 1), (Vaccination, 2)):
        multiply(own, model, STUDENTS * each, **OF_STUDENT)
    # One in twenty is Ana's: a long history, which makes an ordered index worth its while.
    multiply(
        own, HealthRecord, RECORDS, id=NEW, student_id=f"CASE n % 20 WHEN 0 THEN '{ANA}' ELSE {NTH_STUDENT} END",
        date=f"date '{BIRTH}' + n % 4000",
        type="(ARRAY['ILLNESS', 'CHECKUP', 'DENTAL'])[1 + n % 3]",
        description="CASE n % 500 WHEN 0 THEN 'Fell from the climbing frame' ELSE 'Seen' END",
        vital="CASE WHEN n % 1000 = 0 THEN '{\"oxygen_saturation\": 70}'"
        " WHEN n % 4 = 0 THEN '{\"heart_rate\": 80}' END::jsonb",
    )  # fmt: skip
    # One assessment and at most one thing to follow up for each; one in twenty of these waits.
    of_record = {"record_id": "r.id", "student_id": "r.student_id"}
    others = "(SELECT *, row_number() OVER () AS n FROM records_healthrecord WHERE vital IS NOT NULL) r"
    multiply_over(own, GrowthAssessment, others, date="r.date", **of_record)
    multiply_over(own, FollowUp, others, id=NEW, status="CASE r.n % 20 WHEN 0 THEN 'open' ELSE 'done' END", **of_record)
    multiply(own, GrowthRun, 2_000, started_at="now() - n * interval '1 hour'")
    multiply(
        own, AuditEvent, 30_000, id="nextval('access_auditevent_id_seq')", actor_id="n % 100", student_id=NTH_STUDENT
    )


@pytest.fixture(scope="module")
def district(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A district's worth of rows that the database has counted, made and removed by the owner of the tables."""
    with django_db_blocker.unblock():
        one_of_each()
    with owner() as own:
        fill(own)
    with owner() as own:
        own.autocommit = True
        own.execute("ANALYZE")
    yield
    with trigger_free_owner() as own:
        own.execute("TRUNCATE students_district, records_searchentry, records_growthassessment CASCADE")
        own.execute("DELETE FROM access_auditevent")


def indexes_of_ours() -> dict[str, type[Model]]:
    return {
        index.name: model
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for index in model._meta.indexes
        if model.__module__.split(".")[0] == app
    }


def plan_of(question: Question) -> str:
    if isinstance(question, QuerySet):
        return str(question.explain())
    statement, values = question
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}", values)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("index", QUESTIONS)
def test_the_index_serves_its_question(district: None, db: None, index: str) -> None:
    plan = plan_of(QUESTIONS[index]())
    if index.startswith("access_auditevent"):
        # Each partition has its own copy, whose name PostgreSQL makes from the columns.
        index = partition_index(index)
    assert re.search(rf"\b{index}\b", plan), plan


def partition_index(index: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid"
            " JOIN pg_index ON indexrelid = child.oid JOIN pg_class t ON t.oid = indrelid"
            " WHERE inhparent = %s::regclass AND t.relname = %s",
            [index, f"access_auditevent_{datetime.datetime.now(datetime.UTC):%Y_%m}"],
        )
        (name,) = cursor.fetchone() or ("",)
    return str(name)


def test_a_prefix_of_two_letters_is_looked_up_and_not_read_through(district: None, db: None) -> None:
    plan = plan_of(Student.objects.named("ab"))
    assert "student_family_prefix" in plan
    assert "student_given_prefix" in plan


def test_growth_reads_the_vital_signs_alone(district: None, db: None) -> None:
    assert "health_record_vitals" in plan_of(HealthRecord.objects.of(ANA).growth_measurements())


def test_the_follow_up_list_reads_what_waits_alone(district: None, db: None) -> None:
    assert "follow_up_open" in plan_of(FollowUp.objects.visible_to(User(pk=7)).waiting().by_due()[:51])


def test_every_index_has_its_question_here() -> None:
    in_migrations = {"access_auditevent_student", "access_auditevent_actor"}
    assert indexes_of_ours().keys() | in_migrations == QUESTIONS.keys()


@pytest.mark.parametrize("index", sorted(indexes_of_ours()))
def test_a_comment_above_the_index_says_what_it_serves(index: str) -> None:
    lines = inspect.getsource(inspect.getmodule(indexes_of_ours()[index])).splitlines()  # type: ignore[arg-type]
    (at,) = [number for number, line in enumerate(lines) if f'"{index}"' in line]
    # Above it stand only the lines of the same group of indexes, up to a comment.
    while "#" not in (line := lines[at].strip()):
        assert "indexes = [" not in line, f"{index} has no comment"
        at -= 1
    assert re.match(r"# (Also s|S)erves? ", first_line_of_comment(lines, at)), lines[at]


def first_line_of_comment(lines: list[str], at: int) -> str:
    while lines[at - 1].strip().startswith("#"):
        at -= 1
    return lines[at].strip()


@pytest.mark.parametrize("word", ["climb", "seen", "nothing"])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_search_walks_down_the_days_and_then_looks_up_the_words(
    district: None, db: None, word: str, backwards: bool
) -> None:
    """The walk is the same for every word; what it does not find is looked up.

    Where most records hold the word either index will do: it is found while walking.
    """
    school = School.objects.get(code="oak-street").pk
    way, than = ("ASC", ">") if backwards else ("DESC", "<")
    parts = {
        "walked": f"school_id = %(school)s AND (date, record_id) {than} (%(date)s, %(school)s)",
        "kept": "words @@ websearch_to_tsquery('english', %(text)s)",
        "way": way,
    }
    middle = BIRTH + datetime.timedelta(days=2_000)
    values: dict[str, Any] = {"school": school, "date": middle, "text": word, "walk": 1_000, "rows": 21}
    plans = []
    with connection.cursor() as cursor:
        for step in (WALK, LOOK_UP):
            cursor.execute(f"EXPLAIN {step.format(**parts)}", values)
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    walk, look_up = plans
    assert "search_entry_school_date" in walk
    assert "Sort" not in walk
    assert word == "seen" or "search_entry_words" in look_up


def test_the_whole_summary_reads_no_table_through(district: None, db: None) -> None:
    plan = plan_of(summary_rows(confidential=True).filter(pk=ANA))
    assert "Seq Scan on records_" not in plan, plan
    assert "Seq Scan on students_student" not in plan, plan

"""The health summary: one student, everything that matters, in one statement; page and API show the same.

Cached by records.cached as finished bytes, sealed with the student's id, under a key that holds the student's
`health_version`: a write makes a new version at its commit, so an old answer cannot be found any more.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from psycopg import sql

from access.gate import Pass, StudentNotVisible
from records.cached import Cached, answer, student_key
from records.measured_visits import latest
from records.models import Allergy, Condition, HealthRecord, Vaccination
from records.models.json_rows import JsonCounts, JsonRows
from students.models import Student
from students.models.student import completed_years

CACHE = "summary"
# Grows with each change of the JSON's shape, so that a new release never reads what the old one cached.
SHAPE = 2
SECONDS_CACHED = 300
VITALS_SHOWN = 5
ALLERGY_KEYS = ("id", "allergen", "category", "severity", "reaction", "status")
CONDITION_KEYS = ("id", "name", "code", "status")
# Stands for the student while the statement is made.
SOMEBODY = UUID(int=0)


@dataclass(frozen=True)
class Summary:
    """The summary as finished JSON bytes, and where they came from."""

    body: bytes
    cache: Cached

    @cached_property
    def data(self) -> dict[str, Any]:
        """The same as Python values, for the page."""
        value: dict[str, Any] = orjson.loads(self.body)
        return value


def health_summary(look: Pass) -> Summary:
    """Return the summary of the student the gate let us through to: at most one statement, none when cached."""
    found = answer(
        CACHE,
        cache_key(look),
        lambda: build(look.student_id, confidential=look.confidential),
        about=look.student_id.bytes,
        schools=(look.school_id,),
        seconds=SECONDS_CACHED,
    )
    return Summary(found.body, found.cache)


def cache_key(look: Pass) -> str:
    """Return the opaque key: ids, version, whether confidential rows are in it, and the day."""
    return student_key(CACHE, SHAPE, look)


def build(student_id: UUID, *, confidential: bool) -> bytes:
    """Build the summary from the database in one statement; finished JSON bytes.

    Raises StudentNotVisible if the student is gone since the gate.
    """
    text, names = statement(confidential=confidential)
    with connection.cursor() as cursor:
        cursor.execute(text, [student_id])
        values = cursor.fetchone()
    if values is None:
        raise StudentNotVisible("There is no such student among yours.")
    return finished(dict(zip(names, values, strict=True)))


@cache
def statement(*, confidential: bool) -> tuple[str, tuple[str, ...]]:
    """Return the SQL of `summary_rows` for one student, whose id is its only value, and the names of its columns.

    Made by the ORM once a process: making it costs ten times what PostgreSQL needs to answer it.
    """
    query = summary_rows(confidential=confidential).filter(pk=SOMEBODY).query
    text, values = query.sql_with_params()
    written = ["%s" if value == SOMEBODY else sql.Literal(str(value)).as_string() for value in values]
    return text % tuple(written), (*query.values_select, *query.annotation_select)


def finished(row: dict[str, Any]) -> bytes:
    """Return one of `summary_rows` as finished JSON bytes."""
    allergies = [named_severity(Allergy, allergy) for allergy in orjson.loads(row["allergies"])]
    conditions = [named_severity(Condition, condition) for condition in orjson.loads(row["conditions"])]
    growth = row["growth"]
    return orjson.dumps(
        {
            "student": {
                "id": row["id"],
                "student_number": row["student_number"],
                "given_name": row["given_name"],
                "middle_name": row["middle_name"],
                "family_name": row["family_name"],
                "preferred_name": row["preferred_name"],
                "birth_date": row["birth_date"],
                "age": completed_years(row["birth_date"], timezone.localdate()),
                "sex": row["sex"],
                "grade": row["grade"],
                "homeroom": row["homeroom"],
                "school": {"id": row["school_id"], "code": row["school__code"], "name": row["school__name"]},
            },
            "alerts": alerts(allergies, conditions),
            "allergies": [only(allergy, ALLERGY_KEYS) for allergy in allergies],
            "conditions": [only(condition, CONDITION_KEYS) for condition in conditions],
            "vaccinations": orjson.Fragment(row["vaccinations"]),
            "vitals": orjson.Fragment(row["vitals"]),
            "growth": growth and latest(row["birth_date"], row["sex"], orjson.loads(growth)),
            "record_counts": orjson.Fragment(row["counts"]),
            "as_of": timezone.now(),
        }
    )


def summary_rows(*, confidential: bool) -> QuerySet[Student, Any]:
    """Return students as the summary needs them: header, and each list as the text of its JSON, in one statement."""
    records = HealthRecord.objects.filter(student=OuterRef("pk")).shown_to(confidential=confidential)
    conditions = Condition.objects.filter(student=OuterRef("pk")).shown_to(confidential=confidential)
    vaccinations = Vaccination.objects.filter(student=OuterRef("pk")).shown_to(confidential=confidential)
    return Student.objects.values(
        "id", "student_number", "given_name", "middle_name", "family_name", "preferred_name", "birth_date", "sex",
        "grade", "homeroom", "school_id", "school__code", "school__name",
        allergies=JsonRows(Allergy.objects.filter(student=OuterRef("pk")).for_summary()),
        conditions=JsonRows(conditions.for_summary()),
        vaccinations=JsonRows(vaccinations.for_summary()),
        vitals=JsonRows(records.latest_vitals(VITALS_SHOWN)),
        growth=Cast(Subquery(records.latest_bmi()), TextField()),
        counts=JsonCounts(records.counts_by_type()),
    )  # fmt: skip


def named_severity(model: type[Allergy | Condition], row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with its severity as the word that the API uses: life_threatening, severe, …, unknown."""
    return {**row, "severity": model.Severity(row["severity"]).name.lower()}


def only(row: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """Return the row with these keys, in this order."""
    return {key: row[key] for key in keys}


def alerts(allergies: list[dict[str, Any]], conditions: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return what must be seen before anything else: severe allergies, the worst first, then emergency protocols."""
    return [
        {
            "kind": "allergy",
            "text": ". ".join(filter(None, (allergy["allergen"], allergy["reaction"], allergy["treatment"]))),
            "severity": allergy["severity"],
        }
        for allergy in allergies
        if allergy["severity"] in ("life_threatening", "severe")
    ] + [
        {
            "kind": "condition",
            "text": f"{condition['name']}. {condition['emergency_protocol']}",
            "severity": condition["severity"],
        }
        for condition in conditions
        if condition["emergency_protocol"]
    ]

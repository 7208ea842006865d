"""Copying rows into the database, a few hundred students at a time: memory does not grow with the district."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql

from access import audit
from access.events import Action, Actor, Door
from records.demo.rows import (
    AllergyRow,
    Charts,
    ConditionRow,
    ContactRow,
    HealthRecordRow,
    StudentRow,
    VaccinationRow,
)
from records.models import Allergy, Condition, HealthRecord, Vaccination
from students.models import Contact, Student

SYSTEM = Actor(user_id=None, door=Door.COMMAND)
AUDIT_REASON = "Made up by seed_district"


# The large tables: staged first, then written in the order in which the entries were charted. Copied child by child, a
# child's history would lie on one page of the disk, as in no school that charted it over years, and every measurement
# of a cold read would flatter.
STAGED: dict[type[models.Model], tuple[str, ...]] = {
    HealthRecord: HealthRecordRow._fields,
    Vaccination: VaccinationRow._fields,
}


def begin_loading() -> None:
    """Prepare the open transaction: no time limit on a statement, references checked at each, a place for staging.

    Django's references are checked at the commit; a million of them would wait there in the server's memory.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model, columns in STAGED.items():
            cursor.execute(
                sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
                    staging(model), listed(columns), table(model)
                )
            )


def load(charts: Charts) -> None:
    """Copy the rows of some students, and note in the audit trail that the system wrote about each of them."""
    copy(table(Student), StudentRow._fields, charts.students)
    copy(table(Contact), ContactRow._fields, charts.contacts)
    copy(table(Allergy), AllergyRow._fields, charts.allergies)
    copy(table(Condition), ConditionRow._fields, charts.conditions)
    copy(staging(HealthRecord), HealthRecordRow._fields, charts.records)
    copy(staging(Vaccination), VaccinationRow._fields, charts.vaccinations)
    audit.note(SYSTEM, Action.RECORDS_IMPORTED, [row.id for row in charts.students], reason=AUDIT_REASON)


def finish_loading() -> None:
    """Write what was staged, in the order of the ids, which is that of time; every constraint of the database holds."""
    with connection.cursor() as cursor:
        for model, columns in STAGED.items():
            cursor.execute(
                sql.SQL("INSERT INTO {} ({columns}) SELECT {columns} FROM {} ORDER BY id").format(
                    table(model), staging(model), columns=listed(columns)
                )
            )
            cursor.execute(sql.SQL("DROP TABLE {}").format(staging(model)))


def copy(target: sql.Identifier, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Copy rows into a table."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(target, listed(columns))
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        for row in rows:
            stream.write_row(row)


def table(model: type[models.Model]) -> sql.Identifier:
    """Return the model's table."""
    return sql.Identifier(model._meta.db_table)


def staging(model: type[models.Model]) -> sql.Identifier:
    """Return the temporary table that stands in for the model's."""
    return sql.Identifier(f"staged_{model._meta.db_table}")


def listed(columns: Sequence[str]) -> sql.Composed:
    """Return the columns as SQL."""
    return sql.SQL(", ").join(map(sql.Identifier, columns))

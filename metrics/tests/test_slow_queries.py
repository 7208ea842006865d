"""The slow-query log: which statement and how long, never with a value."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql
from pytest_django import Settings
from structlog.testing import capture_logs

from access.tests.people import make_school, make_student
from metrics.readings import read_meters
from metrics.slow_queries import LONGEST_TEXT, statement_watch, without_values
from students.models import Student
from whitecross.logs import ALLOWED_KEYS


def slow_lines(lines: list[Any]) -> list[Any]:
    return [line for line in lines if line["event"] == "slow statement"]


def test_every_connection_is_watched(db: None) -> None:
    connection.ensure_connection()
    assert connection.execute_wrappers[0] is statement_watch
    assert connection.execute_wrappers.count(statement_watch) == 1


def test_a_slow_statement_is_logged_with_its_time_and_without_its_values(ana: Student, settings: Settings) -> None:
    settings.SLOW_QUERY_MS = 20
    before = read_meters().total("wc_slow_queries_total")
    with capture_logs() as lines:
        list(Student.objects.filter(family_name="Alvarez").extra(select={"nap": "pg_sleep(0.03)"}))
    (line,) = slow_lines(lines)
    assert line["ms"] > 20
    assert '"students_student"."family_name" = %s' in line["statement"]
    assert "Alvarez" not in str(lines)
    assert line.keys() - {"log_level"} <= ALLOWED_KEYS | {"event"}
    assert read_meters().total("wc_slow_queries_total") == before + 1


def test_a_quick_one_is_not(ana: Student, settings: Settings) -> None:
    settings.SLOW_QUERY_MS = 5_000
    with capture_logs() as lines:
        list(Student.objects.all())
    assert slow_lines(lines) == []


def test_a_failure_is_counted_by_kind_and_still_raised(oak_street: object) -> None:
    def failures() -> dict[tuple[str, ...], float]:
        return read_meters().sums("wc_database_errors_total", ("kind",))

    before = failures()
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    make_student(make_school("oak-street"), student_number="7")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_student(make_school("oak-street"), student_number="7")
    after = failures()
    assert after["ProgrammingError",] == before.get(("ProgrammingError",), 0) + 1
    assert after["IntegrityError",] == before.get(("IntegrityError",), 0) + 1


@pytest.mark.parametrize(
    ("statement", "logged"),
    [
        ('SELECT "t"."id" FROM "t" WHERE "t"."n" = %s LIMIT 21', 'SELECT "t"."id" FROM "t" WHERE "t"."n" = %s LIMIT ?'),
        ("SELECT * FROM t  WHERE\n name = 'Ana' AND age > 8.5", "SELECT * FROM t WHERE name = ? AND age > ?"),
        ("SELECT U0.id, T3.id FROM t U0, t T3 WHERE a = $1", "SELECT U0.id, T3.id FROM t U0, t T3 WHERE a = $1"),
        ("SELECT * FROM t WHERE id IN (%s, %s, %s, %s)", "SELECT * FROM t WHERE id IN (%s, …)"),
        ("SELECT 'O''Brien', 'x'", "SELECT ?, ?"),
        ("""SELECT "it's" -- what's that\nFROM t""", """SELECT "it's" FROM t"""),
    ],
)
def test_what_looks_like_a_value_is_replaced(statement: str, logged: str) -> None:
    assert without_values(statement) == logged


@pytest.mark.parametrize(
    "statement",
    [
        r"SELECT E'it\'s secret', 'secret'",
        r"SELECT 'a\', 'secret' FROM t",
        "SELECT $$secret$$",
        "SELECT $tag$secret$tag$",
        "SELECT 'secret",
        "-- it's a comment\nSELECT 'secret'",
        "SELECT 'a''secret' || E'\\x' || 'secret'",
        """SELECT "it's" FROM t WHERE a = 'secret'""",
        "SELECT 1 /* it's */ WHERE a = 'secret' /* no end: secret",
    ],
)
def test_a_literal_written_in_a_rare_way_is_cut_off_rather_than_shown(statement: str) -> None:
    assert "secret" not in without_values(statement)


@given(st.text(min_size=1, max_size=40), st.text(max_size=10))
def test_no_text_gets_through_a_literal(secret: str, around: str) -> None:
    marked = f"ZQ{secret}ZQ"
    literal = "'" + (around + marked).replace("'", "''") + "'"
    assert "ZQ" not in without_values(f"SELECT * FROM t WHERE a = {literal} AND b = {literal}")


def test_a_composed_statement_is_shown_without_its_literals() -> None:
    composed = sql.SQL("SELECT {} FROM t WHERE name = {}").format(sql.Identifier("id"), sql.Literal("Ana"))
    assert without_values(composed) == 'SELECT "id" FROM t WHERE name = ?'


def test_a_long_one_is_cut() -> None:
    assert len(without_values("SELECT " + "a, " * 1_000)) == LONGEST_TEXT + 1
    assert without_values(b"SELECT 1") == "(not a text)"

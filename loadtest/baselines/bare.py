"""The floor of an uncached summary: one statement written by hand that gives the finished JSON, by bare psycopg."""

from __future__ import annotations

import datetime
from types import TracebackType
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

CONNECT = ("dbname", "user", "password", "host", "port")

# As a reader who may see confidential rows gets it, key for key what records.summary gives; only percentile and weight
# status, which no statement can tell, are null.
SQL = """
SELECT json_build_object(
    'student', json_build_object(
        'id', s.id, 'student_number', s.student_number, 'given_name', s.given_name, 'middle_name', s.middle_name,
        'family_name', s.family_name, 'preferred_name', s.preferred_name, 'birth_date', s.birth_date,
        'age', greatest(date_part('year', age(%(today)s::date, s.birth_date))::int, 0),
        'sex', s.sex, 'grade', s.grade, 'homeroom', s.homeroom,
        'school', json_build_object('id', c.id, 'code', c.code, 'name', c.name)
    ),
    'alerts', (
        SELECT coalesce(array_to_json(array_agg(alert)), '[]')
        FROM (
            (SELECT 'allergy' AS kind,
                    concat_ws('. ', nullif(allergen, ''), nullif(reaction, ''), nullif(treatment, '')) AS text,
                    (ARRAY['unknown', 'mild', 'moderate', 'severe', 'life_threatening'])[severity + 1] AS severity
             FROM records_allergy WHERE student_id = s.id AND status = 'active' AND severity >= 3
             ORDER BY records_allergy.severity DESC, allergen, id)
            UNION ALL
            (SELECT 'condition', name || '. ' || emergency_protocol,
                    (ARRAY['unknown', 'mild', 'moderate', 'severe'])[severity + 1]
             FROM records_condition
             WHERE student_id = s.id AND status IN ('active', 'managed', 'monitoring') AND emergency_protocol <> ''
             ORDER BY onset_date DESC NULLS LAST, name, id)
        ) AS alert
    ),
    'allergies', (
        SELECT coalesce(array_to_json(array_agg(allergy)), '[]')
        FROM (
            SELECT id, allergen, category,
                   (ARRAY['unknown', 'mild', 'moderate', 'severe', 'life_threatening'])[a.severity + 1] AS severity,
                   reaction, status
            FROM records_allergy a WHERE student_id = s.id AND status = 'active'
            ORDER BY a.severity DESC, allergen, id
        ) AS allergy
    ),
    'conditions', (
        SELECT coalesce(array_to_json(array_agg(condition)), '[]')
        FROM (
            SELECT id, name, code, status FROM records_condition
            WHERE student_id = s.id AND status IN ('active', 'managed', 'monitoring')
            ORDER BY onset_date DESC NULLS LAST, name, id
        ) AS condition
    ),
    'vaccinations', (
        SELECT coalesce(array_to_json(array_agg(dose)), '[]')
        FROM (
            SELECT id, cvx, name, date, status FROM records_vaccination
            WHERE student_id = s.id AND status <> 'entered_in_error' ORDER BY date DESC NULLS LAST, id DESC
        ) AS dose
    ),
    'vitals', (
        SELECT coalesce(array_to_json(array_agg(signs)), '[]')
        FROM (
            SELECT id, date, height_cm, weight_kg, bmi, temperature_c, heart_rate, respiratory_rate, systolic,
                   diastolic, oxygen_saturation, flags
            FROM records_healthrecord
            WHERE student_id = s.id AND vital IS NOT NULL AND status <> 'entered_in_error'
            ORDER BY date DESC, id DESC LIMIT 5
        ) AS signs
    ),
    'growth', (
        SELECT json_build_object('date', date, 'bmi', bmi, 'bmi_percentile', NULL, 'weight_status', NULL)
        FROM records_healthrecord
        WHERE student_id = s.id AND vital IS NOT NULL AND bmi IS NOT NULL AND status <> 'entered_in_error'
        ORDER BY date DESC, id DESC LIMIT 1
    ),
    'record_counts', (
        SELECT coalesce(json_object_agg(type, n), '{}')
        FROM (
            SELECT type, count(*) AS n FROM records_healthrecord
            WHERE student_id = s.id AND status <> 'entered_in_error' GROUP BY type
        ) AS counted
    ),
    'as_of', now()
)::text
FROM students_student s JOIN students_school c ON c.id = s.school_id
WHERE s.id = %(student)s
"""


class BareSummary:
    """A connection of its own that answers with the summary's bytes; closed with the `with` block."""

    def __init__(self, conninfo: str) -> None:
        self.connection: psycopg.Connection[Any] = psycopg.connect(conninfo, autocommit=True)

    @classmethod
    def of_django(cls) -> BareSummary:
        """Connect to the database that Django uses."""
        parts = {key: value for key, value in connection.get_connection_params().items() if key in CONNECT}
        return cls(psycopg.conninfo.make_conninfo(**parts))

    def __call__(self, student_id: UUID, today: datetime.date) -> bytes:
        """Return the summary; raise LookupError if there is no such student."""
        found = self.connection.execute(SQL, {"student": student_id, "today": today}, prepare=True, binary=True)
        row = found.fetchone()
        if row is None:
            raise LookupError("There is no such student.")
        text: str = row[0]
        return text.encode()

    def __enter__(self) -> BareSummary:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.connection.close()

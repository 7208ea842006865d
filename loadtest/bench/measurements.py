"""A database of 600,000 measurements, beside the district of the other benchmarks: made once and kept.

20,000 children of ten schools, 30 visits each in the last nine years, one in twelve without a weight. The rows lie
in the order of days, as years of school screenings leave them, so that a child's are far apart.
"""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg
from django.db import connection
from psycopg import sql

from devtools.places import ROOT
from devtools.template import in_database

NAME = "whitecross_measurements"
SCHOOLS, STUDENTS, VISITS = 10, 20_000, 30
MEASUREMENTS = STUDENTS * VISITS
TENTH = "bench-01"
"""The code of the school that has a tenth of the children."""

# Ids as UUIDv7 gives them: those made later are greater.
ID = "(lpad(to_hex({}), 12, '0') || '7000' || '8000' || substr(md5(random()::text), 1, 12))::uuid"
MAKE = f"""
SELECT setseed(0.5);
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO students_district (id, code, name, regime) SELECT {ID.format(1)}, 'bench', 'Bench', 'ferpa';

INSERT INTO students_school (id, district_id, code, name)
SELECT {ID.format("n")}, (SELECT id FROM students_district WHERE code = 'bench'), 'bench-' || lpad(n::text, 2, '0'),
       'School ' || n
FROM generate_series(1, {SCHOOLS}) n;

INSERT INTO students_student (id, school_id, student_number, given_name, middle_name, family_name, preferred_name,
    birth_date, sex, grade, homeroom, status, status_reason, version, health_version, created_at, updated_at)
SELECT {ID.format("n")}, c.id, n::text, 'Child', '', 'Of the bench', '', date '2009-01-01' + n % 2000,
       CASE WHEN n % 2 = 0 THEN 'female' ELSE 'male' END, '05', '', 'enrolled', '', 1, 1, now(), now()
FROM generate_series(1, {STUDENTS}) n
JOIN (SELECT id, row_number() OVER (ORDER BY code) AS place FROM students_school) c ON c.place = 1 + n % {SCHOOLS};

ALTER TABLE records_healthrecord DISABLE TRIGGER USER;
INSERT INTO records_healthrecord (id, student_id, type, status, status_reason, date, description, notes, provider,
    code_system, code, result, vital, flags, source, version, confidential, created_at, updated_at)
SELECT {ID.format("row_number() OVER (ORDER BY m.date)")}, m.student, 'GROWTH_ASSESSMENT', 'final', '', m.date,
       'Growth', '', '', '', '', '',
       CASE WHEN m.visit % 12 = 11 THEN jsonb_build_object('height_cm', m.height)
            ELSE jsonb_build_object('height_cm', m.height, 'weight_kg', m.weight) END,
       '{{}}', 'bench', 1, false, now(), now()
FROM (
    SELECT v.student, v.visit, v.date, v.height, round((v.height * v.height * v.bmi / 10000)::numeric, 1) AS weight
    FROM (
        SELECT s.id AS student, visit, d.date,
               round((82 + 6.1 * (d.date - s.birth_date) / 365.25 + c.tall + random() * 0.6)::numeric, 1) AS height,
               14.5 + 0.55 * ((d.date - s.birth_date) / 365.25 - 4) + c.heavy + random() * 0.6 AS bmi
        FROM students_student s
        CROSS JOIN LATERAL (SELECT random() * 14 - 7 + s.version - 1 AS tall, random() * 6 - 2 AS heavy) c
        CROSS JOIN generate_series(0, {VISITS - 1}) visit
        CROSS JOIN LATERAL (
            SELECT current_date - ({VISITS} - visit) * 110 + (random() * 60 + visit * 0)::integer AS date
        ) d
    ) v
) AS m ORDER BY m.date;
ALTER TABLE records_healthrecord ENABLE TRIGGER USER;
"""
SETTLE = ("VACUUM (ANALYZE) records_healthrecord", "VACUUM (ANALYZE) students_student", "ANALYZE")


def owner_url() -> str:
    """Return the database's address as its owner."""
    return in_database(os.environ["WHITECROSS_OWNER_DATABASE_URL"], NAME)


def environment() -> dict[str, str]:
    """Return the environment of a program that serves from this database."""
    return os.environ | {"DATABASE_URL": in_database(os.environ["DATABASE_URL"], NAME)}


def ensure_measurements() -> None:
    """Make the database, or bring it up to the newest migration; two minutes the first time."""
    with psycopg.connect(os.environ["WHITECROSS_OWNER_DATABASE_URL"], autocommit=True) as owner:
        there = owner.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).fetchone()
        if there is None:
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    role = str(connection.settings_dict["USER"])
    migrated = os.environ | {"DATABASE_URL": owner_url(), "DATABASE_SERVICE_ROLE": role}
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
    subprocess.run(migrate, env=migrated, cwd=ROOT, check=True, stdout=sys.stderr)
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        (records,) = owner.execute("SELECT count(*) FROM records_healthrecord").fetchone() or (0,)
        if records == MEASUREMENTS:
            return
        print(f"Making {MEASUREMENTS:,} measurements …", file=sys.stderr)
        with owner.transaction():
            owner.execute(MAKE)
        for statement in SETTLE:
            owner.execute(statement)

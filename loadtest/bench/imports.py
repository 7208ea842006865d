"""Bench `import`: 50,000 records by import_records against COPY of the very same rows into the very same table.

The records are those of 2,000 students of the district, as an export by class list writes them: a line each, in the
order of school and student, some with vital signs. Import is the whole road that an operator goes: the file from the
disk, every cell checked, known ids looked for, records and their sources written, search entries, the students' new
summaries, audit rows, ten transactions. COPY is one statement that is given the finished rows: the same table with its
indexes, constraints and triggers, so the search entries too; no sources, no audit. Before each turn everything is
taken out again and the tables are vacuumed.

    rows_vs_copy       rows a second, import_records over COPY
    fhir_rows_vs_copy  the same by import_fhir: 5,000 visits as NDJSON, each parsed, checked and written
    copy_vs_copy       the control
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from django.db import connection
from psycopg import sql

from access.events import Actor, Door
from loadtest.bench.district import CODE, ensure_district
from loadtest.bench.owner import as_owner
from loadtest.bench.rounds import Ratio, Result, side_by_side
from records.actions.import_fhir import import_fhir
from records.actions.import_records import import_records
from records.intake.csv_columns import SIGNS, TEXTS
from records.intake.report import Outcome, Report
from records.models import HealthRecord
from students.models import District, Student, StudentIdentifier

ROUNDS, STUDENTS, RECORDS, VISITS = 5, 2_000, 50_000, 5_000
SOURCE, SYSTEM = "bench", "urn:whitecross:bench"
BY = Actor(None, Door.COMMAND)
METRIC = tuple(name for name in SIGNS if not name.endswith(("_in", "_lb", "_f")))
HEADER = ("id", "school", "student_number", "date", "type", *TEXTS, "confidential", *METRIC)
READ = ("pk", "student__school__code", "student__student_number", "date", "type", *TEXTS, "confidential", "vital")
COLUMNS = [field.attname for field in HealthRecord._meta.concrete_fields if not field.generated]
CLEAR = (
    "DELETE FROM records_sourceentry WHERE resource_type IN ('record:bench', 'Encounter')",
    "DELETE FROM records_healthrecord WHERE source IN ('bench', 'fhir')",
    "VACUUM records_sourceentry",
    "VACUUM records_healthrecord",
    "VACUUM records_searchentry",
    "VACUUM students_student",
)


@dataclass(frozen=True, slots=True)
class World:
    """The files that are imported, and the finished rows of the first one."""

    district: District
    lines: Path
    visits: Path
    records: int
    rows: bytes

    @classmethod
    def made(cls, folder: Path) -> World:
        """Write the files; the rows are those that the import makes of them."""
        district = District.objects.get(code=CODE)
        students = Student.objects.filter(school__district=district).order_by("school__code", "pk")[:STUDENTS]
        lines, visits = folder / "records.csv", folder / "visits.ndjson"
        records = write_lines(lines, [student.pk for student in students])
        write_visits(visits, students)
        clear()
        with closing(import_records(lines, district=district, by=BY, source=SOURCE)) as report:
            insist(report, records)
        copied = sql.SQL("COPY (SELECT {} FROM records_healthrecord WHERE source = 'bench' ORDER BY id) TO STDOUT")
        with connection.cursor() as cursor, cursor.copy(copied.format(listed(COLUMNS))) as stream:
            rows = b"".join(bytes(piece) for piece in stream)
        return cls(district, lines, visits, records, rows)

    def imported(self) -> float:
        """Import the lines; return the seconds a record."""
        return timed(lambda: import_records(self.lines, district=self.district, by=BY, source=SOURCE), self.records)

    def by_fhir(self) -> float:
        """Import the visits; return the seconds a record."""
        school = self.district.schools.order_by("code")[0]
        return timed(lambda: import_fhir([self.visits], school=school, by=BY), VISITS)

    def copied(self) -> float:
        """Copy the rows; return the seconds a record."""
        clear()
        statement = sql.SQL("COPY records_healthrecord ({}) FROM STDIN").format(listed(COLUMNS))
        started = perf_counter()
        with connection.cursor() as cursor, cursor.copy(statement) as stream:
            stream.write(self.rows)
        return (perf_counter() - started) / self.records


def write_lines(path: Path, students: list[Any]) -> int:
    """Write the records of these students as a file; return how many."""
    found = HealthRecord.objects.stands().filter(student__in=students)
    rows = found.order_by("student__school__code", "student", "date").values_list(*READ)[:RECORDS]
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(HEADER)
        for *cells, confidential, vital in rows:
            signs = [(vital or {}).get(sign, "") for sign in METRIC]
            table.writerow([*cells, "yes" if confidential else "no", *signs])
    return len(rows)


def write_visits(path: Path, students: Iterable[Student]) -> None:
    """Write visits of these students in turn, who are known by an identifier."""
    known = [StudentIdentifier(student=student, system=SYSTEM, value=str(student.pk)) for student in students]
    StudentIdentifier.objects.bulk_create(known, ignore_conflicts=True)
    with path.open("w", encoding="utf-8") as stream:
        for number in range(VISITS):
            subject = {"identifier": {"system": SYSTEM, "value": known[number % len(known)].value}}
            visit = {
                "resourceType": "Encounter",
                "id": f"bench-{number}",
                "status": "finished",
                "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
                "type": [{"text": "Office visit"}],
                "subject": subject,
                "period": {"start": f"2026-{number % 9 + 1:02}-{number % 28 + 1:02}T08:15:00-05:00"},
                "reasonCode": [{"text": "Cough and sore throat since Monday, no fever, back to class"}],
            }
            stream.write(f"{json.dumps(visit)}\n")


def timed(work: Callable[[], Report], records: int) -> float:
    """Return the seconds a record of an import that makes so many."""
    clear()
    started = perf_counter()
    report = work()
    seconds = perf_counter() - started
    with closing(report):
        insist(report, records)
    return seconds / records


def insist(report: Report, records: int) -> None:
    """Raise RuntimeError unless the import made so many records and refused none."""
    if report.total(Outcome.CREATED) != records or report.read != records:
        reasons = [reason.words for reason in report.reasons(3)]
        raise RuntimeError(f"Of {records} records the import made {report.total(Outcome.CREATED)}: {reasons}")


def clear() -> None:
    """Take out what was imported, and let nothing of it slow the next turn down."""
    as_owner(CLEAR)


def listed(columns: Iterable[str]) -> sql.Composed:
    """Return the columns as SQL."""
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def run() -> Result:
    """Measure and return the ratios."""
    ensure_district()
    with tempfile.TemporaryDirectory() as folder:
        world = World.made(Path(folder))
        variants = {
            "import": world.imported,
            "copy": world.copied,
            "copy again": world.copied,
            "fhir": world.by_fhir,
        }
        ratios = {
            "rows_vs_copy": Ratio("copy", "import"),
            "fhir_rows_vs_copy": Ratio("copy", "fhir"),
            "copy_vs_copy": Ratio("copy again", "copy"),
        }
        copied = world.copied()
        result = side_by_side(
            "import", variants, ratios, "copy_vs_copy", ROUNDS, records=world.records,
            copied_rows_per_second=round(1 / copied),
        )  # fmt: skip
        clear()
    return result

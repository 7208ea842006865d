"""Import a file of health records: every line is created, updated, unchanged or rejected with its reason."""

from __future__ import annotations

import re
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone

from access.events import Actor
from records.intake.csv_chunks import ChunkWriter
from records.intake.csv_columns import BadHeader
from records.intake.csv_files import OneAhead, chunks, columns_of
from records.intake.csv_lines import Child, LineReader
from records.intake.report import Report
from records.intake.watching import Unwatched, Watcher
from records.tasks import growth_soon
from students.models import District, School, Student

# A word that fits into the columns that keep it.
SOURCE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")


def import_records(
    path: Path,
    *,
    by: Actor,
    district: District,
    school: School | None = None,
    source: str = "csv",
    dry_run: bool = False,
    watcher: Watcher | None = None,
) -> Report:
    """Import the file of records about this district's students; return what became of its lines.

    Lines that name no school are about `school`. `source` names the system that the ids are of: the same id of the
    same system is the same record. Some thousand lines are one transaction and stand alone; with `dry_run` all
    together are taken back. Memory grows with the number of students, not with that of the lines. Raises
    ValidationError for a file whose first line or encoding is wrong, OSError for one that cannot be read.
    """
    if not SOURCE.fullmatch(source):
        raise ValidationError({"source": "A source is a short word of small letters and digits, such as powerschool."})
    try:
        columns = columns_of(path)
    except BadHeader as error:
        raise ValidationError({"file": f"The file cannot be read as records: {error}."}) from error
    report, watcher = Report(), watcher or Unwatched()
    reader = LineReader(columns, children_of(district), school.code if school else "", timezone.localdate())
    ahead = OneAhead(chunks(path, reader))
    writer = ChunkWriter(by, path.name, source, timezone.now(), ahead.begin)
    watcher.begin("Records", None)
    with transaction.atomic() if dry_run else nullcontext():
        for chunk in ahead:
            writer.take_in(chunk, report)
            watcher.step(chunk.read)
        growth_soon()
        if dry_run:
            transaction.set_rollback(True)
    return report


def children_of(district: District) -> dict[tuple[str, str], Child]:
    """Return the district's students by school and number; one query."""
    students = Student.objects.filter(school__district=district).exclude(student_number="")
    rows = students.exclude(status=Student.Status.ENTERED_IN_ERROR).values_list(
        "school__code", "student_number", Cast("pk", TextField()), "birth_date"
    )
    return {(code, number): Child(pk, born) for code, number, pk, born in rows}

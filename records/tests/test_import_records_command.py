"""`import_records` prints what became of every line and exits with the status that says so."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from access.models import AuditEvent, User
from access.tests.people import make_district
from records.models import HealthRecord
from students.models import School, Student

pytestmark = pytest.mark.django_db

HEADER = "id,student_number,date,type,notes"
GOOD, BAD = "1,1001,2026-03-02,VISION,fine", "2,1002,2026-03-02,VISION,nobody"


def run(path: Path, *lines: str, arguments: tuple[str, ...] = ("--school", "oak-street")) -> tuple[int, str]:
    """Return exit status and output of the command for these lines."""
    (path / "old.csv").write_text("\n".join((HEADER, *lines)))
    out = StringIO()
    try:
        call_command("import_records", str(path / "old.csv"), *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_exit_status_is_0_for_all_3_for_some_and_1_for_nothing(ana: Student, tmp_path: Path) -> None:
    assert run(tmp_path, GOOD)[0] == 0
    assert run(tmp_path, GOOD)[0] == 0
    assert run(tmp_path, GOOD, BAD)[0] == 3
    assert run(tmp_path, BAD)[0] == 1
    assert run(tmp_path)[0] == 1


def test_json_is_one_line_with_every_rejection(ana: Student, tmp_path: Path) -> None:
    _, output = run(tmp_path, GOOD, BAD, arguments=("--school", "oak-street", "--json"))
    (line,) = output.splitlines()
    counts = {"read": 2, "created": 1, "updated": 0, "unchanged": 0, "rejected": 1}
    assert json.loads(line) == {
        **counts,
        "by_type": {"VISION": counts},
        "notes": [],
        "rejections": [
            {
                "file": "old.csv",
                "line": 3,
                "field": "student_number",
                "reason": "nobody at school 'oak-street' has this number",
            }
        ],
    }


def test_the_table_counts_and_says_why_and_where(ana: Student, tmp_path: Path) -> None:
    _, output = run(tmp_path, GOOD, BAD, arguments=("--school", "oak-street", "--dry-run"))
    assert "dry run: nothing kept" in output
    assert "1 × student_number: nobody at school 'oak-street' has this number (first: old.csv, line 3)" in output
    assert not HealthRecord.objects.exists()


def test_who_imports_is_on_record(ana: Student, nora: User, tmp_path: Path) -> None:
    run(tmp_path, GOOD, arguments=("--school", "oak-street", "--as", "nora"))
    assert AuditEvent.objects.get(action="records_imported").actor_id == nora.pk


def test_what_cannot_be_begun_says_why_and_imports_nothing(oak_street: School, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("id,name\n1,Ana\n")
    wrong = {
        ("--school", "elsewhere"): "There is no school 'elsewhere'. Known codes: oak-street",
        ("--as", "nobody"): "There is no login 'nobody'",
        ("--district", "nowhere"): "There is no district 'nowhere'",
        ("--source", "Old System"): "A source is a short word",
        (): "it has no column student_number",
    }
    for arguments, said in wrong.items():
        with pytest.raises(CommandError, match="Nothing was imported") as raised:
            call_command("import_records", str(tmp_path / "old.csv"), *arguments)
        assert said in str(raised.value)
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_records", str(tmp_path / "none.csv"))
    make_district("another")
    with pytest.raises(CommandError, match="Name the district"):
        call_command("import_records", str(tmp_path / "old.csv"))

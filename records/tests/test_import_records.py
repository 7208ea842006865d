"""An import of a table takes in every line once: created, updated, unchanged or rejected with all that is wrong."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from access.events import Action, Actor, Door
from access.models import AuditEvent, User
from access.tests.people import make_district, make_school, make_student
from records.actions import mark_entered_in_error
from records.actions.import_records import import_records
from records.intake import csv_files
from records.intake.csv_lines import read_sign
from records.intake.report import Report
from records.models import HealthRecord, SearchEntry, SourceEntry
from records.tests.importing import COMMAND, outcomes, reasons
from records.vital_limits import LIMITS
from students.models import School, Student

pytestmark = pytest.mark.django_db

LINE = {
    "id": "v-1",
    "school": "oak-street",
    "student_number": "1001",
    "date": "2026-03-02",
    "type": "VISION",
    "description": "Vision screening",
    "notes": 'Reads the 20/20 line, "easily"\nwith glasses',
    "provider": "Nora Quinn",
}


def write(path: Path, *lines: dict[str, Any], header: list[str] | None = None) -> Path:
    """Write lines as a CSV file whose columns are those of the first line."""
    path.mkdir(exist_ok=True)
    file = path / "records.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, header or list(lines[0]))
        table.writeheader()
        table.writerows(lines)
    return file


def take(at: School, path: Path, *lines: dict[str, Any], by: Actor = COMMAND, **options: Any) -> Report:
    """Import lines as one file about students of the district of that school."""
    return import_records(write(path, *lines), by=by, district=at.district, **options)


def test_a_line_becomes_a_record_that_says_what_the_line_says(
    ana: Student, nora: User, oak_street: School, tmp_path: Path
) -> None:
    report = take(oak_street, tmp_path, LINE, by=Actor(nora.pk, Door.COMMAND), source="oldsystem")
    assert outcomes(report) == {"created": 1}
    record = HealthRecord.objects.get()
    assert {
        "id": SourceEntry.objects.get(target_id=record.pk).source_id,
        "school": record.student.school.code,
        "student_number": record.student.student_number,
        "date": record.date.isoformat(),
        **{name: getattr(record, name) for name in ("type", "description", "notes", "provider")},
    } == LINE
    assert (record.source, record.created_by, record.status, record.flags) == ("oldsystem", nora, "final", [])
    assert (record.vital, record.vital_typed, record.confidential) == (None, None, False)


def test_vital_signs_are_metric_keep_what_stood_in_the_file_and_are_flagged(
    ana: Student, oak_street: School, tmp_path: Path
) -> None:
    signs = {
        "type": "VITAL_SIGNS_CHECK",
        "description": "",
        "height_in": "50",
        "weight_kg": "25.4012",
        "temperature_f": "101.3",
    }
    take(oak_street, tmp_path, LINE | signs)
    record = HealthRecord.objects.get()
    assert record.vital == {"height_cm": 127.0, "weight_kg": 25.4012, "temperature_c": 38.5}
    assert record.vital_typed == {
        "height": {"value": "50", "unit": "in"},
        "weight": {"value": "25.4012", "unit": "kg"},
        "temperature": {"value": "101.3", "unit": "F"},
    }
    assert (record.flags, record.description, record.height_cm) == (["fever"], "Vital signs", 127.0)
    assert record.bmi == pytest.approx(25.4012 / 1.27**2)


def test_the_same_file_a_second_time_changes_nothing(ana: Student, oak_street: School, tmp_path: Path) -> None:
    lines = [LINE | {"id": f"v-{number}"} for number in range(7)]
    take(oak_street, tmp_path, *lines)
    before = (list(HealthRecord.objects.values().order_by("pk")), Student.objects.get().health_version)
    assert outcomes(take(oak_street, tmp_path, *lines)) == {"unchanged": 7}
    assert (list(HealthRecord.objects.values().order_by("pk")), Student.objects.get().health_version) == before
    assert SourceEntry.objects.count() == 7


def test_a_changed_line_corrects_its_record_and_the_search(ana: Student, oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, LINE, LINE | {"id": "v-2"})
    corrected = LINE | {"notes": "Needs stronger glasses", "date": "3/1/2026"}
    assert outcomes(take(oak_street, tmp_path, corrected, LINE | {"id": "v-2"})) == {"updated": 1, "unchanged": 1}
    record = HealthRecord.objects.get(notes="Needs stronger glasses")
    assert (record.date, record.version, record.status) == (datetime.date(2026, 3, 1), 2, "amended")
    assert SearchEntry.objects.get(pk=record.pk).date == record.date
    assert outcomes(take(oak_street, tmp_path, corrected)) == {"unchanged": 1}


def test_what_somebody_changed_here_is_not_overwritten(
    ana: Student, nora: User, oak_street: School, tmp_path: Path
) -> None:
    take(oak_street, tmp_path, LINE)
    mark_entered_in_error(by=Actor(nora.pk, Door.PAGE), entry=HealthRecord.objects.get(), reason="Another child")
    report = take(oak_street, tmp_path, LINE | {"notes": "corrected"})
    assert outcomes(report) == {"rejected": 1}
    assert "was changed in White Cross" in reasons(report)[0]
    assert HealthRecord.objects.get().status == "entered_in_error"


@pytest.mark.parametrize("lines_a_chunk", [2, 100])
def test_one_id_twice_in_a_file_keeps_the_first(
    ana: Student, oak_street: School, tmp_path: Path, lines_a_chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_files.chunks, "__defaults__", (lines_a_chunk,))
    other = LINE | {"id": "v-2"}
    report = take(oak_street, tmp_path, LINE, other, other, LINE, LINE | {"notes": "another content"})
    assert outcomes(report) == {"created": 2, "unchanged": 2, "rejected": 1}
    assert reasons(report) == ["id: stands twice in this import with different content; the first one is kept"]
    assert next(iter(report.rejections()))["line"] == 10  # the notes of each line before hold a line end


def test_each_line_at_fault_says_all_that_is_wrong_and_costs_no_other(
    ana: Student, oak_street: School, tmp_path: Path
) -> None:
    bad: list[tuple[dict[str, str], str]] = [
        ({"id": " "}, "id: is missing; without it this line again would be a second record"),
        ({"id": "x" * 101}, "id: is longer than 100 characters"),
        ({"student_number": ""}, "student_number: is missing"),
        ({"student_number": "9"}, "student_number: nobody at school 'oak-street' has this number"),
        ({"school": "elsewhere"}, "student_number: nobody at school 'elsewhere' has this number"),
        ({"school": ""}, "school: is missing, and the import was not told a school"),
        ({"date": ""}, "date: is missing"),
        ({"date": "14.3.2026"}, "date: '14.3.2026' is not a day; write 2026-03-14 or 3/14/2026"),
        ({"date": "2026-02-30"}, "date: '2026-02-30' is not a day; write 2026-03-14 or 3/14/2026"),
        ({"date": "2999-01-01"}, "date: lies in the future"),
        ({"date": "2017-01-01", "heart_rate": "80"}, "date: lies before the student's birth"),
        ({"type": "PARTY"}, "type: 'PARTY' is not a type of record"),
        ({"notes": "Dear {{name}}"}, "notes: holds a placeholder that the source's converter never filled"),
        ({"provider": "x" * 201}, "provider: is longer than 200 characters"),
        ({"notes": "\x00"}, "notes: holds a NUL character, which is not text"),
        ({"confidential": "perhaps"}, "confidential: is neither yes nor no"),
        ({"heart_rate": "fast"}, "heart_rate: Heart rate: type a number, in /min."),
        ({"height_cm": "100", "height_in": "40"}, "height_in: says height a second time, in another unit"),
    ]  # fmt: skip
    header = [*LINE, "confidential", "heart_rate", "height_cm", "height_in"]
    usual = dict.fromkeys(header, "") | LINE
    lines = [usual | {"id": f"bad-{number}"} | changes for number, (changes, _) in enumerate(bad)]
    report = take(oak_street, tmp_path, usual, *lines, usual | {"id": "both", "type": "", "heart_rate": "999"})
    assert reasons(report)[:-1] == [reason for _, reason in bad]
    assert reasons(report)[-1].startswith("type, heart_rate: is missing; Heart rate: 999 /min is not possible.")
    assert outcomes(report) == {"created": 1, "rejected": len(bad) + 1}


def test_a_line_that_is_no_csv_or_no_utf8_or_too_short_is_rejected_alone(
    ana: Student, oak_street: School, tmp_path: Path
) -> None:
    file = tmp_path / "records.csv"
    file.write_bytes(
        b"\xef\xbb\xbfid,school,student_number,date,type,notes\r\n"
        b"1,oak-street,1001,2026-03-02,VISION,fine\r\n"
        b"\r\n"
        b"2,oak-street,1001,2026-03-02,VISION,caf\xe9\r\n"
        b"3,oak-street,1001,2026-03-02,VISION\r\n"
        b'4,oak-street,1001,2026-03-02,VISION,"closed" too early\r\n'
        b"5,oak-street,1001,2026-03-02,VISION,fine too\r\n"
    )
    report = import_records(file, by=COMMAND, district=oak_street.district)
    assert outcomes(report) == {"created": 2, "rejected": 3}
    assert [(rejection["line"], rejection["field"]) for rejection in report.rejections()] == [
        (4, "line"), (5, "line"), (6, "line"),
    ]  # fmt: skip
    assert reasons(report)[1] == "line: has 5 cells, the first line has 6"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (["id", "student_number", "date"], "it has no column type"),
        (["id", "student_number", "date", "type", "wieght_kg"], "no column 'wieght_kg' (do you mean weight_kg?)"),
        (["id", "student_number", "date", "type", "notes", "notes"], "notes stands in it twice"),
    ],
)
def test_a_file_whose_first_line_is_wrong_is_refused_whole(
    ana: Student, oak_street: School, tmp_path: Path, header: list[str], said: str
) -> None:
    (tmp_path / "records.csv").write_text(",".join(header) + "\n" + ",".join("1" for _ in header) + "\n")
    with pytest.raises(ValidationError, match="cannot be read as records") as raised:
        import_records(tmp_path / "records.csv", by=COMMAND, district=oak_street.district)
    assert said in raised.value.messages[0]


def test_what_was_told_in_confidence_is_confidential_unless_the_file_says_otherwise(
    ana: Student, oak_street: School, tmp_path: Path
) -> None:
    cells = [("a", "COUNSELING", ""), ("b", "COUNSELING", "no"), ("c", "VISION", ""), ("d", "VISION", "Yes")]
    take(oak_street, tmp_path, *(LINE | {"id": i, "type": kind, "confidential": cell} for i, kind, cell in cells))
    found = {source.source_id: source.target_id for source in SourceEntry.objects.all()}
    assert [HealthRecord.objects.get(pk=found[i]).confidential for i in "abcd"] == [True, False, False, True]


def test_only_this_districts_students_are_found_and_each_touched_one_is_on_record_and_fresh(
    ana: Student, oak_street: School, harbor_middle: School, tmp_path: Path
) -> None:
    ben = make_student(harbor_middle, "Ben", student_number="1001")
    untouched = make_student(harbor_middle, "Mia", student_number="1002")
    make_student(make_school("far-away", district=make_district("another")), "Eve", student_number="1001")
    lines = [LINE, LINE | {"school": ""}, LINE | {"school": "far-away"}]
    report = take(oak_street, tmp_path, *lines, school=harbor_middle)
    assert outcomes(report) == {"created": 2, "rejected": 1}
    assert reasons(report) == ["student_number: nobody at school 'far-away' has this number"]
    audited = AuditEvent.objects.filter(action=Action.RECORDS_IMPORTED).values_list("student_id", flat=True)
    assert set(audited) == {ana.pk, ben.pk}
    assert len(audited) == 2
    versions = dict(Student.objects.values_list("pk", "health_version"))
    assert [versions[student.pk] - student.health_version for student in (ana, ben, untouched)] == [1, 1, 0]
    assert SearchEntry.objects.filter(school=harbor_middle).count() == 1


def test_a_dry_run_counts_and_keeps_nothing(ana: Student, oak_street: School, tmp_path: Path) -> None:
    assert outcomes(take(oak_street, tmp_path, LINE, dry_run=True)) == {"created": 1}
    assert not HealthRecord.objects.exists()
    assert not SourceEntry.objects.exists()


def test_the_number_of_statements_does_not_grow_with_the_lines(
    ana: Student, oak_street: School, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    file = write(tmp_path, *(LINE | {"id": str(number)} for number in range(500)))
    with django_assert_max_num_queries(20):
        assert outcomes(import_records(file, by=COMMAND, district=oak_street.district)) == {"created": 500}


def test_a_line_that_the_database_refuses_is_rejected_alone(
    ana: Student, oak_street: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is possible is checked before; here the check is wider than the database's."""
    monkeypatch.setitem(LIMITS, "heart_rate", (0, 1000))
    lines = [LINE | {"id": str(number), "heart_rate": "700" if number == 3 else "80"} for number in range(6)]
    report = take(oak_street, tmp_path, *lines)
    read_sign.cache_clear()
    assert outcomes(report) == {"created": 5, "rejected": 1}
    assert reasons(report) == ["line: the database refuses it: health record heart rate possible"]

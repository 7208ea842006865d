"""`import_fhir` prints what became of every entry and exits with the status that says so."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from access.models import AuditEvent, User
from records.tests.fhir_examples import bundle, condition, patient, write
from students.models import School, Student

pytestmark = pytest.mark.django_db

GOOD = (patient(), condition())


def run(path: Path, *resources: object, arguments: tuple[str, ...] = ("--school", "oak-street")) -> tuple[int, str]:
    """Return exit status and output of the command for these resources."""
    write(path / "in.json", bundle(*resources))  # type: ignore[arg-type]
    out = StringIO()
    try:
        call_command("import_fhir", str(path / "in.json"), *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.usefixtures("oak_street")
def test_the_exit_status_is_0_for_all_3_for_some_and_1_for_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, *GOOD)[0] == 0
    assert run(tmp_path, *GOOD)[0] == 0
    assert run(tmp_path, *GOOD, {"resourceType": "Claim"})[0] == 3
    assert run(tmp_path, {"resourceType": "Claim"})[0] == 1
    assert run(tmp_path)[0] == 1


@pytest.mark.usefixtures("oak_street")
def test_json_is_one_line_with_every_rejection(tmp_path: Path) -> None:
    claims = [{"resourceType": "Claim", "id": str(n)} for n in range(40)]
    status, output = run(tmp_path, *GOOD, *claims, arguments=("--school", "oak-street", "--json"))
    assert status == 3
    (line,) = output.splitlines()
    result = json.loads(line)
    counts = {key: result[key] for key in ("read", "created", "updated", "unchanged", "rejected")}
    assert counts == {"read": 42, "created": 2, "updated": 0, "unchanged": 0, "rejected": 40}
    assert len(result["rejections"]) == 40
    assert result["rejections"][0] == {
        "file": "in.json", "entry": 3, "field": "resourceType", "reason": "White Cross does not keep Claim resources",
    }  # fmt: skip
    assert result["by_type"]["Condition"] == {"read": 1, "created": 1, "updated": 0, "unchanged": 0, "rejected": 0}


@pytest.mark.usefixtures("oak_street")
def test_the_table_counts_and_each_reason_is_said_once_with_where_it_was_first(tmp_path: Path) -> None:
    claims = [{"resourceType": "Claim", "id": str(n)} for n in range(40)]
    outcome = {"resourceType": "OperationOutcome", "issue": [{"diagnostics": "no\x1b[31m red"}]}
    _, output = run(tmp_path, *GOOD, *claims, condition(id="c2", code={}), outcome)
    assert "FHIR import into Oak Street Elementary" in output
    assert "40 × resourceType: White Cross does not keep Claim resources (first: in.json, entry 3)" in output
    assert "1 × code: a condition without a name or code (first: in.json, entry 43)" in output
    assert "the source reports a problem and not a record: no·[31m red" in output
    assert "Ortiz" not in output


@pytest.mark.usefixtures("oak_street")
def test_a_dry_run_says_that_nothing_was_kept(tmp_path: Path) -> None:
    status, output = run(tmp_path, *GOOD, arguments=("--school", "oak-street", "--dry-run"))
    assert (status, "nothing was kept" in output) == (0, True)
    assert not Student.objects.exists()


def test_the_trail_names_who_imports(nora: User, tmp_path: Path) -> None:
    run(tmp_path, *GOOD, arguments=("--school", "oak-street", "--as", "nora"))
    assert set(AuditEvent.objects.values_list("actor_id", "door")) == {(nora.pk, "command")}


def test_without_a_school_students_enrol_at_the_intake_school(
    oak_street: School, harbor_middle: School, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="--school CODE"):
        run(tmp_path, *GOOD, arguments=())
    oak_street.district.intake_school = harbor_middle
    oak_street.district.save()
    run(tmp_path, *GOOD, arguments=())
    assert Student.objects.get().school == harbor_middle


@pytest.mark.usefixtures("oak_street")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--school", "nowhere"), "There is no school 'nowhere'. Known codes: oak-street. Nothing was imported."),
        (("--school", "oak-street", "--as", "nobody"), "There is no login 'nobody'"),
    ],
)
def test_a_wrong_name_is_told_before_anything_is_read(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(tmp_path, *GOOD, arguments=arguments)
    assert not Student.objects.exists()

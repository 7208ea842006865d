"""An import takes in whole files: every entry is accounted for, and a second time changes nothing."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

import pytest

from access.events import Action, Actor, Door
from access.models import AuditEvent, User
from records.actions.import_fhir import import_fhir
from records.intake.watching import Unwatched
from records.models import Allergy, Condition, HealthRecord, SourceEntry, Vaccination
from records.tests.fhir_examples import (
    LENA,
    allergy,
    condition,
    encounter,
    immunization,
    observation,
    patient,
    without,
    write,
)
from records.tests.importing import COMMAND, outcomes, reasons, take
from students.models import School, Student

pytestmark = pytest.mark.django_db

EVERYTHING = (patient(), encounter(), observation(), immunization(), condition(), allergy())


def test_each_kind_becomes_its_row(oak_street: School, tmp_path: Path) -> None:
    report = take(oak_street, tmp_path, *EVERYTHING)
    assert outcomes(report) == {"created": 6}
    assert report.exit_status == 0
    lena = Student.objects.get()
    assert (lena.school, lena.family_name, lena.given_name, lena.middle_name) == (oak_street, "Ortiz", "Lena", "Maria")
    assert Vaccination.objects.get(student=lena).cvx == "08"
    assert Condition.objects.get(student=lena).name == "Childhood asthma"
    assert Allergy.objects.get(student=lena).allergen == "Allergy to peanuts"
    assert dict(HealthRecord.objects.values_list("type", "source")) == {"CHECKUP": "fhir", "VITAL_SIGNS_CHECK": "fhir"}


def test_the_same_input_a_second_time_changes_nothing(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, *EVERYTHING)
    before = list(HealthRecord.objects.values("pk", "version", "updated_at"))
    lena = Student.objects.get()
    assert outcomes(take(oak_street, tmp_path, *EVERYTHING)) == {"unchanged": 6}
    assert list(HealthRecord.objects.values("pk", "version", "updated_at")) == before
    assert Student.objects.get().health_version == lena.health_version


def test_a_new_version_number_and_another_narrative_are_no_change(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, *EVERYTHING)
    stamped = [{**r, "meta": {"versionId": "2"}, "text": {"div": "<div>new</div>"}} for r in EVERYTHING]
    assert outcomes(take(oak_street, tmp_path, *stamped)) == {"unchanged": 6}


def test_one_bad_entry_never_loses_the_rest(oak_street: School, tmp_path: Path) -> None:
    bad = [
        observation("8302-2", 1000, "cm", id="bad-1"),
        condition(id="bad-2", code={}),
        {"resourceType": "Claim", "id": "c"},
        {"id": "nothing"},
        immunization(id="bad-3", occurrenceDateTime="2015-01-01"),
    ]
    report = take(oak_street, tmp_path, *EVERYTHING[:3], *bad, *EVERYTHING[3:])
    assert outcomes(report) == {"created": 6, "rejected": 5}
    assert report.exit_status == 3
    assert reasons(report) == [
        "valueQuantity.value: 1000 cm is not possible for height (20 to 272 cm)",
        "code: a condition without a name or code",
        "resourceType: White Cross does not keep Claim resources",
        "resourceType: names no type: this is not a FHIR resource",
        "occurrenceDateTime: 2015-01-01 lies before the student's birth",
    ]
    assert report.by_type["Claim"] == {"rejected": 1}


def test_what_only_the_database_refuses_loses_no_other(
    oak_street: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.fhir.condition.NAME_LIMIT", 500)
    report = take(oak_street, tmp_path, *EVERYTHING, condition(id="long", code={"text": "x" * 301}))
    assert outcomes(report) == {"created": 6, "rejected": 1}
    assert "the database refuses it: value too long" in reasons(report)[0]


def test_patients_may_stand_in_another_file_and_after_what_refers_to_them(oak_street: School, tmp_path: Path) -> None:
    write(tmp_path / "1-Observation.ndjson.gz", [observation(), observation("29463-7", 30.5, "kg")])
    write(tmp_path / "2-Patient.ndjson", [patient(id="17"), patient()])
    assert outcomes(import_fhir([tmp_path], school=oak_street, by=COMMAND)) == {"created": 3, "updated": 1}
    assert HealthRecord.objects.get().vital == {"height_cm": 131.5, "weight_kg": 30.5}


def test_a_later_file_finds_the_student_by_the_patients_unique_id(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient())
    assert outcomes(take(oak_street, tmp_path, observation())) == {"created": 1}
    assert reasons(take(oak_street, tmp_path, observation(subject={"reference": "Patient/17"}))) == [
        "subject.reference: its Patient is not in this import; import both together"
    ]


def test_resources_without_ids_are_known_by_their_content(oak_street: School, tmp_path: Path) -> None:
    nameless = [without(condition(), "id"), without(condition(onsetDateTime="2020-01-01"), "id")]
    write(tmp_path / "in.ndjson", [patient(), *nameless])
    assert outcomes(import_fhir([tmp_path], school=oak_street, by=COMMAND)) == {"created": 3}
    assert outcomes(import_fhir([tmp_path], school=oak_street, by=COMMAND)) == {"unchanged": 3}


def test_one_id_with_two_contents_keeps_the_first_each_time(oak_street: School, tmp_path: Path) -> None:
    twice = [patient(), condition(), condition(code={"text": "Hay fever"}), condition()]
    report = take(oak_street, tmp_path, *twice)
    assert outcomes(report) == {"created": 2, "unchanged": 1, "rejected": 1}
    assert "stands twice in this import" in reasons(report)[0]
    assert outcomes(take(oak_street, tmp_path, *twice)) == {"unchanged": 3, "rejected": 1}
    assert Condition.objects.get().name == "Childhood asthma"


def test_a_file_in_an_older_version_is_refused_whole(oak_street: School, tmp_path: Path) -> None:
    old = condition(clinicalStatus="active", verificationStatus="confirmed", assertedDate="2019-02-11")
    report = take(oak_street, tmp_path, patient(), old)
    assert outcomes(report) == {"rejected": 2}
    assert set(reasons(report)) == {"entry: FHIR STU3 is not supported; export as R4 (4.0.1)"}
    assert not Student.objects.exists()
    assert report.exit_status == 1


def test_a_history_is_refused_whole(oak_street: School, tmp_path: Path) -> None:
    write(tmp_path / "h.json", {"entry": [{"resource": patient()}], "type": "history", "resourceType": "Bundle"})
    report = import_fhir([tmp_path], school=oak_street, by=COMMAND)
    assert outcomes(report) == {"rejected": 1}
    assert "type 'history' is not imported" in reasons(report)[0]


def test_files_that_hold_no_patient_or_nothing_are_remarked_on(oak_street: School, tmp_path: Path) -> None:
    write(tmp_path / "a.json", {"resourceType": "Bundle", "type": "searchset", "entry": []})
    write(tmp_path / "b.json", {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Organization"}}]})
    (tmp_path / "readme.txt").touch()
    report = import_fhir([tmp_path, tmp_path / "gone"], school=oak_street, by=COMMAND)
    assert [note.partition("/")[2] or note for note in report.notes] == [
        "Files that are neither .json nor .ndjson (each also .gz) were left alone: 1.",
        "a.json: holds no entries.",
        "b.json: there is no Patient in this bundle. Nothing in it belongs into a student's record.",
    ]
    assert outcomes(report) == {"rejected": 2}


def test_a_dry_run_tells_everything_and_keeps_nothing(oak_street: School, tmp_path: Path) -> None:
    assert outcomes(take(oak_street, tmp_path, *EVERYTHING, dry_run=True)) == {"created": 6}
    assert not Student.objects.exists()
    assert not SourceEntry.objects.exists()
    assert not AuditEvent.objects.exists()


def test_each_student_touched_leaves_one_row_in_the_trail(oak_street: School, nora: User, tmp_path: Path) -> None:
    take(oak_street, tmp_path, *EVERYTHING, by=Actor(nora.pk, Door.COMMAND))
    rows = AuditEvent.objects.order_by("id").values_list("action", "actor_id", "door", "student_id")
    lena = Student.objects.get()
    assert list(rows) == [
        (Action.STUDENT_ENROLLED, nora.pk, "command", lena.pk),
        (Action.RECORDS_IMPORTED, nora.pk, "command", lena.pk),
    ]
    take(oak_street, tmp_path, *EVERYTHING)
    assert AuditEvent.objects.count() == 2
    assert set(HealthRecord.objects.values_list("created_by_id", flat=True)) == {nora.pk}


def test_an_import_makes_the_next_summary_a_new_one(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient())
    before = Student.objects.get().health_version
    take(oak_street, tmp_path, *EVERYTHING[1:])
    assert Student.objects.get().health_version == before + 1


def test_the_number_of_queries_does_not_grow_with_a_batch(
    oak_street: School, tmp_path: Path, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    many = [f(id=f"{n}") for n in range(60) for f in (observation, condition, allergy, immunization, encounter)]
    with django_assert_max_num_queries(40):  # type: ignore[operator] # a factory of contexts
        report = take(oak_street, tmp_path, patient(), *many)
    assert outcomes(report) == {"created": 301}


class Sweeper(Unwatched):
    """Sweeps up often: what only waits for the garbage collector is no growth."""

    steps = 0

    def step(self, steps: int = 1) -> None:
        self.steps += steps
        if self.steps % 200 == 0:
            gc.collect()


def test_memory_does_not_grow_with_the_entries(
    oak_street: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.intake.batches.Batches.__init__.__defaults__", (50,))

    def peak_of(count: int) -> int:
        entries = [{"resourceType": "Claim"} if n % 4 else condition(id=f"{count}-{n}") for n in range(count)]
        write(tmp_path / "in.ndjson", [patient(), *entries])
        tracemalloc.start()
        report = import_fhir([tmp_path], school=oak_street, by=COMMAND, watcher=Sweeper())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert report.read == count + 1
        return peak

    peak_of(500)  # what the first run imports and caches is not counted
    assert peak_of(8000) < 2 * peak_of(400)


def test_the_student_of_a_unique_id_is_found_by_it(oak_street: School, tmp_path: Path) -> None:
    take(oak_street, tmp_path, patient())
    assert Student.objects.identified_by(LENA).get().family_name == "Ortiz"

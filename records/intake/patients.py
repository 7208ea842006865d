"""Writing a batch of Patients: students enrolled, completed or left as they are."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from access import audit
from access.events import Action, Actor
from records.fhir.element import Problem
from records.intake.aim import TWICE
from records.intake.items import Answer, PersonItem
from records.intake.links import Links
from records.intake.people import CHANGEABLE, Directory, Person, apply
from records.intake.report import Outcome
from records.models import SourceEntry
from students.models import School, Student, StudentIdentifier


@dataclass(slots=True)
class PatientWriter:
    """Writes batches of Patients for one import."""

    by: Actor
    school: School
    links: Links
    started: datetime.datetime
    _sightings: list[tuple[PersonItem, UUID]] = field(default_factory=list)

    def write(self, items: list[PersonItem]) -> list[Answer]:
        """Write a batch and answer for each item; a fixed number of queries."""
        self._sightings = []
        directory = Directory([item.value for item in items], self.school)
        known = self._known(items, directory)
        fresh: list[SourceEntry] = []
        corrected: list[SourceEntry] = []
        answers: list[Answer] = []
        for number, item in enumerate(items):
            # One after the other: what a Patient adds may be what the next is told apart by.
            person = directory.match(number, item.value)
            if isinstance(person, Problem):
                answers.append(person)
                continue
            entry = known.get((person.student.pk, item.value.source_id))
            same = entry is not None and bytes(entry.digest) == item.digest
            if entry and not same and entry.seen_at >= self.started:
                answers.append(Problem("id", f"Patient {TWICE}"))
                continue
            by_same_source = entry is not None and person.student.version <= entry.target_version
            changed = not same and apply(person, item.value, by_same_source=by_same_source)
            changed = directory.add_identifiers(person, item.value) or changed
            answers.append(_outcome(person, changed))
            person.named = True
            if entry is None:
                fresh.append(_entry_for(item, person.student))
            elif not same:
                entry.digest, entry.imported_at = item.digest, timezone.now()
                entry.target_version += by_same_source and person.changed
                corrected.append(entry)
            self._sightings.append((item, person.student.pk))
        self._save(directory, fresh, corrected, known)
        return answers

    def settle(self) -> None:
        """Remember who the Patients of the last batch are, for what refers to them."""
        for item, student_id in self._sightings:
            self.links.saw(item.place.file, item.keys, student_id)

    def _known(self, items: list[PersonItem], directory: Directory) -> dict[tuple[UUID, str], SourceEntry]:
        """Return what earlier imports took of these Patients, for the students they may be."""
        names = [item.value.source_id for item in items]
        found = SourceEntry.objects.filter(student__in=directory.known, resource_type="Patient", source_id__in=names)
        return {(entry.student_id, entry.source_id): entry for entry in found}

    def _save(
        self,
        directory: Directory,
        fresh: list[SourceEntry],
        corrected: list[SourceEntry],
        known: dict[tuple[UUID, str], SourceEntry],
    ) -> None:
        now = timezone.now()
        new, changed = directory.new, directory.changed
        for student in changed:
            student.version += 1
            student.updated_at = now
        Student.objects.bulk_create(new)
        # A plain QuerySet: that of the model would make the students stale once for each statement.
        QuerySet[Student](Student).bulk_update(changed, [*CHANGEABLE, "version", "updated_at"])
        Student.objects.make_stale(student.pk for student in changed)
        StudentIdentifier.objects.bulk_create(directory.new_identifiers)
        SourceEntry.objects.bulk_create(fresh)
        SourceEntry.objects.bulk_update(corrected, ["digest", "imported_at", "target_version"])
        SourceEntry.objects.filter(pk__in=[entry.pk for entry in known.values()]).update(seen_at=now)
        audit.note(self.by, Action.STUDENT_ENROLLED, [student.pk for student in new])
        audit.note(self.by, Action.STUDENT_CHANGED, [student.pk for student in changed])


def _outcome(person: Person, changed: bool) -> Outcome:
    if person.is_new and not person.named:
        return Outcome.CREATED
    return Outcome.UPDATED if changed else Outcome.UNCHANGED


def _entry_for(item: PersonItem, student: Student) -> SourceEntry:
    return SourceEntry(
        student=student,
        resource_type="Patient",
        source_id=item.value.source_id,
        digest=item.digest,
        target_model="students.Student",
        target_id=student.pk,
        target_version=student.version,
    )

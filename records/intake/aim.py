"""Aiming a batch: the student of each entry, and what an earlier import made of it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from uuid import UUID

from records.fhir.element import Problem
from records.fhir.observation import Observation
from records.fhir.resources import Clinical, before_birth
from records.intake.items import ClinicalItem
from records.intake.links import Links, identifiers_in, known_students, whom
from records.models import SourceEntry
from students.models import Student

TWICE = "stands twice in this import with different content; the first one is kept"


@dataclass(slots=True)
class Aimed:
    """An item, the student it is about, and its entry from an earlier import if there is one."""

    item: ClinicalItem
    student_id: UUID
    born: datetime.date
    entry: SourceEntry | None

    @property
    def value(self) -> Clinical:
        """What was read from the resource."""
        return self.item.value

    @property
    def vital_signs(self) -> Observation | None:
        """The observation, if it is one of vital signs."""
        return self.value if isinstance(self.value, Observation) and self.value.vitals else None

    @property
    def is_known(self) -> bool:
        """Whether an earlier import has taken exactly this."""
        return self.entry is not None and bytes(self.entry.digest) == self.item.digest

    def objection(self, started: datetime.datetime) -> Problem | None:
        """Say why the item cannot be taken, now that its student is known."""
        if self.entry and not self.is_known and self.entry.seen_at >= started:
            return Problem("id", f"{self.item.kind} {TWICE}")
        return before_birth(self.value, self.born)


def aim(items: list[ClinicalItem], links: Links, started: datetime.datetime) -> list[Aimed | Problem]:
    """Find the student of each item, and what is known of it; three queries."""
    known = known_students(wanted for item in items for wanted in identifiers_in(item.value.subject))
    students = [whom(item.place.file, item.value.subject, links, known) for item in items]
    ids = {student for student in students if isinstance(student, UUID)}
    births = dict(Student.objects.filter(pk__in=ids).values_list("pk", "birth_date"))
    found = SourceEntry.objects.filter(student__in=ids, source_id__in={item.value.source_id for item in items})
    entries = {(entry.student_id, entry.resource_type, entry.source_id): entry for entry in found}
    aimed: list[Aimed | Problem] = []
    for item, student in zip(items, students, strict=True):
        if isinstance(student, Problem):
            aimed.append(student)
            continue
        target = Aimed(item, student, births[student], entries.get((student, item.kind, item.value.source_id)))
        aimed.append(target.objection(started) or target)
    return aimed

"""Which student a reference means: what this import has seen, then what the database knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from records.fhir.element import Problem
from records.fhir.references import Identifier, Reference
from students.models import StudentIdentifier

# The id of a FHIR Patient as an identifier: another export of the same server names the same child by it.
PATIENT_ID: Final = "urn:whitecross:fhir-patient-id"
UUID_TEXT: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_unique_everywhere(patient_id: str) -> bool:
    """Tell whether a Patient's id is a UUID. Others (`123`) are counted by every server and name different children."""
    return UUID_TEXT.fullmatch(patient_id) is not None


@dataclass(frozen=True, slots=True)
class Sighting:
    """A Patient of this import: who it is here, and the file it stood in."""

    student_id: UUID
    file: str


class Links:
    """Remembers the Patients of one import: some 300 bytes a child, nothing an entry."""

    def __init__(self) -> None:
        """Start with nobody seen."""
        self._seen: dict[str, Sighting] = {}
        # Only where two files use one name for two children: whom each file means.
        self._by_file: dict[tuple[str, str], UUID | None] = {}
        self._ambiguous: set[str] = set()

    def saw(self, file: str, keys: Iterable[str], student_id: UUID) -> None:
        """Remember that in this file these keys (fullUrl, Patient/id) mean this student."""
        for key in keys:
            first = self._seen.setdefault(key, Sighting(student_id, file))
            here = first.student_id if first.file == file else self._by_file.get((file, key), student_id)
            if here != student_id:
                self._by_file[file, key] = None  # twice in one file, for two children: nobody can tell whom it means
                self._ambiguous.add(key)
            elif first.student_id != student_id:
                self._by_file[file, key] = student_id
                self._ambiguous.add(key)

    def find(self, file: str, reference: Reference) -> UUID | Problem | None:
        """Return the student a literal reference means; None where this import has not seen the Patient."""
        for key in (reference.url, f"Patient/{reference.id}"):
            sighting = self._seen.get(key)
            if sighting is None:
                continue
            means = self._by_file.get((file, key), sighting.student_id)
            if (file, key) not in self._by_file and key in self._ambiguous and sighting.file != file:
                means = None
            return means or Problem("subject.reference", "means different children in this import")
        return None


def known_students(identifiers: Iterable[Identifier]) -> dict[Identifier, UUID]:
    """Return the students that the database knows by these identifiers; one query."""
    wanted = set(identifiers)
    if not wanted:
        return {}
    rows = StudentIdentifier.objects.filter(value__in={item.value for item in wanted})
    found = rows.values_list("system", "value", "student_id")
    return {
        identifier: student_id
        for system, value, student_id in found
        if (identifier := Identifier(system, value)) in wanted
    }


def identifiers_in(reference: Reference) -> list[Identifier]:
    """Return by what the database may know whom a reference means: its identifiers, and an id that is unique."""
    own = [Identifier(PATIENT_ID, reference.id)] if is_unique_everywhere(reference.id) else []
    return [*own, *reference.identifiers]


def whom(file: str, reference: Reference, links: Links, known: dict[Identifier, UUID]) -> UUID | Problem:
    """Return the student a reference means, or why it means nobody or more than one."""
    seen = links.find(file, reference)
    if isinstance(seen, Problem):
        return seen
    found = {known[identifier] for identifier in identifiers_in(reference) if identifier in known}
    if seen is not None:
        found.add(seen)
    if len(found) > 1:
        return Problem("subject", "its reference and its identifiers mean different students")
    if found:
        return found.pop()
    if reference.id and not is_unique_everywhere(reference.id) and not reference.identifiers:
        return Problem("subject.reference", "its Patient is not in this import; import both together")
    return Problem("subject", "no student is known by this reference; import the Patient first, or with it")

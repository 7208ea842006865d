"""Patients become students: matched by identifier, else by name and birth date; two children are never merged."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import connection

from records.fhir.element import Problem
from records.fhir.patient import Patient
from records.fhir.references import Identifier
from records.intake.links import PATIENT_ID, is_unique_everywhere, known_students
from students.models import School, Student, StudentIdentifier

# For each Patient its name as the database folds it, and the students of the district with that name and birth date.
SAME_NAME_AND_BIRTH: Final = """
    SELECT wanted.number, wanted.born, wanted.family, wanted.given,
           coalesce(array_agg(s.id) FILTER (WHERE s.id IS NOT NULL), '{}')
    FROM (
        SELECT number, born, whitecross_fold(family) AS family, whitecross_fold(given) AS given
        FROM unnest(%s::int[], %s::date[], %s::text[], %s::text[]) AS patient (number, born, family, given)
    ) AS wanted
    LEFT JOIN (students_student s JOIN students_school c ON c.id = s.school_id AND c.district_id = %s)
        ON s.birth_date = wanted.born AND s.family_fold = wanted.family AND s.given_fold = wanted.given
        AND s.status <> 'entered_in_error'
    GROUP BY wanted.number, wanted.born, wanted.family, wanted.given
"""

Name = tuple[datetime.date, str, str]


@dataclass(slots=True)
class Person:
    """A student and the identifiers they have, by system."""

    student: Student
    is_new: bool = False
    changed: bool = False
    """Whether the student's own fields changed."""
    named: bool = False
    """Whether a Patient of this batch has been taken for this person already."""
    identifiers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def contradicts(self, identifiers: Iterable[Identifier]) -> str:
        """Return a system in which these identifiers name somebody else, or ''.

        A FHIR Patient id is no contradiction: every server gives a child its own.
        """
        given: dict[str, set[str]] = defaultdict(set)
        for item in identifiers:
            given[item.system].add(item.value)
        for system, values in given.items():
            if system != PATIENT_ID and self.identifiers[system] and not values & self.identifiers[system]:
                return system
        return ""


class Directory:
    """The students that a batch of Patients may be, with those that the batch itself adds."""

    def __init__(self, patients: list[Patient], school: School) -> None:
        """Look all of them up; five queries, however many they are."""
        self.school = school
        self._owners = known_students(item for patient in patients for item in identifiers_of(patient))
        self._names: dict[int, Name] = {}
        named = self._look_up_names(patients)
        ids = set(self._owners.values()).union(*named.values())
        self.known = frozenset(ids)
        self._people = {student.pk: Person(student) for student in Student.objects.filter(pk__in=ids)}
        held = StudentIdentifier.objects.filter(student__in=ids).values_list("student_id", "system", "value")
        for student_id, system, value in held:
            self._people[student_id].identifiers[system].add(value)
        self._named = {name: [self._people[student_id] for student_id in found] for name, found in named.items()}
        self.new_identifiers: list[StudentIdentifier] = []

    def _look_up_names(self, patients: list[Patient]) -> dict[Name, list[UUID]]:
        """Fold the names of the patients as the database does, and return whom it knows by them and the birth date."""
        whole = [
            (number, patient.birth_date, patient.family_name, patient.given_name)
            for number, patient in enumerate(patients)
            if patient.birth_date and patient.family_name and patient.given_name
        ]
        if not whole:
            return {}
        numbers, born, family, given = map(list, zip(*whole, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(SAME_NAME_AND_BIRTH, [numbers, born, family, given, self.school.district_id])
            rows = cursor.fetchall()
        self._names = {number: (day, folded, first) for number, day, folded, first, _ in rows}
        return {(day, folded, first): ids for _, day, folded, first, ids in rows}

    def match(self, number: int, patient: Patient) -> Person | Problem:
        """Return the person that the patient with this number is, made if it is nobody yet, or why it is unclear."""
        identifiers = identifiers_of(patient)
        owners = {self._owners[item] for item in identifiers if self._means(item, patient)}
        if len(owners) > 1:
            return Problem("identifier", "its identifiers belong to different students here; nothing is merged")
        if owners:
            return self._checked(self._people[owners.pop()], patient, identifiers)
        name = self._names.get(number)
        if name is None:
            return _incomplete(patient)
        alike = [person for person in self._named[name] if not person.contradicts(identifiers)]
        if len(alike) > 1:
            return Problem("name", "more than one student here has this name and birth date; none is chosen")
        return alike[0] if alike else self._enrol(name, patient)

    def _means(self, item: Identifier, patient: Patient) -> bool:
        """Tell whether the identifier finds a student; an id that servers share must agree on the birth date."""
        owner = self._owners.get(item)
        if owner is None:
            return False
        if item.system != PATIENT_ID or is_unique_everywhere(item.value):
            return True
        return patient.birth_date == self._people[owner].student.birth_date

    def _checked(self, person: Person, patient: Patient, identifiers: list[Identifier]) -> Person | Problem:
        system = person.contradicts(identifiers)
        if system:
            return Problem("identifier", f"one identifier names a student whose number in {system} is another")
        student = person.student
        other_birth = patient.birth_date not in (None, student.birth_date)
        other_name = patient.family_name.casefold() not in ("", student.family_name.casefold())
        if other_birth and other_name:
            return Problem("identifier", "names a student with another family name and another birth date")
        return person

    def _enrol(self, name: Name, patient: Patient) -> Person:
        student = Student(
            school=self.school,
            family_name=patient.family_name,
            given_name=patient.given_name,
            middle_name=patient.middle_name,
            birth_date=name[0],
            sex=patient.sex,
        )
        if patient.deceased:
            student.status, student.status_reason = Student.Status.WITHDRAWN, DECEASED
        person = Person(student, is_new=True)
        self._people[student.pk] = person
        self._named[name].append(person)
        return person

    def add_identifiers(self, person: Person, patient: Patient) -> bool:
        """Give the person the patient's identifiers that nobody has yet; tell whether there were any."""
        before = len(self.new_identifiers)
        for item in identifiers_of(patient):
            if item not in self._owners:
                self._owners[item] = person.student.pk
                person.identifiers[item.system].add(item.value)
                self.new_identifiers.append(
                    StudentIdentifier(student=person.student, system=item.system, value=item.value)
                )
        return len(self.new_identifiers) > before

    @property
    def new(self) -> list[Student]:
        """Return the students to be enrolled."""
        return [person.student for person in self._people.values() if person.is_new]

    @property
    def changed(self) -> list[Student]:
        """Return the students who were here and changed, in the order in which rows are locked."""
        found = [person.student for person in self._people.values() if person.changed and not person.is_new]
        return sorted(found, key=lambda student: student.pk)


DECEASED: Final = "Deceased, says the source of the import."
# What a Patient may change of a student who was here before.
CHANGEABLE: Final = ("family_name", "given_name", "middle_name", "birth_date", "sex", "status", "status_reason")


def apply(person: Person, patient: Patient, *, by_same_source: bool) -> bool:
    """Take over who the patient is; tell whether that changed anything.

    The source that made the student may correct everything; another one only fills what is empty, because the school's
    own roster knows better.
    """
    student = person.student
    wanted: dict[str, object] = {"middle_name": patient.middle_name, "sex": patient.sex}
    if by_same_source:
        wanted |= {"family_name": patient.family_name, "given_name": patient.given_name}
        wanted["birth_date"] = patient.birth_date
        if patient.deceased and student.status == Student.Status.ENROLLED:
            wanted |= {"status": Student.Status.WITHDRAWN, "status_reason": DECEASED}
    changed = False
    for name, value in wanted.items():
        has = getattr(student, name)
        empty = not has or (name == "sex" and has == Student.Sex.UNKNOWN)
        says_something = bool(value) and value != Student.Sex.UNKNOWN
        if says_something and has != value and (by_same_source or empty):
            setattr(student, name, value)
            changed = True
    person.changed = person.changed or changed
    return changed


def identifiers_of(patient: Patient) -> list[Identifier]:
    """Return the patient's identifiers, the id of the resource among them where the source gave one."""
    own = (
        [] if patient.source_id.startswith(("sha256:", "urn:", "http")) else [Identifier(PATIENT_ID, patient.source_id)]
    )
    return [*own, *patient.identifiers]


def _incomplete(patient: Patient) -> Problem:
    """Say what is missing to enrol a patient whom no identifier names."""
    missing = {
        "name.family": not patient.family_name,
        "name.given": not patient.given_name,
        "birthDate": patient.birth_date is None,
    }
    fields = [name for name, is_missing in missing.items() if is_missing]
    return Problem(
        ", ".join(fields),
        "no student is known by its identifiers, and a new one needs family name, given name and birth date",
    )

"""The rows as they are copied into the database: the fields are the columns, in the order of COPY.

Tuples and not model instances, because a district is a million rows and an instance costs ten times a tuple. Columns
that the database computes are left out; every other column without a default in the database must be here.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

# In the `source` of each made-up row, so that nobody takes it for a real one.
SOURCE = "seed_district"


class StudentRow(NamedTuple):
    """A row of Student."""

    id: UUID
    school_id: UUID
    student_number: str
    given_name: str
    middle_name: str
    family_name: str
    preferred_name: str
    birth_date: datetime.date
    sex: str
    grade: str
    homeroom: str
    status: str
    status_reason: str
    version: int
    health_version: int
    created_at: datetime.datetime
    updated_at: datetime.datetime


class ContactRow(NamedTuple):
    """A row of Contact."""

    id: UUID
    student_id: UUID
    given_name: str
    family_name: str
    relationship: str
    phone: str
    email: str
    priority: str
    may_pick_up: bool
    custody_note: str
    active: bool = True


class HealthRecordRow(NamedTuple):
    """A row of HealthRecord; `vital` and `vital_typed` are JSON."""

    id: UUID
    student_id: UUID
    type: str
    date: datetime.date
    occurred_at: datetime.datetime | None
    created_at: datetime.datetime
    updated_at: datetime.datetime
    description: str
    notes: str
    provider: str
    result: str = ""
    vital: str | None = None
    vital_typed: str | None = None
    flags: list[str] = []  # never changed: rows are written once
    confidential: bool = False
    status: str = "final"
    status_reason: str = ""
    code_system: str = ""
    code: str = ""
    source: str = SOURCE
    version: int = 1


class AllergyRow(NamedTuple):
    """A row of Allergy."""

    id: UUID
    student_id: UUID
    allergen: str
    category: str
    severity: int
    reaction: str
    treatment: str
    onset_date: datetime.date | None
    verified: bool
    code_system: str
    code: str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    status: str = "active"
    status_reason: str = ""
    flags: list[str] = []
    source: str = SOURCE
    version: int = 1


class ConditionRow(NamedTuple):
    """A row of Condition."""

    id: UUID
    student_id: UUID
    name: str
    code_system: str
    code: str
    status: str
    severity: int
    onset_date: datetime.date | None
    abated_date: datetime.date | None
    notes: str
    emergency_protocol: str
    confidential: bool
    created_at: datetime.datetime
    updated_at: datetime.datetime
    verification: str = "confirmed"
    status_reason: str = ""
    flags: list[str] = []
    source: str = SOURCE
    version: int = 1


class VaccinationRow(NamedTuple):
    """A row of Vaccination."""

    id: UUID
    student_id: UUID
    cvx: str
    name: str
    date: datetime.date | None
    status: str
    status_reason: str
    historical: bool
    dose_number: int | None
    lot_number: str
    manufacturer: str
    site: str
    route: str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    date_text: str = ""
    code_system: str = ""
    code: str = ""
    flags: list[str] = []
    confidential: bool = False
    source: str = SOURCE
    version: int = 1


@dataclass(slots=True)
class Charts:
    """The rows of a few hundred students, ready to be copied."""

    students: list[StudentRow] = field(default_factory=list)
    contacts: list[ContactRow] = field(default_factory=list)
    records: list[HealthRecordRow] = field(default_factory=list)
    allergies: list[AllergyRow] = field(default_factory=list)
    conditions: list[ConditionRow] = field(default_factory=list)
    vaccinations: list[VaccinationRow] = field(default_factory=list)

    @property
    def entries(self) -> int:
        """How many clinical entries there are."""
        return len(self.records) + len(self.allergies) + len(self.conditions) + len(self.vaccinations)

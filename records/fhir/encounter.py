"""A FHIR Encounter: a visit, kept as one health record."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Final

from records.fhir.coding import SNOMED, Coding, Concept, read_codings, read_concepts
from records.fhir.dates import Moment, moment
from records.fhir.element import Element
from records.fhir.references import Reference, read_reference
from records.fhir.sensitivity import is_confidential

# HL7 v3 ActCode, value set ActEncounterCode.
TYPE_BY_CLASS: Final = {
    "EMER": "EMERGENCY_VISIT",
    "IMP": "HOSPITALIZATION",
    "ACUTE": "HOSPITALIZATION",
    "NONAC": "HOSPITALIZATION",
    "OBSENC": "HOSPITALIZATION",
}

# SNOMED CT procedures whose words leave one record type only; any other ambulatory visit is a consultation.
TYPE_BY_SNOMED: Final = {
    "185349003": "CHECKUP",  # encounter for check up
    "410620009": "CHECKUP",  # well child visit
    "162673000": "PHYSICAL_EXAM",  # general examination of patient
    "390906007": "FOLLOW_UP",  # follow-up encounter
    "394701000": "FOLLOW_UP",  # asthma follow-up
    "170838006": "FOLLOW_UP",  # allergic disorder follow-up assessment
    "50849002": "EMERGENCY_VISIT",  # emergency room admission
    "183478001": "EMERGENCY_VISIT",  # emergency hospital admission for asthma
    "371883000": "PROCEDURE",  # outpatient procedure
}

# What did not take place is not a record (https://hl7.org/fhir/R4/valueset-encounter-status.html).
NOT_TAKEN_PLACE: Final = frozenset({"planned", "cancelled"})
STATUSES: Final = frozenset(
    {"arrived", "triaged", "in-progress", "onleave", "finished", "entered-in-error", "unknown"} | NOT_TAKEN_PLACE
)


@dataclass(frozen=True, slots=True)
class Encounter:
    """A visit: its record type, day, words, and who saw the student."""

    source_id: str
    subject: Reference
    type: str
    when: Moment
    description: str
    notes: str
    provider: str
    coding: Coding | None
    entered_in_error: bool
    confidential: bool
    flags: tuple[str, ...] = field(default=())


def read_encounter(resource: Element, source_id: str, now: datetime.datetime) -> Encounter | None:
    """Read an Encounter; None after a problem without which there is no record."""
    status = resource.text("status")
    if status in NOT_TAKEN_PLACE:
        resource.refuse("status", f"the visit is {status}: nothing has happened that could be kept")
    elif status not in STATUSES:
        resource.refuse("status", f"{status!r} is not a status of an R4 Encounter" if status else "is missing")
    period = resource.child("period")
    when = moment(period, "start", now) if period else None
    if when is None and not resource.problems:
        resource.refuse("period.start", "a visit without a date")
    kinds = read_concepts(resource.children("type"))
    reasons = read_concepts(resource.children("reasonCode"))
    kind = kinds[0] if kinds else Concept()
    place = resource.child("class")
    class_code = next(iter(read_codings([place])), None) if place else None
    coding, known = kind.chosen(SNOMED)
    if when is None:
        return None
    return Encounter(
        source_id=source_id,
        subject=read_reference(resource, "subject", "Patient"),
        type=_record_type(class_code, coding),
        when=when,
        description=kind.label or (class_code.display or class_code.code if class_code else "Visit"),
        notes="\n".join(f"Reason: {reason.label}" for reason in reasons),
        provider=_provider(resource),
        coding=coding,
        entered_in_error=status == "entered-in-error",
        confidential=is_confidential(resource, *kinds, *reasons),
        flags=("unknown_code",) if coding and not known else (),
    )


def _record_type(class_code: Coding | None, coding: Coding | None) -> str:
    by_class = TYPE_BY_CLASS.get(class_code.code) if class_code else None
    by_type = TYPE_BY_SNOMED.get(coding.code) if coding and coding.system == SNOMED else None
    return by_class or by_type or "CONSULTATION"


def _provider(resource: Element) -> str:
    """Return who saw the student: the first participant that is named, else the organization."""
    for participant in resource.children("participant"):
        person = participant.child("individual")
        if person and person.text("display"):
            return person.text("display")
    organization = resource.child("serviceProvider")
    return organization.text("display") if organization else ""

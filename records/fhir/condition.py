"""A FHIR Condition: a diagnosis or finding that lasts or lasted."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from records.fhir.coding import ICD10, ICD10_CM, SNOMED, Coding, read_concept, status_code
from records.fhir.dates import Moment, choice_of_moments
from records.fhir.element import Element
from records.fhir.references import Reference, read_reference
from records.fhir.sensitivity import is_confidential

# https://hl7.org/fhir/R4/valueset-condition-clinical.html; recurrence and relapse are active again, remission is
# watched for.
STATUSES: Final = {
    "active": "active",
    "recurrence": "active",
    "relapse": "active",
    "inactive": "inactive",
    "remission": "monitoring",
    "resolved": "resolved",
}
VERIFICATIONS: Final = frozenset(
    {"unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"}
)
# SNOMED CT qualifiers of severity, the value set that R4 prefers.
SEVERITIES: Final = {"255604002": 1, "6736007": 2, "24484000": 3}
NAME_LIMIT: Final = 300


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition; `severity` 0 is not recorded, 1 mild, 2 moderate, 3 severe."""

    source_id: str
    subject: Reference
    name: str
    coding: Coding | None
    status: str
    verification: str
    severity: int
    onset: Moment | None
    abated: Moment | None
    notes: str
    entered_in_error: bool
    confidential: bool
    flags: tuple[str, ...]


def read_condition(resource: Element, source_id: str, now: datetime.datetime) -> Condition:
    """Read a Condition; problems are noted on the element."""
    concept = read_concept(resource.child("code"))
    if not concept.label:
        resource.refuse("code", "a condition without a name or code")
    elif len(concept.label) > NAME_LIMIT:
        resource.refuse("code", f"the name is longer than {NAME_LIMIT} characters")
    onset = choice_of_moments(resource, "onset", now)
    abated = choice_of_moments(resource, "abatement", now)
    if onset and abated and abated.latest < onset.date:
        resource.refuse("abatementDateTime", f"it ended on {abated.text}, before it began on {onset.text}")
    verification = status_code(resource, "verificationStatus")
    if verification and verification not in VERIFICATIONS:
        resource.refuse("verificationStatus", f"{verification!r} is not a verification status of R4")
    coding, known = concept.chosen(SNOMED, ICD10_CM, ICD10)
    flags = [] if known or not coding else ["unknown_code"]
    if (onset and onset.partial) or (abated and abated.partial):
        flags.append("partial_date")
    return Condition(
        source_id=source_id,
        subject=read_reference(resource, "subject", "Patient"),
        name=concept.label,
        coding=coding,
        status=_status(resource, verification, abated),
        verification=verification,
        severity=_severity(resource),
        onset=onset,
        abated=abated,
        notes="\n".join(_remarks(resource, onset, abated)),
        entered_in_error=verification == "entered-in-error",
        confidential=is_confidential(resource, concept),
        flags=tuple(flags),
    )


def _status(resource: Element, verification: str, abated: Moment | None) -> str:
    """Return where the condition stands. Without a clinical status it is active unless it ended: shown, not hidden."""
    clinical = status_code(resource, "clinicalStatus")
    if clinical and clinical not in STATUSES:
        resource.refuse("clinicalStatus", f"{clinical!r} is not a clinical status of R4")
    if verification == "refuted":
        return "inactive"
    if clinical:
        return STATUSES.get(clinical, "active")
    return "resolved" if abated else "active"


def _severity(resource: Element) -> int:
    coding = read_concept(resource.child("severity")).within(SNOMED)
    return SEVERITIES.get(coding.code, 0) if coding else 0


def _remarks(resource: Element, onset: Moment | None, abated: Moment | None) -> list[str]:
    """Return the source's own words where a date is partial or no date at all, and its notes."""
    remarks = []
    for words, name, found in (("Onset", "onset", onset), ("Ended", "abatement", abated)):
        written = resource.text(f"{name}String") or (found.text if found and found.partial else "")
        age = resource.child(f"{name}Age")
        if age and age.number("value") is not None:
            written = f"at age {age.number('value'):g} {age.text('unit') or age.text('code')}".strip()
        if written:
            remarks.append(f"{words}: {written}")
    remarks += [note.text("text", None) for note in resource.children("note") if note.text("text", None)]
    return remarks

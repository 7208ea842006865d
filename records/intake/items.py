"""Entries on their way into the database: read, checked, and waiting for their batch."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from records.fhir.element import Problem
from records.fhir.patient import Patient
from records.fhir.references import points_at
from records.fhir.resources import (
    KEPT,
    Clinical,
    digest_of_clinical,
    digest_of_person,
    read_clinical,
    read_person,
    resource_type,
    source_id_of,
    why_not_kept,
)
from records.fhir.stream import Entry, Place, Rejection
from records.intake.report import Outcome

# What a batch answers for each of its items.
Answer = Outcome | Problem


@dataclass(frozen=True, slots=True)
class PersonItem:
    """A Patient, the keys that others refer to it by, and its digest."""

    place: Place
    kind: str
    value: Patient
    keys: tuple[str, ...]
    digest: bytes


@dataclass(frozen=True, slots=True)
class ClinicalItem:
    """A resource about a Patient, and its digest."""

    place: Place
    kind: str
    value: Clinical
    digest: bytes


def rejection(place: Place, kind: str, problems: list[Problem]) -> Rejection:
    """Return one rejection for an entry, however much is wrong with it."""
    fields = dict.fromkeys(problem.field for problem in problems if problem.field)
    reasons = dict.fromkeys(problem.reason for problem in problems)
    return Rejection(place, ", ".join(fields), "; ".join(reasons), kind)


def person_item(entry: Entry, now: datetime.datetime) -> PersonItem | Rejection:
    """Read a Patient entry."""
    resource, kind = entry.resource, "Patient"
    try:
        patient = read_person(resource, source_id_of(resource, entry.url), now)
        if isinstance(patient, list):
            return rejection(entry.place, kind, patient)
        return PersonItem(entry.place, kind, patient, points_at(entry.url, resource), digest_of_person(patient))
    except ValueError as error:
        return Rejection(entry.place, "", f"cannot be read: {error}", kind)


def clinical_item(entry: Entry, now: datetime.datetime) -> ClinicalItem | Rejection:
    """Read an entry about a Patient; what White Cross does not keep is a rejection that says so."""
    resource = entry.resource
    kind = resource_type(resource)
    if kind not in KEPT:
        return rejection(entry.place, kind, [why_not_kept(resource)])
    try:
        value = read_clinical(resource, source_id_of(resource, entry.url), now)
        if isinstance(value, list):
            return rejection(entry.place, kind, value)
        return ClinicalItem(entry.place, kind, value, digest_of_clinical(value))
    except ValueError as error:
        return Rejection(entry.place, "", f"cannot be read: {error}", kind)

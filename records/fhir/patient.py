"""A FHIR Patient, as far as White Cross keeps one: who it is. Address, telephone and photo are not read."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from records.fhir.dates import Moment, moment, parse_moment
from records.fhir.element import Element
from records.fhir.references import Identifier, read_identifiers

# Data minimization: a school health record needs none of these, and a breach must not hold them (docs/privacy.md).
# Codes of HL7 v2 table 0203: social security, driver's license, passport, tax, national person, bank and card numbers.
NEVER_KEPT_TYPES: Final = frozenset({"SS", "DL", "PPN", "TAX", "NIIP", "BA", "BC", "BCT"})
NEVER_KEPT_SYSTEMS: Final = (
    "http://hl7.org/fhir/sid/us-ssn",
    "urn:oid:2.16.840.1.113883.4.1",
    "urn:oid:2.16.840.1.113883.4.3",
    "urn:oid:2.16.840.1.113883.4.330",
    "http://standardhealthrecord.org/fhir/StructureDefinition/passportNumber",
)

# Names to call a student by, the best first (https://hl7.org/fhir/R4/valueset-name-use.html); never one that is `old`.
NAME_USES: Final = ("official", "usual", "", "temp", "nickname", "anonymous", "maiden")
NAME_LIMIT: Final = 100
BORN_AFTER: Final = datetime.date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Patient:
    """A person. Names are '' and `birth_date` None where the source leaves them out: an identifier may still match."""

    source_id: str
    family_name: str
    given_name: str
    middle_name: str
    birth_date: datetime.date | None
    sex: str
    identifiers: tuple[Identifier, ...]
    deceased: bool


def read_patient(resource: Element, source_id: str, now: datetime.datetime) -> Patient:
    """Read a Patient; problems are noted on the element."""
    family, given, middle = _names(resource)
    kept = read_identifiers_to_keep(resource)
    return Patient(
        source_id=source_id,
        family_name=family,
        given_name=given,
        middle_name=middle,
        birth_date=_birth_date(resource, now),
        sex=_sex(resource),
        identifiers=kept,
        deceased=bool(resource.boolean("deceasedBoolean")) or "deceasedDateTime" in resource,
    )


def read_identifiers_to_keep(resource: Element) -> tuple[Identifier, ...]:
    """Read the identifiers without those that White Cross never keeps."""
    refused = set()
    for item in resource.children("identifier"):
        system = item.text("system")
        kind = item.child("type")
        types = {coding.text("code") for coding in kind.children("coding")} if kind else set()
        if types & NEVER_KEPT_TYPES or system.startswith(NEVER_KEPT_SYSTEMS):
            refused.add(Identifier(system, item.text("value")))
    return tuple(item for item in read_identifiers(resource) if item not in refused)


def _names(resource: Element) -> tuple[str, str, str]:
    names = [name for name in resource.children("name") if name.text("use") in NAME_USES and not _ended(name)]
    if not names:
        return "", "", ""
    best = min(names, key=lambda name: NAME_USES.index(name.text("use")))
    family, given = best.text("family", NAME_LIMIT), best.texts("given")
    first, middle = (given[0] if given else ""), " ".join(given[1:])
    for words in (first, middle):
        if len(words) > NAME_LIMIT:
            best.refuse("given", f"is longer than {NAME_LIMIT} characters")
    return family, first, middle


def _ended(name: Element) -> bool:
    """Tell whether the person no longer goes by this name; an official name that ended is still the official one."""
    period = name.child("period")
    end = parse_moment(period.text("end")) if period else None
    return end is not None and name.text("use") not in ("official", "usual")


def _birth_date(resource: Element, now: datetime.datetime) -> datetime.date | None:
    born: Moment | None = moment(resource, "birthDate", now)
    if born is None:
        return None
    if born.partial:
        resource.refuse("birthDate", f"{born.text} is not a whole date; White Cross tells children apart by it")
        return None
    if born.date < BORN_AFTER:
        resource.refuse("birthDate", f"{born.text} is before {BORN_AFTER.year}")
        return None
    return born.date


def _sex(resource: Element) -> str:
    """Return the sex that chooses the growth chart; FHIR's `other` chooses none."""
    gender = resource.text("gender")
    if gender in ("female", "male"):
        return gender
    if gender not in ("", "other", "unknown"):
        resource.refuse("gender", f"{gender!r} is not a FHIR gender (male, female, other, unknown)")
    return "unknown"

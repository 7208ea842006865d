"""A FHIR Immunization: a dose given, or the reason why it was not."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Final

from records.fhir.coding import CVX, NDC, SNOMED, Coding, Concept, read_concept
from records.fhir.dates import Moment, moment
from records.fhir.element import Element
from records.fhir.references import Reference, read_reference
from records.fhir.sensitivity import is_confidential

STATUSES: Final = {"completed": "completed", "not-done": "not_done", "entered-in-error": "entered_in_error"}
CVX_CODE: Final = re.compile(r"\d{1,3}")
# CDC CVX: 998 "no vaccine administered", 999 "unknown vaccine or immune globulin".
NO_VACCINE, UNKNOWN_VACCINE = "998", "999"
NAME_LIMIT: Final = 300
MOST_DOSES: Final = 100
PLACE_LIMIT: Final = 60


@dataclass(frozen=True, slots=True)
class Immunization:
    """A dose. `cvx` keeps its leading zero; `coding` is the source's code where that is not CVX."""

    source_id: str
    subject: Reference
    cvx: str
    coding: Coding | None
    name: str
    when: Moment | None
    date_text: str
    status: str
    status_reason: str
    historical: bool
    dose_number: int | None
    lot_number: str
    manufacturer: str
    site: str
    route: str
    confidential: bool
    flags: tuple[str, ...]


def read_immunization(resource: Element, source_id: str, now: datetime.datetime) -> Immunization:
    """Read an Immunization; problems are noted on the element."""
    written = resource.text("status")
    status = STATUSES.get(written, "")
    if not status:
        resource.refuse("status", f"{written!r} is not a status of an R4 Immunization" if written else "is missing")
    vaccine = read_concept(resource.child("vaccineCode"))
    cvx, coding, flags = _vaccine_code(resource, vaccine, status)
    name = vaccine.label or _target_diseases(resource)
    if not name and not cvx:
        resource.refuse("vaccineCode", "does not say which vaccine")
    elif len(name) > NAME_LIMIT:
        resource.refuse("vaccineCode", f"the name is longer than {NAME_LIMIT} characters")
    when = moment(resource, "occurrenceDateTime", now)
    words = resource.text("occurrenceString", 100)
    if when is None and not words and status == "completed" and "occurrenceDateTime" not in resource:
        resource.refuse("occurrence[x]", "a dose that was given needs its date")
    if when and when.partial:
        # Intervals between doses are counted in days, so half a date is words and not a day.
        flags.append("partial_date")
        words = when.text
    return Immunization(
        source_id=source_id,
        subject=read_reference(resource, "patient", "Patient"),
        cvx=cvx,
        coding=coding,
        name=name or f"CVX {cvx}",
        when=when,
        date_text=words,
        status=status,
        status_reason=_reason(resource, status),
        historical=resource.boolean("primarySource") is False,
        dose_number=_dose_number(resource),
        lot_number=resource.text("lotNumber", 50),
        manufacturer=_display(resource, "manufacturer"),
        site=_place(resource, "site"),
        route=_place(resource, "route"),
        confidential=is_confidential(resource, vaccine),
        flags=tuple(flags),
    )


def _vaccine_code(resource: Element, vaccine: Concept, status: str) -> tuple[str, Coding | None, list[str]]:
    """Return the CVX code, or another system's code with the flag that no schedule can read it."""
    coding = vaccine.within(CVX)
    if coding is None:
        other, _ = vaccine.chosen(SNOMED, NDC)
        return "", other, ["unknown_code"]
    if not CVX_CODE.fullmatch(coding.code):
        resource.refuse("vaccineCode", f"{coding.code!r} is not a CVX code")
        return "", None, []
    # Spreadsheets eat the leading zero of 03 and 08; a CVX code has at least two digits.
    code = coding.code.zfill(2)
    if code == NO_VACCINE and status == "completed":
        resource.refuse("vaccineCode", "CVX 998 means that no vaccine was given, and the status says that one was")
    return code, None, ["unknown_code"] if code == UNKNOWN_VACCINE else []


def _target_diseases(resource: Element) -> str:
    """Return what the dose was against, for a source that does not name the vaccine."""
    labels = [
        read_concept(disease).label
        for protocol in resource.children("protocolApplied")
        for disease in protocol.children("targetDisease")
    ]
    found = ", ".join(dict.fromkeys(label for label in labels if label))
    return f"Vaccine against {found}" if found else ""


def _reason(resource: Element, status: str) -> str:
    if status == "entered_in_error":
        return "Entered in error at the source"
    reason = read_concept(resource.child("statusReason")).label
    if len(reason) > 200:
        resource.refuse("statusReason", "is longer than 200 characters")
    return reason


def _dose_number(resource: Element) -> int | None:
    """Return the number of the dose where the source gives a number; words such as "booster" are not one."""
    for protocol in resource.children("protocolApplied"):
        number = protocol.number("doseNumberPositiveInt")
        if number is None:
            continue
        if not isinstance(number, int) or not 1 <= number <= MOST_DOSES:
            protocol.refuse("doseNumberPositiveInt", f"{number} is not the number of a dose")
            return None
        return number
    return None


def _display(resource: Element, key: str) -> str:
    """Return a reference in words: what it displays, else the identifier it names."""
    named = resource.child(key)
    if named is None:
        return ""
    identifier = named.child("identifier")
    return named.text("display", 100) or (identifier.text("value", 100) if identifier else "")


def _place(resource: Element, key: str) -> str:
    """Return site or route in words; words that are too long for their column give way to the code."""
    concept = read_concept(resource.child(key))
    if len(concept.label) <= PLACE_LIMIT:
        return concept.label
    return concept.codings[0].code if concept.codings else concept.label[: PLACE_LIMIT - 1] + "…"

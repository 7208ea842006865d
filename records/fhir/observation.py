"""A FHIR Observation: vital signs to be charted, or a result kept in words."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from records.fhir.coding import LOINC, SNOMED, Coding, Concept, read_concept, read_concepts
from records.fhir.dates import Moment, choice_of_moments, moment
from records.fhir.element import Element
from records.fhir.references import Reference, read_reference
from records.fhir.sensitivity import is_confidential
from records.fhir.values import value_in_words, values_given
from records.fhir.vitals import VitalValue, charted, is_panel, read_vital

# https://hl7.org/fhir/R4/valueset-observation-status.html
STATUSES: Final = {
    "final": "final",
    "preliminary": "final",
    "unknown": "final",
    "amended": "amended",
    "corrected": "amended",
    "entered-in-error": "entered_in_error",
}
WITHOUT_RESULT: Final = frozenset({"registered", "cancelled"})

TYPE_BY_CATEGORY: Final = {
    "laboratory": "LAB_RESULT",
    "imaging": "RADIOLOGY",
    "procedure": "PROCEDURE",
    "survey": "SCREENING",
    "exam": "EXAMINATION",
    "therapy": "THERAPY",
}
# Percentiles of BMI, head and weight for length, as the source computed them: ours are computed, not copied.
GROWTH_PERCENTILES: Final = frozenset({"59576-9", "59574-4", "59575-1", "8289-1", "77606-2"})
DESCRIPTION_LIMIT: Final = 500
RESULT_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class Observation:
    """An observation. With `vitals` it is charted; without, `result` and `notes` keep its value in words.

    `visit` names the Encounter it was made in, or is ''.
    """

    source_id: str
    subject: Reference
    visit: str
    type: str
    when: Moment
    description: str
    coding: Coding | None
    result: str
    notes: str
    vitals: tuple[VitalValue, ...]
    status: str
    confidential: bool
    flags: tuple[str, ...]


def read_observation(resource: Element, source_id: str, now: datetime.datetime) -> Observation | None:
    """Read an Observation; None after a problem without which there is no record."""
    written = resource.text("status")
    if written in WITHOUT_RESULT:
        resource.refuse("status", f"the observation is {written}: it has no result that could be kept")
    elif written not in STATUSES:
        resource.refuse("status", f"{written!r} is not a status of an R4 Observation" if written else "is missing")
    concept = read_concept(resource.child("code"))
    if not concept.label:
        resource.refuse("code", "does not say what was observed")
    flags: list[str] = []
    when = _when(resource, now, flags)
    vitals, rest = _vitals(resource, concept)
    result, notes = ("", "") if vitals else _result(resource)
    if not (vitals or result or notes):
        _refuse_empty(resource)
    coding, known = concept.chosen(LOINC, SNOMED)
    if coding and not known:
        flags.append("unknown_code")
    flags += sorted({vital.method for vital in vitals if vital.method})
    if when is None or resource.problems:
        return None
    visit = read_reference(resource, "encounter", "Encounter")
    return Observation(
        source_id=source_id,
        subject=read_reference(resource, "subject", "Patient"),
        visit=visit.id or visit.url,
        type="VITAL_SIGNS_CHECK" if vitals else _record_type(resource, concept),
        when=when,
        description=concept.label,
        coding=coding,
        result=result,
        notes="\n".join(filter(None, (notes, *rest, *_remarks(resource)))),
        vitals=tuple(vitals),
        status=STATUSES.get(written, "final"),
        confidential=is_confidential(resource, concept),
        flags=tuple(flags),
    )


def _when(resource: Element, now: datetime.datetime, flags: list[str]) -> Moment | None:
    """Return when it was observed, else when it was issued, which is flagged."""
    when = choice_of_moments(resource, "effective", now)
    if when is None and not any(f"effective{kind}" in resource for kind in ("DateTime", "Instant", "Period")):
        when = moment(resource, "issued", now)
        flags.append("date_is_when_issued")
    if when is None:
        if not resource.problems:
            resource.refuse("effective[x]", "an observation without a date")
        return None
    if when.partial:
        flags.append("partial_date")
    return when


def _vitals(resource: Element, concept: Concept) -> tuple[list[VitalValue], list[str]]:
    """Return the vital signs of the observation or of its components, and its other components in words."""
    found: list[VitalValue] = []
    words: list[str] = []
    own = charted(concept)
    quantity = resource.child("valueQuantity") if own else None
    if own and quantity and "comparator" not in quantity:
        vital = read_vital(quantity, own)
        found += [vital] if vital else []
    for component in resource.children("component"):
        part = read_concept(component.child("code"))
        place = charted(part) if is_panel(concept) or own else None
        measured = component.child("valueQuantity") if place else None
        if place and measured and "comparator" not in measured:
            vital = read_vital(measured, place)
            found += [vital] if vital else []
        else:
            value = value_in_words(component)
            words += [f"{part.label}: {value}"] if value else []
    keys = [vital.key for vital in found]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        resource.refuse("component", f"gives {key} more than once")
    # Without anything to chart the components are the result itself (_result reads them).
    return found, words if found else []


def _result(resource: Element) -> tuple[str, str]:
    """Return the value in words for the result column, and what does not fit there for the notes."""
    parts = [value_in_words(resource)]
    for component in resource.children("component"):
        value = value_in_words(component)
        parts += [f"{read_concept(component.child('code')).label}: {value}"] if value else []
    text = "; ".join(filter(None, parts))
    return (text, "") if len(text) <= RESULT_LIMIT else ("", text)


def _refuse_empty(resource: Element) -> None:
    """Say why there is no value, in the source's words where it gives them."""
    absent = read_concept(resource.child("dataAbsentReason")).label
    if resource.problems:
        return
    if absent:
        resource.refuse("dataAbsentReason", f"the source has no value: {absent}")
    elif values_given(resource):
        resource.refuse(values_given(resource)[0], "is not a value that White Cross can keep")
    else:
        resource.refuse("value[x]", "an observation without a value")


def _record_type(resource: Element, concept: Concept) -> str:
    if any(coding.system == LOINC and coding.code in GROWTH_PERCENTILES for coding in concept.codings):
        return "GROWTH_ASSESSMENT"
    for category in read_concepts(resource.children("category")):
        for coding in category.codings:
            if coding.code in TYPE_BY_CATEGORY:
                return TYPE_BY_CATEGORY[coding.code]
    return "OTHER"


def _remarks(resource: Element) -> list[str]:
    """Return interpretation and notes of the source."""
    read = [concept.label for concept in read_concepts(resource.children("interpretation"))]
    remarks = [f"Interpretation: {', '.join(read)}"] if read else []
    return remarks + [note.text("text", None) for note in resource.children("note")]

"""Codes: which system they come from, and what to call them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from records.fhir.element import Element

LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"
CVX: Final = "http://hl7.org/fhir/sid/cvx"
NDC: Final = "http://hl7.org/fhir/sid/ndc"
ICD10_CM: Final = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10: Final = "http://hl7.org/fhir/sid/icd-10"
RXNORM: Final = "http://www.nlm.nih.gov/research/umls/rxnorm"
UNII: Final = "http://fdasis.nlm.nih.gov"
NULL_FLAVOR: Final = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"

# Older senders and C-CDA converters name the same systems by OID (https://hl7.org/fhir/R4/terminologies-systems.html).
SAME_SYSTEM: Final = {
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "urn:oid:2.16.840.1.113883.12.292": CVX,
    "urn:oid:2.16.840.1.113883.6.69": NDC,
    "urn:oid:2.16.840.1.113883.6.90": ICD10_CM,
    "urn:oid:2.16.840.1.113883.6.3": ICD10,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM,
    "urn:oid:2.16.840.1.113883.4.9": UNII,
    "urn:oid:2.16.840.1.113883.5.1008": NULL_FLAVOR,
    "http://hl7.org/fhir/v3/NullFlavor": NULL_FLAVOR,
}


@dataclass(frozen=True, slots=True)
class Coding:
    """A code, the system that defines it, and its words there."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """A CodeableConcept: the same thing in several code systems, and in words."""

    codings: tuple[Coding, ...] = ()
    text: str = ""

    def within(self, *systems: str) -> Coding | None:
        """Return the first coding from these systems, in the order of `systems`."""
        for system in systems:
            for coding in self.codings:
                if coding.system == system:
                    return coding
        return None

    @property
    def label(self) -> str:
        """Return what to call it: its text, else the words of a coding, else the bare code."""
        return (
            self.text
            or next((coding.display for coding in self.codings if coding.display), "")
            or next((coding.code for coding in self.codings), "")
        )

    def chosen(self, *known: str) -> tuple[Coding | None, bool]:
        """Return the coding to keep and whether its system is one of `known`; any coding is better than none."""
        coding = self.within(*known)
        if coding:
            return coding, True
        return next(iter(self.codings), None), False


def read_codings(elements: list[Element]) -> tuple[Coding, ...]:
    """Read codings; one without a code is words only, and a null flavor says that there is no code."""
    found = []
    for element in elements:
        system = element.text("system")
        coding = Coding(SAME_SYSTEM.get(system, system), element.text("code", 50), element.text("display", 500))
        if coding.code and coding.system != NULL_FLAVOR:
            found.append(coding)
    return tuple(found)


def read_concept(element: Element | None) -> Concept:
    """Read a CodeableConcept; an absent one is an empty concept."""
    if element is None:
        return Concept()
    return Concept(read_codings(element.children("coding")), element.text("text", 500))


def read_concepts(elements: list[Element]) -> list[Concept]:
    """Read a list of CodeableConcepts, without the empty ones."""
    return [concept for concept in map(read_concept, elements) if concept.label]


def status_code(element: Element, key: str) -> str:
    """Return the code of a status that R4 gives as a CodeableConcept, '' where it is absent."""
    concept = read_concept(element.child(key))
    return concept.codings[0].code if concept.codings else ""

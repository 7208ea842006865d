"""A FHIR AllergyIntolerance. None is confidential: an allergy that not everybody sees is a danger."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from records.fhir.coding import ICD10_CM, NDC, RXNORM, SNOMED, UNII, Coding, Concept, read_concept, status_code
from records.fhir.dates import Moment, choice_of_moments
from records.fhir.element import Element
from records.fhir.references import Reference, read_reference

CATEGORIES: Final = {"food": "food", "medication": "medication", "environment": "environmental", "biologic": "other"}

# SNOMED CT concepts whose own words say what kind of thing it is. They decide against the source's category, because
# Synthea files every allergy under `food`, and because FHIR has no category for insects and latex at all.
CATEGORY_BY_SNOMED: Final = {
    "300916003": "latex",  # latex allergy
    "111088007": "latex",  # latex (substance)
    "424213003": "insect",  # allergy to bee venom
    "288328004": "insect",  # bee venom
    "232347008": "environmental",  # dander (animal) allergy
    "264287008": "environmental",  # animal dander
    "232350006": "environmental",  # house dust mite allergy
    "260147004": "environmental",  # house dust mite
    "418689008": "environmental",  # allergy to grass pollen
    "256277009": "environmental",  # grass pollen
    "419263009": "environmental",  # allergy to tree pollen
    "419474003": "environmental",  # allergy to mold
    "84489001": "environmental",  # mold
}

MILD, MODERATE, SEVERE, LIFE_THREATENING = 1, 2, 3, 4
REACTION_SEVERITIES: Final = {"mild": MILD, "moderate": MODERATE, "severe": SEVERE}
CRITICALITIES: Final = frozenset({"low", "high", "unable-to-assess"})
STATUSES: Final = frozenset({"active", "inactive", "resolved"})
VERIFICATIONS: Final = frozenset({"unconfirmed", "confirmed", "refuted", "entered-in-error"})
NAME_LIMIT: Final = 200
REACTION_LIMIT: Final = 500


@dataclass(frozen=True, slots=True)
class Allergy:
    """An allergy; `severity` 0 is not recorded, 1 mild, 2 moderate, 3 severe, 4 life-threatening."""

    source_id: str
    subject: Reference
    allergen: str
    coding: Coding | None
    category: str
    severity: int
    reaction: str
    status: str
    status_reason: str
    verified: bool
    onset: Moment | None
    entered_in_error: bool
    flags: tuple[str, ...]


def read_allergy(resource: Element, source_id: str, now: datetime.datetime) -> Allergy:
    """Read an AllergyIntolerance; problems are noted on the element."""
    concept = read_concept(resource.child("code"))
    reactions = resource.children("reaction")
    allergen = concept.label or _substances(reactions)
    if not allergen:
        resource.refuse("code", "an allergy that does not say to what")
    elif len(allergen) > NAME_LIMIT:
        resource.refuse("code", f"the name is longer than {NAME_LIMIT} characters")
    verification = status_code(resource, "verificationStatus")
    if verification and verification not in VERIFICATIONS:
        resource.refuse("verificationStatus", f"{verification!r} is not a verification status of R4")
    clinical = status_code(resource, "clinicalStatus")
    if clinical and clinical not in STATUSES:
        resource.refuse("clinicalStatus", f"{clinical!r} is not a clinical status of R4")
    onset = choice_of_moments(resource, "onset", now)
    coding, known = concept.chosen(SNOMED, RXNORM, NDC, UNII, ICD10_CM)
    flags = [] if known or not coding else ["unknown_code"]
    if onset and onset.partial:
        flags.append("partial_date")
    refuted = verification == "refuted"
    return Allergy(
        source_id=source_id,
        subject=read_reference(resource, "patient", "Patient"),
        allergen=allergen,
        coding=coding,
        category=_category(resource, concept),
        severity=_severity(resource, reactions),
        reaction=_reaction(resource, reactions),
        # An allergy without a clinical status is shown as active: a wrong alarm is better than a missing one.
        status="inactive" if refuted else clinical or "active",
        status_reason="Refuted by the source" if refuted else "",
        verified=verification == "confirmed",
        onset=onset,
        entered_in_error=verification == "entered-in-error",
        flags=tuple(flags),
    )


def _category(resource: Element, concept: Concept) -> str:
    coding = concept.within(SNOMED)
    if coding and coding.code in CATEGORY_BY_SNOMED:
        return CATEGORY_BY_SNOMED[coding.code]
    stated = resource.texts("category")
    for index, category in enumerate(stated):
        if category not in CATEGORIES:
            resource.refuse(f"category[{index}]", f"{category!r} is not a category of R4")
    if stated:
        return CATEGORIES.get(stated[0], "other")
    # RxNorm and NDC name drugs and nothing else.
    return "medication" if concept.within(RXNORM, NDC) else "other"


def _severity(resource: Element, reactions: list[Element]) -> int:
    """Return the worst that is known.

    FHIR defines criticality `high` as "worst case result of a future exposure is assessed to be life-threatening or
    having high potential for organ system failure"; `low` says only that it is not, so it tells no severity. The
    severity of a reaction that was seen is a different thing and counts by itself.
    """
    criticality = resource.text("criticality")
    if criticality and criticality not in CRITICALITIES:
        resource.refuse("criticality", f"{criticality!r} is not a criticality of R4 (low, high, unable-to-assess)")
    found = [LIFE_THREATENING] if criticality == "high" else [0]
    for reaction in reactions:
        severity = reaction.text("severity")
        if severity and severity not in REACTION_SEVERITIES:
            reaction.refuse("severity", f"{severity!r} is not a reaction severity of R4 (mild, moderate, severe)")
        found.append(REACTION_SEVERITIES.get(severity, 0))
    return max(found)


def _reaction(resource: Element, reactions: list[Element]) -> str:
    """Return what happened, in the source's words, each manifestation once."""
    words = [
        label
        for reaction in reactions
        for label in [
            *(read_concept(manifestation).label for manifestation in reaction.children("manifestation")),
            reaction.text("description", REACTION_LIMIT),
        ]
        if label
    ]
    text = ", ".join(dict.fromkeys(words))
    if len(text) > REACTION_LIMIT:
        resource.refuse("reaction", f"its words are longer than {REACTION_LIMIT} characters together")
    return text


def _substances(reactions: list[Element]) -> str:
    """Return the substances of the reactions, where the allergy itself names none."""
    labels = [read_concept(reaction.child("substance")).label for reaction in reactions]
    return ", ".join(dict.fromkeys(label for label in labels if label))

"""Allergies of made-up students.

Shares of children, rounded, for demonstration:
food 7.6 %        Gupta et al., Pediatrics 2018;142(6):e20181235: peanut 2.2, milk 1.9, shellfish 1.3, tree nut 1.2 %;
                  among the food-allergic 42 % had a severe reaction and 40 % react to several foods. Doctors'
                  diagnoses give 5.8 % (NCHS Data Brief 459, 2023). Egg, fish, wheat, soy and sesame: about the order
                  of magnitude.
stings 0.5 %      systemic reactions in 5 of 1,035 children (Quercia et al., Minerva Pediatr 2014;66:257)
penicillin 5 %    18,015 labels (Pediatrics 2023;151(3)) in a birth cohort of 334,465 (Taylor et al., JAMA Netw Open
                  2022;5:e222117)
seasonal 18.9 %   NCHS Data Brief 459; about half reach the school's records
latex             about 0.5 %.
Codes: ICD-10-CM allergy status (Z88, Z91.0).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import accumulate

from records.demo.cast import Trait
from records.demo.chance import Chance
from records.demo.people import Child
from records.demo.rows import AllergyRow
from records.fhir.coding import ICD10_CM

MILD, MODERATE, SEVERE, LIFE_THREATENING = 1, 2, 3, 4
REACTIONS = {
    MILD: ("Itching of the mouth", "Mild hives around the mouth", "Sneezing, watery eyes", "Mild rash"),
    MODERATE: (
        "Hives over the body",
        "Swelling of the lips",
        "Vomiting within the hour",
        "Hives and stomach cramps",
    ),
    SEVERE: (
        "Swelling of face and lips, wheezing",
        "Repeated vomiting and hives",
        "Wheezing, needed the emergency room",
    ),
    LIFE_THREATENING: (
        "Anaphylaxis: throat swelling, trouble breathing, drop in blood pressure",
        "Anaphylaxis: hives, wheezing, collapse within minutes",
    ),
}
# Auto-injectors come in two strengths; the stronger from 25 kg, about eight years (AAP, Pediatrics
# 2017;139(3):e20164006).
EPINEPHRINE = (
    "Epinephrine auto-injector {dose} mg into the outer thigh at the first sign, call 911, then the parent. "
    "In the unlocked cabinet."
)
ANTIHISTAMINE = "Antihistamine as ordered. Watch for 60 minutes; a second symptom means epinephrine and 911."
AVOID = "Avoid. Tell the parent after contact."


@dataclass(frozen=True, slots=True)
class Allergen:
    """A thing to be allergic to; `weights` of mild, moderate, severe, life-threatening."""

    name: str
    category: str
    code: str
    share: float
    weights: tuple[int, int, int, int]


FOODS = (
    Allergen("Peanut", "food", "Z91.010", 2.2, (14, 30, 34, 22)),
    Allergen("Milk", "food", "Z91.011", 1.9, (35, 43, 19, 3)),
    Allergen("Shellfish", "food", "Z91.013", 1.3, (28, 36, 28, 8)),
    Allergen("Tree nuts", "food", "Z91.018", 1.2, (16, 32, 34, 18)),
    Allergen("Egg", "food", "Z91.012", 0.9, (36, 42, 20, 2)),
    Allergen("Fish", "food", "Z91.013", 0.6, (30, 38, 26, 6)),
    Allergen("Wheat", "food", "Z91.018", 0.5, (44, 42, 13, 1)),
    Allergen("Soy", "food", "Z91.018", 0.5, (46, 42, 11, 1)),
    Allergen("Sesame", "food", "Z91.018", 0.2, (22, 38, 30, 10)),
)
FOOD_SHARES = list(accumulate(food.share for food in FOODS))
FOOD_ALLERGIC, SEVERAL_FOODS = 0.076, 0.4
OTHERS = (
    (0.005, Allergen("Bee and wasp stings", "insect", "Z91.030", 0, (0, 40, 30, 30))),
    (0.045, Allergen("Penicillin", "medication", "Z88.0", 0, (52, 40, 7, 1))),
    (0.008, Allergen("Ibuprofen", "medication", "Z88.6", 0, (60, 32, 8, 0))),
    (0.006, Allergen("Sulfonamides", "medication", "Z88.2", 0, (54, 38, 8, 0))),
    (0.09, Allergen("Tree and grass pollen", "environmental", "Z91.09", 0, (78, 22, 0, 0))),
    (0.03, Allergen("House dust mites", "environmental", "Z91.09", 0, (76, 24, 0, 0))),
    (0.03, Allergen("Cat dander", "environmental", "Z91.09", 0, (70, 28, 2, 0))),
    (0.005, Allergen("Latex", "latex", "Z91.040", 0, (52, 36, 12, 0))),
)
OUTGROWN = 0.1
BY_TRAIT = {Trait.PEANUT_ALLERGY: FOODS[0], Trait.BEE_ALLERGY: OTHERS[0][1]}


def draw_allergies(child: Child, until: datetime.date, chance: Chance) -> list[AllergyRow]:
    """Return the child's allergies; a trait's is life-threatening."""
    forced = [BY_TRAIT[trait] for trait in sorted(child.traits) if trait in BY_TRAIT]
    drawn: list[Allergen] = []
    if chance.happens(FOOD_ALLERGIC):
        drawn = chance.choices(FOODS, cum_weights=FOOD_SHARES, k=2 if chance.happens(SEVERAL_FOODS) else 1)
    drawn += [allergen for share, allergen in OTHERS if chance.happens(share)]
    rows = [allergy(child, allergen, LIFE_THREATENING, until, chance) for allergen in forced]
    for allergen in dict.fromkeys(drawn):
        if allergen not in forced:
            severity = chance.choices((MILD, MODERATE, SEVERE, LIFE_THREATENING), weights=allergen.weights)[0]
            rows.append(allergy(child, allergen, severity, until, chance))
    return rows


def allergy(child: Child, allergen: Allergen, severity: int, until: datetime.date, chance: Chance) -> AllergyRow:
    """Return the row; first noticed in early childhood, known to the school since the child came."""
    onset = child.birth_date + datetime.timedelta(days=chance.randrange(200, 1400))
    known = chance.moment_on(child.enrolled_on)
    outgrown = severity <= MODERATE and allergen.category == "food" and chance.happens(OUTGROWN)
    return AllergyRow(
        id=chance.new_id(known),
        student_id=child.id,
        allergen=allergen.name,
        category=allergen.category,
        severity=severity,
        reaction=chance.choice(REACTIONS[severity]),
        treatment=treatment(allergen, severity, child.age_on(until)),
        onset_date=onset if onset <= until else None,
        verified=severity >= SEVERE or chance.happens(0.4),
        code_system=ICD10_CM,
        code=allergen.code,
        created_at=known,
        updated_at=known,
        status="resolved" if outgrown else "active",
        status_reason="Passed a supervised food challenge." if outgrown else "",
    )


def treatment(allergen: Allergen, severity: int, age: float) -> str:
    """Return what to do on contact."""
    if severity == LIFE_THREATENING:
        return EPINEPHRINE.format(dose="0.3" if age >= 8 else "0.15")
    if allergen.category in ("medication", "latex"):
        return AVOID
    return ANTIHISTAMINE if severity >= MODERATE else ""

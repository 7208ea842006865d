"""Conditions of made-up students: how often, since when, how bad, and what to do when they strike.

Shares of children, from surveys of US children; rounded, for demonstration:
asthma 8 %       current asthma 7.0 % under 18, 9.1 % at 5 to 14 (CDC, NHIS 2019, table 4-1); some outgrew it
ADHD 8.8 %       ever diagnosed, 3 to 17 years, boys twice as often (QuickStats, MMWR 2021;70:1024)
anxiety 9.4 %    ever diagnosed, 3 to 17 years (Bitsko et al., MMWR Suppl 2022;71(2)); about half reach the school
epilepsy 0.6 %   active, 0 to 17 years (CDC, School health policies and practices brief: epilepsy)
diabetes 0.3 %   type 1: 1.93 per 1,000 under 20 in 2009 and rising, more in older children (Diabetes Care 2014;37:402)
eczema 10.8 %    diagnosed, 0 to 17 years (NCHS Data Brief 459, 2023); about a third reach the school
autism, migraine, celiac and sickle cell disease: about the order of magnitude.
Codes: ICD-10-CM.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from records.demo.cast import Trait
from records.demo.chance import Chance
from records.demo.people import Child
from records.demo.rows import ConditionRow
from records.fhir.coding import ICD10_CM


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A condition; `severities` are the weights of mild, moderate, severe, `onset` the ages it begins between."""

    key: str
    name: str
    code: str
    share: float
    onset: tuple[float, float]
    severities: tuple[int, int, int] = (60, 32, 8)
    outgrown: float = 0.0
    boys: float = 1.0
    notes: tuple[str, ...] = ()
    emergency_protocol: str = ""
    # Without it the protocol is given to severe cases only.
    always_urgent: bool = False
    confidential: bool = False


DIAGNOSES = (
    Diagnosis(
        "asthma",
        "Asthma",
        "J45.909",
        0.092,
        (1.5, 8),
        outgrown=0.12,
        notes=(
            "Rescue inhaler in the health office. Triggers: cold air, running.",
            "Carries the inhaler and uses it well (self-carry form on file). Triggers: pollen, viral colds.",
            "Albuterol with spacer before gym. Triggers: dust, smoke, strong smells.",
        ),
        emergency_protocol=(
            "Albuterol 4 puffs by spacer, again after 20 minutes. Call 911 if the student cannot speak a sentence, "
            "lips are blue, or there is no relief after the second dose. Call the parent."
        ),
    ),
    Diagnosis(
        "adhd",
        "Attention-deficit hyperactivity disorder",
        "F90.2",
        0.088,
        (5, 10),
        boys=1.35,
        notes=(
            "Methylphenidate at home in the morning.",
            "504 plan: breaks for movement, a seat in front.",
            "No medication.",
        ),
    ),
    Diagnosis(
        "anxiety",
        "Generalized anxiety disorder",
        "F41.1",
        0.045,
        (7, 13),
        boys=0.8,
        confidential=True,
        notes=("Sees the counselor weekly. May leave class with the green card.", "In outpatient therapy."),
    ),
    Diagnosis(
        "epilepsy",
        "Epilepsy",
        "G40.909",
        0.006,
        (1, 10),
        (30, 45, 25),
        always_urgent=True,
        notes=("Levetiracetam twice a day at home. Last seizure is in the seizure log.",),
        emergency_protocol=(
            "Time the seizure, turn on the side, nothing in the mouth. After 5 minutes: rescue medication as ordered "
            "and 911. Call the parent after every seizure."
        ),
    ),
    Diagnosis(
        "diabetes",
        "Type 1 diabetes mellitus",
        "E10.9",
        0.003,
        (3, 11),
        (0, 60, 40),
        always_urgent=True,
        notes=("Continuous glucose monitor and pump. Care plan of the endocrinologist on file.",),
        emergency_protocol=(
            "Below 70 mg/dL: 15 g fast sugar, check again after 15 minutes, never leave alone. Unconscious or seizing: "
            "glucagon and 911. Above 300 mg/dL: check ketones, call the parent."
        ),
    ),
    Diagnosis(
        "eczema",
        "Atopic dermatitis",
        "L20.9",
        0.035,
        (0.3, 4),
        outgrown=0.3,
        notes=("Emollient in the health office.", "Cotton gloves for art class."),
    ),
    Diagnosis(
        "autism",
        "Autistic disorder",
        "F84.0",
        0.025,
        (2, 5),
        boys=1.6,
        notes=("IEP. Headphones for drills and assemblies.",),
    ),
    Diagnosis("migraine", "Migraine", "G43.909", 0.03, (7, 13), notes=("Dark room, water, ibuprofen as ordered.",)),
    Diagnosis(
        "celiac", "Celiac disease", "K90.0", 0.007, (2, 9), notes=("Gluten-free meals; the kitchen has the list.",)
    ),
    Diagnosis(
        "sickle_cell",
        "Sickle-cell disease",
        "D57.1",
        0.0008,
        (0.3, 1),
        (0, 60, 40),
        always_urgent=True,
        emergency_protocol=(
            "Fever of 101 F (38.3 C), chest pain, or pain that water and rest do not ease: call 911, then the parent."
        ),
    ),
)
BY_TRAIT = {
    Trait.ASTHMA: "asthma",
    Trait.DIABETES: "diabetes",
    Trait.EPILEPSY: "epilepsy",
    Trait.ANXIETY: "anxiety",
}


@dataclass(frozen=True, slots=True)
class Illness:
    """A diagnosis in one child."""

    diagnosis: Diagnosis
    row: ConditionRow


def draw_illnesses(child: Child, until: datetime.date, chance: Chance) -> list[Illness]:
    """Return the child's conditions: those of its traits, others by chance."""
    forced = {BY_TRAIT[trait] for trait in child.traits if trait in BY_TRAIT}
    found = []
    for diagnosis in DIAGNOSES:
        share = diagnosis.share * (diagnosis.boys if child.sex == "male" else 2 - diagnosis.boys)
        if diagnosis.key in forced or chance.happens(share):
            begins = child.birth_date + datetime.timedelta(days=int(chance.uniform(*diagnosis.onset) * 365.25))
            if diagnosis.key in forced:
                begins = min(begins, child.enrolled_on)
            if begins <= until:
                found.append(
                    Illness(diagnosis, condition(child, diagnosis, begins, until, chance, diagnosis.key in forced))
                )
    return found


def condition(
    child: Child,
    diagnosis: Diagnosis,
    begins: datetime.date,
    until: datetime.date,
    chance: Chance,
    forced: bool,
) -> ConditionRow:
    """Return the row of a condition; the school learned of it at the latest when it began or the child came."""
    severity = chance.choices((1, 2, 3), weights=diagnosis.severities)[0]
    status = chance.choices(("active", "managed", "monitoring"), weights=(55, 35, 10))[0]
    abated = None
    if not forced and chance.happens(diagnosis.outgrown) and (until - begins).days > 730:
        status, abated = (
            "resolved",
            begins + datetime.timedelta(days=chance.randrange(700, (until - begins).days)),
        )
    urgent = diagnosis.always_urgent or severity == 3 or Trait.LONG_HISTORY in child.traits
    known = chance.moment_on(max(begins, child.enrolled_on))
    return ConditionRow(
        id=chance.new_id(known),
        student_id=child.id,
        name=diagnosis.name,
        code_system=ICD10_CM,
        code=diagnosis.code,
        status=status,
        severity=severity,
        onset_date=begins,
        abated_date=abated,
        notes=chance.choice(diagnosis.notes) if diagnosis.notes else "",
        emergency_protocol=diagnosis.emergency_protocol if urgent else "",
        confidential=diagnosis.confidential,
        created_at=known,
        updated_at=known,
    )

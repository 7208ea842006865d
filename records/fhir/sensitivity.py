"""What is confidential: the one list of codes, and why each is on it.

The kinds are those of HL7's value set ActInformationSensitivityPolicy
(http://terminology.hl7.org/ValueSet/v3-ActInformationSensitivityPolicy): HIV, sexuality and reproductive health (SEX),
sexually transmitted disease (STD), sexual assault, abuse and domestic violence (SDV), substance use (ETH), mental
health (MH). They are also what most states let a minor consent to alone (domain: 42 CFR Part 2 for substance use).
Tobacco smoking status is not on it: US Core has it recorded at every visit, and no law treats it apart.

LOINC codes are from loinc.org, ICD-10-CM categories from the CDC/NCHS tabular list, SNOMED CT codes from its US
edition. A code that is missing here belongs here: add it with its words.
"""

from typing import Final

from records.fhir.coding import ICD10, ICD10_CM, LOINC, SNOMED, Concept, read_codings
from records.fhir.element import Element

SENSITIVE_LOINC: Final = {
    "55277-8": "HIV: status",
    "75622-1": "HIV: 1 and 2 tests, meaningful use set",
    "56888-1": "HIV: 1+2 antibody and p24 antigen",
    "7917-8": "HIV: 1 antibody",
    "76690-7": "SEX: sexual orientation",
    "76691-5": "SEX: gender identity",
    "82810-3": "SEX: pregnancy status",
    "86645-9": "SEX: pregnancy intention",
    "2106-3": "SEX: pregnancy test in urine",
    "2118-8": "SEX: pregnancy test in serum",
    "21613-5": "STD: Chlamydia trachomatis DNA",
    "24111-7": "STD: Neisseria gonorrhoeae DNA",
    "36902-5": "STD: Chlamydia and Neisseria DNA",
    "28245-9": "SDV: abuse status",
    "76499-3": "SDV: humiliated or abused by partner",
    "76500-8": "SDV: afraid of partner",
    "76501-6": "SDV: afraid of partner or ex-partner",
    "76502-4": "SDV: hurt by partner",
    "76504-0": "SDV: HARK score",
    "11331-6": "ETH: history of alcohol use",
    "72109-2": "ETH: AUDIT-C alcohol screening",
    "75626-2": "ETH: AUDIT-C score",
    "11343-1": "ETH: history of other drug use",
    "82666-9": "ETH: DAST-10 drug screening",
    "82667-7": "ETH: DAST-10 score",
    "44249-1": "MH: PHQ-9",
    "44261-6": "MH: PHQ-9 score",
    "44260-8": "MH: PHQ-9, thoughts of death or self-harm",
    "55758-7": "MH: PHQ-2 score",
    "89204-2": "MH: PHQ-A score",
    "73831-0": "MH: adolescent depression screening",
    "69737-5": "MH: GAD-7",
    "70274-6": "MH: GAD-7 score",
}

SENSITIVE_SNOMED: Final = {
    "86406008": "HIV: infection",
    "165816005": "HIV: positive",
    "77386006": "SEX: pregnant",
    "72892002": "SEX: normal pregnancy",
    "161744009": "SEX: past pregnancy history",
    "19169002": "SEX: miscarriage in first trimester",
    "424441002": "SEX: prenatal initial visit",
    "424619006": "SEX: prenatal visit",
    "169762003": "SEX: postnatal visit",
    "183460006": "SEX: obstetric emergency admission",
    "706893006": "SDV: victim of intimate partner abuse",
    "7200002": "ETH: alcoholism",
    "66590003": "ETH: alcohol dependence",
    "191816009": "ETH: drug dependence",
    "5602001": "ETH: opioid abuse",
    "361055000": "ETH: misuses drugs",
    "35489007": "MH: depressive disorder",
    "370143000": "MH: major depressive disorder",
    "36923009": "MH: major depression, single episode",
    "82313006": "MH: suicide attempt",
    "6471006": "MH: suicidal thoughts",
}

# Categories of ICD-10-CM: a code is sensitive when it begins with one of these.
SENSITIVE_ICD10: Final = {
    "B20": "HIV: disease",
    "Z21": "HIV: asymptomatic infection",
    "R75": "HIV: inconclusive test",
    **{f"A{n}": "STD: infections with a predominantly sexual mode of transmission" for n in range(50, 65)},
    "O": "SEX: pregnancy, childbirth and the puerperium",
    "Z33": "SEX: pregnant state",
    "Z34": "SEX: supervision of normal pregnancy",
    "Z30": "SEX: contraceptive management",
    "Z72.5": "SEX: high-risk sexual behavior",
    "F64": "SEX: gender identity disorders",
    "T74": "SDV: abuse, neglect, maltreatment, confirmed",
    "T76": "SDV: abuse, neglect, maltreatment, suspected",
    **{f"F{n}": "ETH: disorders due to psychoactive substance use" for n in range(10, 20)},
    **{f"F{n}": "MH: psychotic, mood and anxiety disorders" for n in range(20, 49)},
    "R45.851": "MH: suicidal ideation",
    "T14.91": "MH: suicide attempt",
}

CONFIDENTIALITY: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
RESTRICTED: Final = frozenset({"R", "V"})
ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
SENSITIVITY_LABELS: Final = frozenset(
    {"BH", "ETH", "GDIS", "HIV", "MH", "MST", "OPIOIDUD", "PSY", "PSYTHPN", "SDV", "SEX", "SPI", "STD", "SUD", "VIO"}
)


def is_confidential(resource: Element, *concepts: Concept) -> bool:
    """Tell whether the source labels the resource restricted, or one of its codes is on the list."""
    meta = resource.child("meta")
    labels = read_codings(meta.children("security")) if meta else ()
    if any(
        (label.system == CONFIDENTIALITY and label.code in RESTRICTED)
        or (label.system == ACT_CODE and label.code in SENSITIVITY_LABELS)
        for label in labels
    ):
        return True
    return any(_sensitive(coding.system, coding.code) for concept in concepts for coding in concept.codings)


def _sensitive(system: str, code: str) -> bool:
    if system == LOINC:
        return code in SENSITIVE_LOINC
    if system == SNOMED:
        return code in SENSITIVE_SNOMED
    if system in (ICD10, ICD10_CM):
        return code.upper().startswith(tuple(SENSITIVE_ICD10))
    return False

"""The vaccines that made-up students were given, by CVX code, and at which visit to the doctor.

The visits follow the usual US childhood schedule of the years 2010 to 2025, as what happened and not as advice.
Makers are MVX codes.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A product: its CVX code, its name there, what a family refuses when it refuses it, makers and route."""

    cvx: str
    name: str
    against: str
    makers: tuple[str, ...]
    route: str = "Intramuscular"


HEP_B = Vaccine("08", "Hep B, adolescent or pediatric", "hepatitis B", ("MSD", "SKB"))
ROTAVIRUS = Vaccine("116", "rotavirus, pentavalent", "rotavirus", ("MSD",), "Oral")
DTAP = Vaccine("20", "DTaP", "diphtheria, tetanus, pertussis", ("PMC", "SKB"))
DTAP_HEPB_IPV = Vaccine("110", "DTaP-Hep B-IPV", "diphtheria, tetanus, pertussis", ("SKB",))
DTAP_IPV = Vaccine("130", "DTaP-IPV", "diphtheria, tetanus, pertussis", ("SKB",))
HIB = Vaccine("48", "Hib (PRP-T)", "Haemophilus influenzae type b", ("PMC",))
IPV = Vaccine("10", "IPV", "polio", ("PMC",))
PCV13 = Vaccine("133", "Pneumococcal conjugate PCV 13", "pneumococcus", ("PFR",))
PCV20 = Vaccine(
    "216",
    "Pneumococcal conjugate PCV20, polysaccharide CRM197 conjugate, adjuvant, PF",
    "pneumococcus",
    ("PFR",),
)
MMR = Vaccine("03", "MMR", "measles, mumps, rubella", ("MSD",), "Subcutaneous")
VARICELLA = Vaccine("21", "varicella", "chickenpox", ("MSD",), "Subcutaneous")
MMRV = Vaccine("94", "MMRV", "measles, mumps, rubella", ("MSD",), "Subcutaneous")
HEP_A = Vaccine("83", "Hep A, ped/adol, 2 dose", "hepatitis A", ("MSD", "SKB"))
TDAP = Vaccine("115", "Tdap", "diphtheria, tetanus, pertussis", ("PMC", "SKB"))
HPV9 = Vaccine("165", "HPV9", "human papillomavirus", ("MSD",))
MENACWY_D = Vaccine("114", "meningococcal MCV4P", "meningococcus", ("PMC",))
MENACWY_TT = Vaccine("203", "meningococcal conjugate quadrivalent, MenACWY-TT (MCV4)", "meningococcus", ("PMC",))
FLU_QUADRIVALENT = Vaccine("150", "Influenza, split virus, quadrivalent, PF", "influenza", ("PMC", "SKB", "SEQ"))
FLU_TRIVALENT = Vaccine("140", "Influenza, split virus, trivalent, PF", "influenza", ("PMC", "SKB", "SEQ"))

# Days of age at each visit, from and to: by the names of weeks, months and years the schedule speaks in.
VISITS: dict[str, tuple[int, int]] = {
    "birth": (0, 2),
    "2 months": (60, 76),
    "4 months": (121, 138),
    "6 months": (182, 204),
    "12 months": (366, 400),
    "15 months": (457, 490),
    "18 months": (585, 640),
    "4 years": (1462, 1800),
    "11 years": (4019, 4200),
    "11 years, second": (4383, 4560),
    "16 years": (5845, 6060),
}
Schedule = dict[str, tuple[Vaccine, ...]]
LATER: Schedule = {
    "12 months": (MMR, VARICELLA, HEP_A, HIB, PCV13),
    "15 months": (DTAP,),
    "18 months": (HEP_A,),
    "11 years": (TDAP, HPV9, MENACWY_D),
    "11 years, second": (HPV9,),
    "16 years": (MENACWY_D,),
}
# Two kinds of practices: single vaccines, and combined ones with fewer injections.
SINGLE: Schedule = {
    "birth": (HEP_B,),
    "2 months": (HEP_B, ROTAVIRUS, DTAP, HIB, PCV13, IPV),
    "4 months": (ROTAVIRUS, DTAP, HIB, PCV13, IPV),
    "6 months": (HEP_B, ROTAVIRUS, DTAP, HIB, PCV13, IPV),
    **LATER,
    "4 years": (DTAP, IPV, MMR, VARICELLA),
}
COMBINED: Schedule = {
    "birth": (HEP_B,),
    "2 months": (DTAP_HEPB_IPV, ROTAVIRUS, HIB, PCV13),
    "4 months": (DTAP_HEPB_IPV, ROTAVIRUS, HIB, PCV13),
    "6 months": (DTAP_HEPB_IPV, ROTAVIRUS, HIB, PCV13),
    **LATER,
    "4 years": (DTAP_IPV, MMRV),
}


def product_on(vaccine: Vaccine, day: datetime.date) -> Vaccine:
    """Return the product that had taken the vaccine's place by that day."""
    if vaccine is PCV13 and day >= datetime.date(2023, 9, 1):
        return PCV20
    if vaccine is MENACWY_D and day >= datetime.date(2022, 1, 1):
        return MENACWY_TT
    return vaccine


def flu_vaccine_of(year: int) -> Vaccine:
    """Return the flu vaccine of a season: since 2024 there is no B/Yamagata strain in it."""
    return FLU_TRIVALENT if year >= 2024 else FLU_QUADRIVALENT

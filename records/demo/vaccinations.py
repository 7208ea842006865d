"""The doses of one made-up student: given, late, missing, refused, reported from elsewhere.

Of US kindergartners 3.0 % have an exemption (Seither et al., MMWR 2023;72:1217) and a further 4.4 % are not up to date
(MMWR 2023;72:26). Which vaccines those refuse or miss is made up.
"""

from __future__ import annotations

import datetime
from collections import Counter

from records.demo.cast import Trait
from records.demo.chance import Chance
from records.demo.people import Child
from records.demo.rows import VaccinationRow
from records.demo.schools import Plan
from records.demo.vaccines import (
    COMBINED,
    FLU_QUADRIVALENT,
    HEP_B,
    HPV9,
    MMR,
    SINGLE,
    VARICELLA,
    VISITS,
    Schedule,
    Vaccine,
    flu_vaccine_of,
    product_on,
)

EXEMPT, BEHIND, MISSES = 0.03, 0.044, 0.35
DECLINES_HPV = 0.12
FLU = 0.35
# Shortly before the first birthday: a dose that a schedule does not count.
TOO_EARLY = 0.005
REFUSED_BY_SOME = ((MMR, VARICELLA), (HPV9,), (HEP_B, HPV9), (FLU_QUADRIVALENT, HPV9), (MMR,))
EVERYTHING = "everything"
REASONS = (
    "Parent refusal: religious exemption on file",
    "Parent refusal: exemption form signed",
    "Medical exemption: letter of the physician on file",
)
LOT_LETTERS = "ACDEHKMNPRTUWXY"
SITES = ("Left deltoid", "Right deltoid")
INFANT_SITES = ("Left thigh", "Right thigh")


def draw_vaccinations(child: Child, plan: Plan, chance: Chance) -> list[VaccinationRow]:
    """Return the doses until yesterday, the refusals with their reasons among them."""
    refused, reason = draw_refusals(child, chance)
    behind = not child.traits and chance.happens(BEHIND)
    rows: list[VaccinationRow] = []
    doses: Counter[str] = Counter()
    # A combined vaccine would give what the family refuses.
    schedule = SINGLE if refused or chance.happens(0.5) else COMBINED
    for day, vaccine in planned_doses(child, schedule, plan, chance):
        if vaccine.against in refused or EVERYTHING in refused:
            continue
        if behind and day > child.birth_date + datetime.timedelta(days=350) and chance.happens(MISSES):
            continue
        doses[vaccine.against] += 1
        rows.append(dose(child, product_on(vaccine, day), day, doses[vaccine.against], chance))
    rows += flu_doses(child, refused, plan, chance)
    return rows + refusals(child, schedule, refused, reason, plan, chance)


def draw_refusals(child: Child, chance: Chance) -> tuple[set[str], str]:
    """Return what the family refuses, as what the vaccines are against, and why."""
    if Trait.REFUSES_VACCINES in child.traits:
        return {vaccine.against for vaccine in (MMR, VARICELLA)}, REASONS[0]
    if child.traits:
        return set(), ""
    if chance.happens(EXEMPT):
        reason = chance.choices(REASONS, weights=(60, 35, 5))[0]
        if chance.happens(0.4):
            return {EVERYTHING}, reason
        return {vaccine.against for vaccine in chance.choice(REFUSED_BY_SOME)}, reason
    if chance.happens(DECLINES_HPV):
        return {HPV9.against}, "Parent declined; asked to be asked again next year"
    return set(), ""


def planned_doses(child: Child, schedule: Schedule, plan: Plan, chance: Chance) -> list[tuple[datetime.date, Vaccine]]:
    """Return every dose of the schedule until yesterday, each visit on a day of this child's own."""
    planned = []
    for visit, (first, last) in VISITS.items():
        days = chance.randint(first, last)
        if visit == "12 months" and chance.happens(TOO_EARLY):
            days = 355
        day = child.birth_date + datetime.timedelta(days=days)
        if day <= plan.yesterday:
            planned += [(day, vaccine) for vaccine in schedule[visit]]
    return planned


def dose(child: Child, vaccine: Vaccine, day: datetime.date, number: int, chance: Chance) -> VaccinationRow:
    """Return a dose given elsewhere, as the doctor or the registry reported it."""
    charted = chance.moment_on(max(day, child.enrolled_on))
    known_lot = chance.happens(0.7)
    infant = (day - child.birth_date).days < 1000
    site = chance.choice(INFANT_SITES if infant else SITES) if known_lot and vaccine.route != "Oral" else ""
    return VaccinationRow(
        id=chance.new_id(charted),
        student_id=child.id,
        cvx=vaccine.cvx,
        name=vaccine.name,
        date=day,
        status="completed",
        status_reason="",
        historical=True,
        dose_number=number,
        lot_number=draw_lot(chance) if known_lot else "",
        manufacturer=chance.choice(vaccine.makers) if known_lot else "",
        site=site,
        route=vaccine.route if known_lot else "",
        created_at=charted,
        updated_at=charted,
    )


def flu_doses(child: Child, refused: set[str], plan: Plan, chance: Chance) -> list[VaccinationRow]:
    """Return the doses of the school's flu clinics in October, given and charted here."""
    rows: list[VaccinationRow] = []
    if EVERYTHING in refused or FLU_QUADRIVALENT.against in refused:
        return rows
    for year in range(child.enrolled_on.year, plan.school_year + 1):
        day = datetime.date(year, 10, 1) + datetime.timedelta(days=chance.randrange(21))
        if day <= plan.yesterday and chance.happens(FLU):
            given = dose(child, flu_vaccine_of(year), day, 1, chance)
            rows.append(
                given._replace(
                    historical=False,
                    dose_number=None,
                    lot_number=given.lot_number or draw_lot(chance),
                    manufacturer=given.manufacturer or "PMC",
                    site=given.site or SITES[0],
                    route="Intramuscular",
                )
            )
    return rows


def refusals(
    child: Child, schedule: Schedule, refused: set[str], reason: str, plan: Plan, chance: Chance
) -> list[VaccinationRow]:
    """Return one row for each refused vaccine that was due when the child came here, or later when it became due."""
    rows = []
    due: dict[str, tuple[datetime.date, Vaccine]] = {}
    for visit, (first, _) in VISITS.items():
        for vaccine in schedule[visit]:
            if vaccine.against in refused or EVERYTHING in refused:
                day = child.birth_date + datetime.timedelta(days=first)
                due.setdefault(vaccine.against, (max(day, child.enrolled_on), vaccine))
    for day, vaccine in due.values():
        if day <= plan.yesterday:
            charted = chance.moment_on(day)
            rows.append(
                VaccinationRow(
                    id=chance.new_id(charted),
                    student_id=child.id,
                    cvx=vaccine.cvx,
                    name=vaccine.name,
                    date=day,
                    status="not_done",
                    status_reason=reason,
                    historical=False,
                    dose_number=None,
                    lot_number="",
                    manufacturer="",
                    site="",
                    route="",
                    created_at=charted,
                    updated_at=charted,
                )
            )
    return rows


def draw_lot(chance: Chance) -> str:
    """Return a lot number of the usual look."""
    letter, other = chance.choice(LOT_LETTERS), chance.choice(LOT_LETTERS)
    return f"{letter}{chance.randrange(1000, 9999)}{other}{chance.choice(LOT_LETTERS)}"

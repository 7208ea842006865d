"""Whom to call: parents and one more adult, the same for all children of a household."""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass

from records.demo.cast import Trait
from records.demo.chance import Chance
from records.demo.naming import Adult
from records.demo.people import Family
from records.demo.rows import ContactRow

# 555-0100 to 555-0199 are kept for fiction in every area code (ATIS, North American Numbering Plan).
AREA_CODES = ("212", "312", "401", "508", "612", "617", "651", "715", "860", "978")
RELATIVES = (
    "Grandmother",
    "Grandfather",
    "Aunt",
    "Uncle",
    "Neighbor",
    "Family friend",
    "Stepfather",
    "Stepmother",
)
WOMEN = ("Grandmother", "Aunt", "Stepmother")
SINGLE_PARENT = 0.2
WITH_RELATIVE = 0.6
WITH_EMAIL = 0.8
CUSTODY_ORDER = 0.01
# A mother and a father, in most but not all families.
PARENTS = (
    ("Mother", "Father"),
    ("Father", "Mother"),
    ("Mother", "Mother"),
    ("Father", "Father"),
    ("Guardian", "Guardian"),
)
PARENTS_OF_A_HUNDRED = (66, 26, 2, 2, 4)
CUSTODY_NOTE = (
    "Family court order FC-{number}, {year}: {barred} may not pick up {child} and may not be given health information. "
    "A copy is in the school office."
)


@dataclass(frozen=True, slots=True)
class Person:
    """A contact, the same for each child."""

    adult: Adult
    relationship: str
    phone: str
    email: str
    priority: str
    may_pick_up: bool


def contacts_of(family: Family, chance: Chance, created_at: datetime.datetime) -> list[ContactRow]:
    """Return the contacts of each child of the family."""
    people = draw_people(family, chance)
    ordered = any(Trait.CUSTODY_ORDER in child.traits for child in family.children) or chance.happens(CUSTODY_ORDER)
    number, year = chance.randrange(1000, 9999), created_at.year
    rows = []
    for child in family.children:
        for person in people:
            barred = ordered and person.priority == "secondary"
            note = CUSTODY_NOTE.format(
                number=number,
                year=year,
                barred=f"{person.adult.given} {person.adult.family}",
                child=child.names.given,
            )
            rows.append(
                ContactRow(
                    chance.new_id(created_at),
                    child.id,
                    person.adult.given,
                    person.adult.family,
                    person.relationship,
                    person.phone,
                    person.email,
                    person.priority,
                    person.may_pick_up and not barred,
                    note if barred else "",
                )
            )
    return rows


def draw_people(family: Family, chance: Chance) -> list[Person]:
    """Return one or two parents and perhaps a relative; a family with a custody order always has two parents."""
    household = family.household
    first, second = chance.choices(PARENTS, weights=PARENTS_OF_A_HUNDRED)[0]
    by_relationship = {"Mother": household.mother, "Father": household.father}
    people = [draw_person(by_relationship.get(first, household.mother), first, "primary", chance)]
    custody = any(Trait.CUSTODY_ORDER in child.traits for child in family.children)
    if custody or not chance.happens(SINGLE_PARENT):
        other = by_relationship.get(second, household.father)
        if first == second != "Guardian":
            other = Adult(draw_other_given(family, first, chance), other.family)
        people.append(draw_person(other, second, "secondary", chance))
    if chance.happens(WITH_RELATIVE):
        relationship = chance.choice(RELATIVES)
        stock = household.culture.girls if relationship in WOMEN else household.culture.boys
        adult = Adult(chance.choice(stock), chance.choice((household.mother.family, household.father.family)))
        people.append(draw_person(adult, relationship, "emergency_only", chance))
    return people


def draw_other_given(family: Family, relationship: str, chance: Chance) -> str:
    """Return another given name for the second mother or father."""
    culture, household = family.household.culture, family.household
    stock = culture.girls if relationship == "Mother" else culture.boys
    return chance.choice([name for name in stock if name not in (household.mother.given, household.father.given)])


def draw_person(adult: Adult, relationship: str, priority: str, chance: Chance) -> Person:
    """Return the adult with a telephone number that rings nowhere."""
    phone = f"({chance.choice(AREA_CODES)}) 555-01{chance.randrange(100):02d}"
    email = f"{plain(adult.given)}.{plain(adult.family)}@example.org" if chance.happens(WITH_EMAIL) else ""
    return Person(adult, relationship, phone, email, priority, priority != "emergency_only" or chance.happens(0.7))


def plain(name: str) -> str:
    """Return a name in the letters of an email address: `Nguyễn` as nguyen, `Đặng` as dang."""
    without_accents = unicodedata.normalize("NFKD", name.lower().translate(str.maketrans("đłøß", "dlos")))
    return re.sub(r"[^a-z]", "", without_accents)

"""Households and their names: what the parents are called, and what follows from it for each child."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from records.demo.chance import Chance
from records.demo.names import CULTURES, ENGLISH, NICKNAMES, SPANISH, Culture, Custom

SHARES = list(accumulate(culture.share for culture in CULTURES))
# How often a child is called otherwise than in the register, where the culture or the name offers a choice.
WITH_NICKNAME = 0.3
WITH_EVERYDAY_NAME = 0.35
HYPHENATED = 0.07


@dataclass(frozen=True, slots=True)
class Adult:
    """A parent or another grown-up."""

    given: str
    family: str


@dataclass(frozen=True, slots=True)
class Household:
    """Parents, and the family name that their children have."""

    culture: Culture
    mother: Adult
    father: Adult
    family_name: str
    # Where the father's given name follows the child's own.
    after_the_given: str = ""


@dataclass(frozen=True, slots=True)
class GivenNames:
    """What a child is called, the family name apart."""

    given: str
    middle: str
    preferred: str


def draw_household(chance: Chance) -> Household:
    """Return a household with names of one culture."""
    culture = chance.choices(CULTURES, cum_weights=SHARES)[0]
    fathers, mothers = chance.choice(culture.families), chance.choice(culture.families)
    mother, father = chance.choice(culture.girls), chance.choice(culture.boys)
    if culture.custom is Custom.FATHERS_GIVEN_NAMES:
        return Household(culture, Adult(mother, mothers), Adult(father, fathers), fathers, after_the_given=father)
    if culture.custom is Custom.TWO_SURNAMES:
        joint = "-" if chance.happens(HYPHENATED) else " "
        return Household(culture, Adult(mother, mothers), Adult(father, fathers), f"{fathers}{joint}{mothers}")
    if culture.custom is Custom.ONE_NAME and not chance.happens(HYPHENATED):
        return Household(culture, Adult(mother, fathers), Adult(father, fathers), fathers)
    if culture is ENGLISH and fathers != mothers:
        return Household(culture, Adult(mother, mothers), Adult(father, fathers), f"{mothers}-{fathers}")
    return Household(culture, Adult(mother, mothers), Adult(father, fathers), fathers)


def household_of(family_name: str, chance: Chance) -> Household:
    """Return a household for children whose family name is given; its adults' given names are drawn."""
    surnames = family_name.split(" ", 1)
    fathers, mothers = surnames[0], surnames[-1]
    usual = SPANISH if len(surnames) > 1 else ENGLISH
    culture = next((culture for culture in CULTURES if family_name in culture.families), usual)
    return Household(
        culture,
        Adult(chance.choice(culture.girls), mothers),
        Adult(chance.choice(culture.boys), fathers),
        family_name,
    )


def draw_given_names(household: Household, sex: str, taken: set[str], chance: Chance) -> GivenNames:
    """Return names for one more child of the household, other than its brothers' and sisters'."""
    culture = household.culture
    girl = sex == "female" if sex != "unknown" else chance.happens(0.5)
    stock = culture.girls if girl else culture.boys
    given = chance.choice([name for name in stock if name not in taken] or stock)
    middles = culture.middle_girls if girl else culture.middle_boys
    middle = household.after_the_given
    if middles and chance.happens(culture.with_middle):
        middle = chance.choice([name for name in middles if name != given])
    preferred = ""
    if given in NICKNAMES and chance.happens(WITH_NICKNAME):
        preferred = NICKNAMES[given]
    elif culture.everyday and chance.happens(WITH_EVERYDAY_NAME):
        preferred = chance.choice(culture.everyday)
    return GivenNames(given, middle, preferred)

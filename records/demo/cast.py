"""The children that every made-up district has: the ones a page, a search and a nurse are tried on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from records.demo.naming import GivenNames


class Trait(StrEnum):
    """Something that a child's chart must show."""

    LONG_HISTORY = "long_history"
    EMPTY_HISTORY = "empty_history"
    DIABETES = "diabetes"
    ASTHMA = "asthma"
    EPILEPSY = "epilepsy"
    PEANUT_ALLERGY = "peanut_allergy"
    BEE_ALLERGY = "bee_allergy"
    HIGH_FEVER = "high_fever"
    ANXIETY = "anxiety"
    REFUSES_VACCINES = "refuses_vaccines"
    ENTERED_IN_ERROR = "entered_in_error"
    CUSTODY_ORDER = "custody_order"


@dataclass(frozen=True, slots=True)
class Part:
    """One child; `born` so many days before 1 September of the year in which the grade's children are born."""

    given: str
    sex: str
    grade: str
    born: int
    middle: str
    preferred: str
    traits: frozenset[Trait]

    @property
    def names(self) -> GivenNames:
        """The names in the form in which drawn ones come."""
        return GivenNames(self.given, self.middle, self.preferred)


@dataclass(frozen=True, slots=True)
class CastFamily:
    """Brothers and sisters, or one child."""

    family_name: str
    parts: tuple[Part, ...]


def part(
    given: str, sex: str, grade: str, *traits: Trait, born: int = 100, middle: str = "", preferred: str = ""
) -> Part:
    """Return one child; see Part."""
    return Part(given, sex, grade, born, middle, preferred, frozenset(traits))


def only_child(
    family_name: str,
    given: str,
    sex: str,
    grade: str,
    *traits: Trait,
    born: int,
    middle: str = "",
    preferred: str = "",
) -> CastFamily:
    """Return a family of one child."""
    return CastFamily(family_name, (part(given, sex, grade, *traits, born=born, middle=middle, preferred=preferred),))


# The first three have long histories: 600 records each.
CAST: tuple[CastFamily, ...] = (
    only_child("Okafor", "Amara", "female", "04", Trait.LONG_HISTORY, Trait.DIABETES, born=61),
    only_child("Nguyễn", "Linh", "female", "07", Trait.LONG_HISTORY, Trait.EPILEPSY, middle="Thị Mỹ", born=212),
    CastFamily(
        "Hernández López",
        (
            part("Mateo", "male", "03", Trait.LONG_HISTORY, Trait.ASTHMA, Trait.PEANUT_ALLERGY, born=140),
            part("Sofía", "female", "KG", preferred="Sofi", born=30),
        ),
    ),
    # Look-alikes: one letter, one grade, one birthday, two families. Only one of them may not be stung.
    only_child("Smith", "Jayden", "male", "03", Trait.BEE_ALLERGY, born=170),
    only_child("Smith", "Jaydon", "male", "03", born=170),
    # The same name but for an accent.
    only_child("García", "María", "female", "02", Trait.ASTHMA, born=12),
    only_child("Garcia", "Maria", "female", "02", born=301),
    # Twins.
    CastFamily("O'Sullivan", (part("Zoë", "female", "05", born=88), part("Chloé", "female", "05", born=88))),
    only_child("Kowalski", "Ella", "female", "02", Trait.HIGH_FEVER, born=45),
    # The names that break forms: a very long one, one name only, and a name written from right to left.
    only_child(
        "Fernández de Córdoba y Ruiz-Bustamante de la Santísima Trinidad",
        "María Alejandra Guadalupe de los Ángeles Concepción", "female", "01", preferred="Mariale", born=250,
    ),
    # Who has one name only gets FNU, first name unknown, in the other field: US visas write it so.
    only_child("Tenzin", "FNU", "male", "06", preferred="Tenzin", born=199),
    only_child("Al-Masri", "Yusuf", "male", "04", preferred="يوسف", born=330),
    only_child("Vang", "Nalee", "female", "01", Trait.EMPTY_HISTORY, born=77),
    only_child("Jean-Baptiste", "Nadège", "female", "05", Trait.ANXIETY, Trait.CUSTODY_ORDER, born=154),
    only_child("McAllister", "Hunter", "male", "KG", Trait.REFUSES_VACCINES, born=220),
    only_child("Sharma", "Priya", "female", "03", Trait.ENTERED_IN_ERROR, born=19),
    only_child("Lê", "Vy", "female", "08", Trait.ASTHMA, born=60),
)  # fmt: skip

"""The students of the made-up district, family by family, so that brothers and sisters share names and contacts."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from records.demo.cast import CAST, CastFamily, Trait
from records.demo.chance import Chance
from records.demo.naming import GivenNames, Household, draw_given_names, draw_household, household_of
from records.demo.rows import StudentRow
from records.demo.schools import FIRST_AGE, GRADES, Plan, SchoolPlan, birth_date_for, nearest

# How many children of a hundred families go to school here at once: 1, 2, 3, 4.
FAMILY_SIZES = (46, 37, 13, 4)
TWINS = 0.03
# Not every child comes to pre-K.
SHARE_OF_PRE_K = 0.4
UNKNOWN_SEX = 0.003
WITHDRAWN = 0.01
NO_HISTORY = 0.03
MOVED_IN = 0.2
# Two children of one mother, unless they are twins.
DAYS_BETWEEN_BIRTHS = 300
# Every hundredth student has a long history, after the three of the cast.
LONG_HISTORY_EVERY, LONG_HISTORY_AFTER = 100, 300
LONG_ILLNESSES = (Trait.DIABETES, Trait.ASTHMA, Trait.EPILEPSY)
GRADES_OF_LONG_HISTORIES = GRADES[3:]
CLASSES = "ABCD"


@dataclass(frozen=True, slots=True)
class Child:
    """A student to be made."""

    id: UUID
    school: SchoolPlan
    number: str
    names: GivenNames
    family_name: str
    birth_date: datetime.date
    sex: str
    grade: str
    homeroom: str
    status: str
    status_reason: str
    enrolled_on: datetime.date
    traits: frozenset[Trait]

    def age_on(self, day: datetime.date) -> float:
        """Return the age in years, with the part of the year that has passed."""
        return (day - self.birth_date).days / 365.25

    def row(self, created_at: datetime.datetime, entries: int) -> StudentRow:
        """Return the row; each of the clinical entries has added 1 to health_version."""
        return StudentRow(
            self.id, self.school.id, self.number, self.names.given, self.names.middle, self.family_name,
            self.names.preferred, self.birth_date, self.sex, self.grade, self.homeroom, self.status,
            self.status_reason, 1, 1 + entries, created_at, created_at,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Family:
    """Children with one household."""

    household: Household
    children: list[Child]


def families(plan: Plan) -> Iterator[Family]:
    """Yield families, the cast first, until there are as many children as the plan wants."""
    made = 0
    for cast in CAST:
        if made < plan.students:
            family = cast_family(cast, made, plan)
            made += len(family.children)
            yield family
    number = 0
    while made < plan.students:
        family = draw_family(number, made, plan)
        number, made = number + 1, made + len(family.children)
        yield family


def cast_family(cast: CastFamily, index: int, plan: Plan) -> Family:
    """Return a family of the cast; in a district without its grades, in the nearest one."""
    chance = plan.chance("cast", index)
    household = household_of(cast.family_name, chance)
    children = []
    for offset, part in enumerate(cast.parts[: plan.students - index]):
        grade = nearest(part.grade, plan.grades)
        born = plan.first_day(FIRST_AGE + GRADES.index(grade)) - datetime.timedelta(days=part.born)
        children.append(
            make_child(
                index + offset,
                part.names,
                household,
                part.sex,
                grade,
                born,
                0,
                plan,
                chance,
                traits=part.traits,
                enrolled_in="KG",
            )
        )
    return Family(household, children)


def draw_family(number: int, index: int, plan: Plan) -> Family:
    """Return a family by chance; its children sit in different grades, but for twins."""
    chance = plan.chance("family", number)
    household = draw_household(chance)
    size = chance.choices((1, 2, 3, 4), weights=FAMILY_SIZES)[0]
    size = min(size, plan.students - index, len(plan.grades))
    twins = size > 1 and chance.happens(TWINS)
    neighborhood = chance.randrange(1000)
    grades: list[str] = []
    births: list[datetime.date] = []
    children: list[Child] = []
    taken: set[str] = set()
    for offset in range(size):
        traits = draw_traits(index + offset, chance)
        if offset == 1 and twins:
            grade, born = grades[0], births[0]
        else:
            allowed = GRADES_OF_LONG_HISTORIES if Trait.LONG_HISTORY in traits else plan.grades
            grade, born = draw_grade_and_birth(allowed, grades, births, plan, chance)
        sex = "unknown" if chance.happens(UNKNOWN_SEX) else chance.choice(("female", "male"))
        names = draw_given_names(household, sex, taken, chance)
        grades.append(grade)
        births.append(born)
        taken.add(names.given)
        children.append(
            make_child(index + offset, names, household, sex, grade, born, neighborhood, plan, chance, traits=traits)
        )
    return Family(household, children)


def draw_grade_and_birth(
    allowed: list[str], grades: list[str], births: list[datetime.date], plan: Plan, chance: Chance
) -> tuple[str, datetime.date]:
    """Return an allowed grade that no brother or sister sits in, and a birth date far enough from theirs."""
    free = [grade for grade in plan.grades if grade in allowed and grade not in grades]
    weights = [SHARE_OF_PRE_K if grade == "PK" else 1.0 for grade in free]
    for _ in range(20):
        grade = chance.choices(free, weights=weights)[0]
        born = birth_date_for(grade, plan, chance)
        if all(abs((born - other).days) >= DAYS_BETWEEN_BIRTHS for other in births):
            break
    return grade, born


def draw_traits(index: int, chance: Chance) -> frozenset[Trait]:
    """Return a long illness with its long history for every hundredth student, no history at all for a few."""
    if index >= LONG_HISTORY_AFTER and index % LONG_HISTORY_EVERY == 0:
        return frozenset({Trait.LONG_HISTORY, chance.choice(LONG_ILLNESSES)})
    return frozenset({Trait.EMPTY_HISTORY}) if chance.happens(NO_HISTORY) else frozenset()


def make_child(
    index: int, names: GivenNames, household: Household, sex: str, grade: str, born: datetime.date,
    neighborhood: int, plan: Plan, chance: Chance, *, traits: frozenset[Trait], enrolled_in: str = "",
) -> Child:  # fmt: skip
    """Return the child with what follows from grade and neighborhood: school, homeroom, number, first day."""
    position = GRADES.index(grade)
    withdrawn = not traits and not enrolled_in and chance.happens(WITHDRAWN)
    enrolled_in = enrolled_in or draw_entry(grade, chance)
    years_ago = max(0, position - GRADES.index(enrolled_in))
    enrolled_on = min(plan.first_day(years_ago), plan.yesterday)
    return Child(
        id=chance.new_id(chance.moment_on(enrolled_on)),
        school=plan.school_for(grade, neighborhood),
        number=student_number(index),
        names=names,
        family_name=household.family_name,
        birth_date=born,
        sex=sex,
        grade=grade,
        homeroom=f"{grade.lstrip('0')}-{chance.choice(CLASSES)}",
        status="withdrawn" if withdrawn else "enrolled",
        status_reason="Moved out of the district." if withdrawn else "",
        enrolled_on=enrolled_on,
        traits=traits,
    )


def draw_entry(grade: str, chance: Chance) -> str:
    """Return the grade in which the child came: mostly kindergarten, some pre-K, some moved here later."""
    if grade == "PK" or chance.happens(0.25):
        return "PK"
    if chance.happens(MOVED_IN):
        return chance.choice(GRADES[1 : GRADES.index(grade) + 1])
    return "KG"


def student_number(index: int) -> str:
    """Return a seven-digit number, another one for each of the first eight million students."""
    # The factor shares no divisor with the modulus, so no number comes twice; neighbors' numbers lie far apart.
    return str(1_000_000 + (index + 1) * 611_953 % 8_000_000)

"""The schools of the made-up district, and which ages sit in which grade."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.text import slugify

from records.demo.chance import SCHOOL_YEAR_BEGINS, Chance
from students.models import Student

Grade = Student.Grade
GRADES = [grade.value for grade in Grade if grade is not Grade.UNGRADED]
# Completed years on the first day of the school year: four in pre-K, five in kindergarten, and so on.
FIRST_AGE = 4

ELEMENTARY = ("Elementary", tuple(GRADES[:7]))
MIDDLE = ("Middle", tuple(GRADES[7:10]))
HIGH = ("High", tuple(GRADES[10:]))
# What each further school is, in turn; the first two are Oak Street Elementary and Harbor Middle.
LEVELS = (ELEMENTARY, MIDDLE, HIGH, ELEMENTARY, ELEMENTARY, ELEMENTARY, MIDDLE, ELEMENTARY)
STUDENTS_A_SCHOOL = 500

PLACES = (
    "Oak Street", "Harbor", "Riverbend", "Maple Grove", "Lincoln", "Cedar Hill", "Lakeside", "Washington",
    "Pine Ridge", "Sunnyside", "Northgate", "Frederick Douglass", "Willow Creek", "Mill Pond", "Jefferson",
    "Highland", "Rosa Parks", "Meadowbrook", "Summit", "Franklin", "Birchwood", "Eastside", "César Chávez",
    "Valley View", "Roosevelt", "Quarry Road", "Fairmount", "Stonebridge", "Garfield", "Prairie", "Westbrook",
    "Harriet Tubman", "Clearwater", "Hilltop", "Canal Street", "Orchard", "Kennedy", "Sycamore", "Foxglove",
    "Depot Square",
)  # fmt: skip
NURSES = (
    "N. Bennett, RN", "S. Marsh, RN", "T. Oyelaran, RN", "J. Castellanos, BSN, RN", "M. Thao, RN", "K. Lindqvist, RN",
    "R. Abernathy, RN", "P. Dubois, BSN, RN", "H. Farah, RN", "A. Kowalczyk, RN", "L. Begay, RN", "D. Serrano, LPN",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SchoolPlan:
    """A school to be made."""

    id: UUID
    code: str
    name: str
    grades: tuple[str, ...]
    nurse: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for: how many students in which schools, from which seed, as of which day."""

    district_code: str
    seed: int
    students: int
    today: datetime.date
    school_year: int
    schools: tuple[SchoolPlan, ...]

    def chance(self, *names: object) -> Chance:
        """Return the chance of one part of the plan, apart from that of every other part."""
        return Chance("/".join(map(str, (self.district_code, self.seed, *names))))

    @property
    def grades(self) -> list[str]:
        """The grades that the schools teach, the youngest first."""
        return [grade for grade in GRADES if any(grade in school.grades for school in self.schools)]

    @property
    def yesterday(self) -> datetime.date:
        """The last day that anything happened: every made-up moment lies in the past."""
        return self.today - datetime.timedelta(days=1)

    def school_for(self, grade: str, neighborhood: int) -> SchoolPlan:
        """Return the school of that grade for a family of that neighborhood: brothers and sisters go to one."""
        teaching = [school for school in self.schools if grade in school.grades]
        return teaching[neighborhood % len(teaching)]

    def first_day(self, years_ago: int = 0) -> datetime.date:
        """Return 1 September of this school year or of one before."""
        return datetime.date(self.school_year - years_ago, SCHOOL_YEAR_BEGINS, 1)


def plan_schools(count: int, *, district_code: str, codes_begin_with: str, seed: int) -> tuple[SchoolPlan, ...]:
    """Return that many schools; a code is unique in the whole installation, so it begins as told."""
    schools = []
    for number in range(count):
        level, grades = LEVELS[number % len(LEVELS)]
        round_number = number // len(PLACES)
        place = PLACES[number % len(PLACES)] + (f" {round_number + 1}" if round_number else "")
        short = place if level == "Elementary" else f"{place} {level}"
        chance = Chance(f"{district_code}/{seed}/school/{number}")
        schools.append(
            SchoolPlan(
                id=chance.new_id(datetime.datetime(2015, 7, 1, 12, tzinfo=datetime.UTC)),
                code=codes_begin_with + slugify(short),
                name=f"{place} {level}",
                grades=grades,
                nurse=NURSES[number % len(NURSES)],
            )
        )
    return tuple(schools)


def usual_schools(students: int) -> int:
    """Return how many schools a district of that many students has."""
    return max(2, round(students / STUDENTS_A_SCHOOL))


def nearest(grade: str, taught: Sequence[str]) -> str:
    """Return the taught grade nearest to the wanted one."""
    return min(taught, key=lambda each: abs(GRADES.index(each) - GRADES.index(grade)))


def birth_date_for(grade: str, plan: Plan, chance: Chance) -> datetime.date:
    """Return a birth date with which a child sits in that grade this school year."""
    first_day = plan.first_day(FIRST_AGE + GRADES.index(grade))
    return first_day - datetime.timedelta(days=chance.randrange(365))

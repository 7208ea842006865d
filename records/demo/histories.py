"""The health records of one made-up student, year by year, from the first day at school until yesterday."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from records.demo.cast import Trait
from records.demo.chance import Chance, school_year_of
from records.demo.complaints import ILLNESSES, INJURIES, Complaint
from records.demo.diagnoses import Illness
from records.demo.growth import Body, draw_body
from records.demo.people import Child
from records.demo.routine import DOCTORS, REASONS_IN_ERROR, ROUTINE, SCREENINGS, WRONG_WEIGHT
from records.demo.rows import HealthRecordRow
from records.demo.schools import GRADES, Plan
from records.demo.signs import Signs, Typed, signs, take

LONG_HISTORY = 600
IN_ERROR = 0.003
# Grades in which vision and hearing are screened, where a state asks for it.
SCREENED_GRADES = ("KG", "01", "02", "03", "05", "07", "09")

# How often a year each kind of visit happens to an ordinary student.
A_YEAR = {
    "ILLNESS": 0.75,
    "INJURY": 0.4,
    "VITAL_SIGNS_CHECK": 0.25,
    "FOLLOW_UP": 0.15,
    "CONSULTATION": 0.08,
    "COUNSELING": 0.06,
    "GROWTH_ASSESSMENT": 0.1,
    "NUTRITION": 0.03,
}
# And to one with a long-lasting illness, besides.
A_YEAR_WITH = {
    "asthma": {"CHRONIC_CONDITION_REVIEW": 1.0, "MEDICATION_REVIEW": 1.5, "VITAL_SIGNS_CHECK": 0.5},
    "diabetes": {"CHRONIC_CONDITION_REVIEW": 2.0, "LAB_RESULT": 9.0, "MEDICATION_REVIEW": 6.0},
    "epilepsy": {"CHRONIC_CONDITION_REVIEW": 2.0, "MEDICATION_REVIEW": 4.0, "EMERGENCY_VISIT": 0.3},
    "adhd": {"CHRONIC_CONDITION_REVIEW": 0.7, "MEDICATION_REVIEW": 0.7},
    "anxiety": {"MENTAL_HEALTH": 2.0},
    "sickle_cell": {"CHRONIC_CONDITION_REVIEW": 2.0, "VITAL_SIGNS_CHECK": 3.0},
    "migraine": {"MEDICATION_REVIEW": 0.8},
}
# What fills a long history: daily care, weighted.
DAILY_CARE = {
    "diabetes": (("LAB_RESULT", 70), ("MEDICATION_REVIEW", 22), ("VITAL_SIGNS_CHECK", 8)),
    "asthma": (("MEDICATION_REVIEW", 62), ("VITAL_SIGNS_CHECK", 28), ("ILLNESS", 10)),
    "epilepsy": (("MEDICATION_REVIEW", 76), ("VITAL_SIGNS_CHECK", 22), ("EMERGENCY_VISIT", 2)),
}
MEASURED = {
    "CHECKUP": ("height", "weight", "heart_rate", "systolic", "diastolic"),
    "PHYSICAL_EXAM": ("height", "weight", "heart_rate", "respiratory_rate", "systolic", "diastolic"),
    "VITAL_SIGNS_CHECK": (
        "temperature",
        "heart_rate",
        "respiratory_rate",
        "systolic",
        "diastolic",
        "oxygen_saturation",
    ),
    "GROWTH_ASSESSMENT": ("height", "weight"),
    "EMERGENCY_VISIT": ("heart_rate", "respiratory_rate", "oxygen_saturation"),
}
COMPLAINTS = {"ILLNESS": ILLNESSES, "INJURY": INJURIES}
WHEN_ILL = ("temperature", "heart_rate", "respiratory_rate", "oxygen_saturation")
BY_DOCTORS = ("CHECKUP", "PHYSICAL_EXAM")
CONFIDENTIAL = ("MENTAL_HEALTH",)


def write_history(child: Child, illnesses: Sequence[Illness], plan: Plan, chance: Chance) -> list[HealthRecordRow]:
    """Return the records; none for a child with an empty history, 600 for one with a long history."""
    if Trait.EMPTY_HISTORY in child.traits:
        return []
    keys = [illness.diagnosis.key for illness in illnesses]
    writer = Writer(child, draw_body(child.sex, chance), keys, chance)
    for first, last, grade in school_years(child, plan):
        writer.write_year(first, last, grade)
    if Trait.HIGH_FEVER in child.traits:
        writer.write_high_fever(chance.school_day(plan.today - datetime.timedelta(days=10), plan.yesterday))
    if Trait.LONG_HISTORY in child.traits:
        care = next(DAILY_CARE[key] for key in keys if key in DAILY_CARE)
        kinds, weights = [kind for kind, _ in care], [weight for _, weight in care]
        while len(writer.records) < LONG_HISTORY:
            writer.write(
                chance.choices(kinds, weights=weights)[0],
                chance.school_day(child.enrolled_on, plan.yesterday),
            )
    if Trait.ENTERED_IN_ERROR in child.traits:
        writer.records[:2] = [in_error(record, chance) for record in writer.records[:2]]
    if child.traits:
        return writer.records
    return [in_error(record, chance) if chance.happens(IN_ERROR) else record for record in writer.records]


def school_years(child: Child, plan: Plan) -> Iterator[tuple[datetime.date, datetime.date, str]]:
    """Yield first day, last day and grade of each school year since the child came; the last one ends yesterday."""
    began = school_year_of(child.enrolled_on)
    for year in range(began, plan.school_year + 1):
        years_ago = plan.school_year - year
        last = plan.yesterday if years_ago == 0 else datetime.date(year + 1, 6, 20)
        if (first := max(child.enrolled_on, plan.first_day(years_ago))) <= last:
            yield first, last, GRADES[max(0, GRADES.index(child.grade) - years_ago)]


def in_error(record: HealthRecordRow, chance: Chance) -> HealthRecordRow:
    """Return the record as entered in error, with the reason."""
    weighed = record.vital is not None and "weight_kg" in record.vital
    reason = WRONG_WEIGHT if weighed and chance.happens(0.5) else chance.choice(REASONS_IN_ERROR)
    return record._replace(status="entered_in_error", status_reason=reason)


class Writer:
    """Writes one child's records."""

    def __init__(self, child: Child, body: Body, illnesses: Sequence[str], chance: Chance) -> None:
        self.child = child
        self.body = body
        self.illnesses = illnesses
        self.chance = chance
        self.doctor = chance.choice(DOCTORS)
        self.records: list[HealthRecordRow] = []

    def write_year(self, first: datetime.date, last: datetime.date, grade: str) -> None:
        """Write what happened in one school year, or the part of it that has passed."""
        chance = self.chance
        share = min(1.0, (last - first).days / 290)
        if chance.happens(0.9 * share):
            self.write("CHECKUP", chance.school_day(first, last))
        if grade in SCREENED_GRADES and chance.happens(share):
            day = chance.school_day(first, last)
            self.write_screening("VISION", day)
            self.write_screening("HEARING", day)
        if grade in ("KG", "02", "06") and chance.happens(0.7 * share):
            self.write_screening("DENTAL", chance.school_day(first, last))
        if grade in ("05", "07", "09") and chance.happens(0.7 * share):
            self.write_screening("SCREENING", chance.school_day(first, last))
        if grade >= "06" and grade.isdigit() and chance.happens(0.45 * share):
            self.write("PHYSICAL_EXAM", chance.school_day(first, last))
        rates = dict(A_YEAR)
        for key in self.illnesses:
            for kind, often in A_YEAR_WITH.get(key, {}).items():
                rates[kind] = rates.get(kind, 0.0) + often
        for kind, often in rates.items():
            for _ in range(chance.count(often * share)):
                self.write(kind, chance.school_day(first, last))

    def write(self, kind: str, day: datetime.date) -> None:
        """Write one visit of this kind."""
        chance = self.chance
        if kind in ("ILLNESS", "INJURY"):
            self.write_complaint(kind, day)
            return
        visit = ROUTINE[kind]
        typed = take(MEASURED[kind], self.body, self.child.age_on(day), chance) if kind in MEASURED else {}
        result = f"{round(min(360, max(52, chance.gauss(155, 55))))} mg/dL" if kind == "LAB_RESULT" else ""
        provider = self.doctor if kind in BY_DOCTORS else self.child.school.nurse
        self.add(kind, day, visit.title, chance.choice(visit.notes), provider, typed, result=result)

    def write_screening(self, kind: str, day: datetime.date) -> None:
        """Write a screening; most pass."""
        visit = SCREENINGS[kind]
        notes = self.chance.choices(visit.notes, weights=(80, 12, 8))[0]
        self.add(kind, day, visit.title, notes, self.child.school.nurse, {})

    def write_complaint(self, kind: str, day: datetime.date) -> None:
        """Write a visit to the health office."""
        chance, age = self.chance, self.child.age_on(day)
        complaint = chance.choice([each for each in COMPLAINTS[kind] if self.may_have(each, age)])
        notes = f"{chance.choice(complaint.says)}. {chance.choice(complaint.finds)}. {chance.choice(complaint.care)}."
        typed: Typed = {}
        if kind == "ILLNESS" and chance.happens(0.75):
            typed = take(WHEN_ILL if chance.happens(0.4) else WHEN_ILL[:2], self.body, age, chance, ill=True)
        self.add(kind, day, complaint.title, notes, self.child.school.nurse, typed)

    def may_have(self, complaint: Complaint, age: float) -> bool:
        """Tell whether a complaint fits the child: asthma symptoms come with asthma, cramps with a girl's age."""
        if complaint.only_with and complaint.only_with not in self.illnesses:
            return False
        return age >= complaint.from_age and (not complaint.girls or self.child.sex == "female")

    def write_high_fever(self, day: datetime.date) -> None:
        """Write the visit that must show an alarm: 39.6 degC."""
        typed = {
            "temperature": "39.6 C",
            "heart_rate": "142",
            "respiratory_rate": "30",
            "oxygen_saturation": "95",
        }
        notes = (
            "Shaking chills in class, says everything hurts. Flushed, lungs clear. Parent called, picked up at once."
        )
        self.add("ILLNESS", day, "High fever", notes, self.child.school.nurse, typed)

    def add(
        self,
        kind: str,
        day: datetime.date,
        title: str,
        notes: str,
        provider: str,
        typed: Typed,
        *,
        result: str = "",
    ) -> None:
        """Add the row."""
        moment = self.chance.moment_on(day)
        taken = signs(typed, self.child.age_on(day)) if typed else Signs(None, None, [])
        record = HealthRecordRow(
            self.chance.new_id(moment), self.child.id, kind, day, moment, moment, moment, title, notes, provider,
            result, taken.vital, taken.vital_typed, taken.flags, kind in CONFIDENTIAL,
        )  # fmt: skip
        self.records.append(record)

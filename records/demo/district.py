"""Making the district: schools, staff, families and their charts, in one transaction."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

from django.core.cache import caches
from django.db import transaction

from records.demo.allergies import draw_allergies
from records.demo.cast import Trait
from records.demo.contacts import contacts_of
from records.demo.diagnoses import draw_illnesses
from records.demo.histories import write_history
from records.demo.loading import begin_loading, finish_loading, load
from records.demo.people import Child, families
from records.demo.rows import Charts
from records.demo.schools import Plan
from records.demo.staff import make_staff
from records.demo.vaccinations import draw_vaccinations
from students.models import District, School

STUDENTS_A_BATCH = 500
FOUNDED = datetime.datetime(2015, 7, 1, 12, tzinfo=datetime.UTC)


@dataclass(slots=True)
class Counts:
    """How many rows were made."""

    schools: int = 0
    students: int = 0
    contacts: int = 0
    records: int = 0
    allergies: int = 0
    conditions: int = 0
    vaccinations: int = 0

    def add(self, charts: Charts) -> None:
        """Add the rows of one batch."""
        for each in fields(charts):
            setattr(self, each.name, getattr(self, each.name) + len(getattr(charts, each.name)))


@transaction.atomic
def make_district(
    plan: Plan, name: str, *, with_staff: bool, advance: Callable[[int], None], finishing: Callable[[], None]
) -> Counts:
    """Make everything or nothing; `advance` hears how many students each batch held, `finishing` that all are drawn.

    The ids come from the seed, so a database made anew meets the summaries that were cached from the one before:
    the cache of health data is emptied once the rows are there.
    """
    begin_loading()
    district = District.objects.create(id=plan.chance("district").new_id(FOUNDED), code=plan.district_code, name=name)
    schools = {
        school.code: School.objects.create(id=school.id, code=school.code, name=school.name, district=district)
        for school in plan.schools
    }
    district.intake_school = schools[plan.schools[0].code]
    district.save()
    if with_staff:
        make_staff(district, schools)
    counts = Counts(schools=len(schools))
    for charts in batches(plan):
        load(charts)
        counts.add(charts)
        advance(len(charts.students))
    finishing()
    finish_loading()
    transaction.on_commit(caches["phi"].clear)
    return counts


def batches(plan: Plan) -> Iterator[Charts]:
    """Yield the charts of all families, a batch at a time."""
    charts = Charts()
    for number, family in enumerate(families(plan)):
        chance = plan.chance("contacts", number)
        came = max(child.enrolled_on for child in family.children)
        charts.contacts += contacts_of(family, chance, chance.moment_on(came))
        for child in family.children:
            chart(child, plan, charts)
        if len(charts.students) >= STUDENTS_A_BATCH:
            yield charts
            charts = Charts()
    yield charts


def chart(child: Child, plan: Plan, charts: Charts) -> None:
    """Add one child's rows. Each child has a chance of its own: a larger district begins with the same children."""
    chance = plan.chance("chart", child.number)
    before = charts.entries
    if Trait.EMPTY_HISTORY not in child.traits:
        illnesses = draw_illnesses(child, plan.yesterday, chance)
        charts.conditions += [illness.row for illness in illnesses]
        charts.allergies += draw_allergies(child, plan.yesterday, chance)
        charts.vaccinations += draw_vaccinations(child, plan, chance)
        charts.records += write_history(child, illnesses, plan, chance)
    charts.students.append(child.row(chance.moment_on(child.enrolled_on), charts.entries - before))

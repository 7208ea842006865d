"""Choosing what a measuring sheet is about: the school, the class, the day, the units of its columns."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils import timezone

from records.measure_words import Round
from students.models import School, Student
from students.models.student import StudentQuerySet

ROWS_A_SHEET = 40
GRADES = {code: place for place, (code, _) in enumerate(Student.Grade.choices)}


@dataclass(frozen=True, slots=True)
class Group:
    """Students who are measured together: a homeroom, or a whole grade (`homeroom` None)."""

    grade: str
    homeroom: str | None
    count: int

    @property
    def key(self) -> str:
        """What the form sends."""
        return self.grade if self.homeroom is None else f"{self.grade}/{self.homeroom}"

    @property
    def label(self) -> str:
        """'Grade 3, 3-A'."""
        grade = Student.Grade(self.grade).label
        if self.homeroom is None:
            return f"{grade}, all"
        return f"{grade}, {self.homeroom or 'no homeroom'}"

    @classmethod
    def named(cls, key: str) -> Group | None:
        """Return the group with that key, whether or not anybody is in it; None for what is no key."""
        grade, slash, homeroom = key.partition("/")
        return cls(grade, homeroom if slash else None, 0) if grade in GRADES else None

    def students(self, school: School) -> StudentQuerySet:
        """Return the enrolled students of the group, as a class list."""
        found = Student.objects.filter(school=school, grade=self.grade).enrolled()
        return (found if self.homeroom is None else found.filter(homeroom=self.homeroom)).by_name()


def groups_of(school: School) -> list[Group]:
    """Return the classes of a school, the youngest first; a whole grade too where it fits on one sheet. One statement.

    A grade without homerooms is one group, however large.
    """
    counted = Student.objects.filter(school=school).enrolled().order_by().values("grade", "homeroom")
    rows = [Group(row["grade"], row["homeroom"], row["n"]) for row in counted.annotate(n=Count("pk"))]
    rows.sort(key=lambda group: (GRADES[group.grade], group.homeroom or ""))
    return [group for _, each in groupby(rows, lambda row: row.grade) for group in _of_grade(list(each))]


def _of_grade(homerooms: list[Group]) -> Iterator[Group]:
    total = sum(group.count for group in homerooms)
    if len(homerooms) == 1 and not homerooms[0].homeroom:
        yield Group(homerooms[0].grade, None, total)
        return
    if len(homerooms) > 1 and total <= ROWS_A_SHEET:
        yield Group(homerooms[0].grade, None, total)
    yield from homerooms


class RoundForm(forms.Form):
    """What all rows of a sheet have in common."""

    date = forms.DateField(
        label="Day of measuring",
        initial=timezone.localdate,
        input_formats=["%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Type a day, for example 9/16/2026."},
    )
    height_unit = forms.ChoiceField(label="Height in", choices=[("in", "ft and in"), ("cm", "cm")])
    weight_unit = forms.ChoiceField(label="Weight in", choices=[("lb", "lb"), ("kg", "kg")])
    weight_status = forms.BooleanField(label="Show the weight status (only where no student sees it)", required=False)
    note = forms.CharField(
        label="Note for every record of this sheet",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "form": "sheet"}),
        help_text="For example: fall screening.",
    )

    def clean_date(self) -> datetime.date:
        """Refuse a day in the future."""
        date: datetime.date = self.cleaned_data["date"]
        if date > timezone.localdate():
            raise ValidationError("The day is in the future.", code="future")
        return date

    def round(self) -> Round:
        """Return it; of a valid form."""
        said = self.cleaned_data
        units = {"height": said["height_unit"], "weight": said["weight_unit"]}
        return Round(date=said["date"], units=units, note=said["note"], weight_status=said["weight_status"])


class MeasureForm(RoundForm):
    """Which sheet."""

    school = forms.ChoiceField(label="School")
    group = forms.ChoiceField(label="Class", error_messages={"required": "Choose a class."})

    def __init__(self, *args: Any, schools: Sequence[School], groups: Iterable[Group], **kwargs: Any) -> None:
        """Take the schools where the person may record, and the classes of the chosen one."""
        super().__init__(*args, **kwargs)
        self.groups = {group.key: group for group in groups}
        choices = [(school.code, school.name) for school in schools]
        self._choose("school", choices if len(choices) == 1 else [("", "Choose a school"), *choices])
        by_count = [(key, f"{group.label} ({group.count})") for key, group in self.groups.items()]
        self._choose("group", [("", "Choose a class"), *by_count])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    @property
    def group_chosen(self) -> Group:
        """The class; of a valid form."""
        return self.groups[self.cleaned_data["group"]]

    @property
    def next_group(self) -> Group | None:
        """The class after it in the list; None after the last one."""
        following = list(self.groups.values())
        place = following.index(self.group_chosen) + 1
        return following[place] if place < len(following) else None

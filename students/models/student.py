"""A student: who they are and where they go to school."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import timezone
from uuid_utils.compat import uuid7

from access.roles import Permission
from students.models.among import Among
from students.models.saved_whole import SavedWhole
from students.models.school import School

if TYPE_CHECKING:
    from access.models import User

    BigNumberField = models.PositiveBigIntegerField[Any, Any]
else:
    BigNumberField = models.PositiveBigIntegerField

# A trigram needs three letters; with fewer a prefix of the name is looked up instead.
TRIGRAM_LETTERS = 3


class Fold(Func):
    """SQL whitecross_fold(text): lower case without accents, immutable so that an index may use it."""

    function = "whitecross_fold"
    output_field = models.TextField()


class HealthVersionField(BigNumberField):
    """A number that the database alone counts: saving a student never writes the one that was read earlier."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Return the value of a new row; for others what the row has now."""
        return super().pre_save(model_instance, add) if add else F(self.attname)

    def deconstruct(self) -> Any:
        """Return what a migration needs: in the database it is a number as any other."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.PositiveBigIntegerField", args, kwargs


class StudentQuerySet(models.QuerySet["Student"]):
    """Questions about students; every write made through it makes the next health summary a new one."""

    def visible_to(self, user: User, permission: Permission = Permission.STUDENT_VIEW) -> StudentQuerySet:
        """Keep the students of the schools where a role that the person holds today has the permission."""
        if user.is_superuser and user.is_active:
            return self
        return self.filter(school__in=School.objects.visible_to(user, permission).values("pk"))

    def enrolled(self) -> StudentQuerySet:
        """Keep those who go to school now."""
        return self.filter(status=Student.Status.ENROLLED)

    def named(self, text: str) -> StudentQuerySet:
        """Keep those whose names, preferred name or student number hold every word of `text`, accents ignored.

        Words under three letters match the beginning of a name. Served by the trigram and prefix indexes below.
        """
        found = self
        for word in text.split():
            if len(word) < TRIGRAM_LETTERS:
                start = Fold(Value(word))
                found = found.filter(Q(family_fold__startswith=start) | Q(given_fold__startswith=start))
            else:
                found = found.filter(Q(search_fold__contains=Fold(Value(word))))
        return found

    def identified_by(self, value: str) -> StudentQuerySet:
        """Keep the student whom any system knows by this identifier, or by the student number."""
        return self.filter(Q(identifiers__value=value) | Q(student_number=value)).distinct()

    def by_name(self) -> StudentQuerySet:
        """Order as a class list is: family name, given name, accents ignored."""
        return self.order_by("family_fold", "given_fold", "id")

    def update(self, **values: Any) -> int:
        """Update, and add 1 to health_version: the summary shows the student's name, grade and school."""
        values.setdefault("health_version", F("health_version") + 1)
        return super().update(**values)

    def make_stale(self, student_ids: Iterable[UUID]) -> None:
        """Add 1 to health_version of each, so that no cached answer about them can be found again.

        Rows are locked in id order first: two writers who touch the same students cannot wait for each other. The
        lock lets others write rows that refer to these students.
        """
        ids = set(student_ids)
        if not ids:
            return
        touched = self.filter(pk__in=Among(ids))
        with transaction.atomic(using=self.db, savepoint=False):
            if len(ids) > 1:
                list(touched.order_by("pk").select_for_update(no_key=True).values_list("pk"))
            touched.update()


class Student(SavedWhole):
    """A student. `health_version` grows with every change to anything the health summary shows."""

    class Sex(models.TextChoices):
        """The sex that chooses the growth chart; unknown gives no percentile."""

        FEMALE = "female", "Female"
        MALE = "male", "Male"
        UNKNOWN = "unknown", "Unknown"

    class Grade(models.TextChoices):
        """US grades, with the codes that rosters use (CEDS)."""

        PRE_K = "PK", "Pre-K"
        KINDERGARTEN = "KG", "Kindergarten"
        G01 = "01", "Grade 1"
        G02 = "02", "Grade 2"
        G03 = "03", "Grade 3"
        G04 = "04", "Grade 4"
        G05 = "05", "Grade 5"
        G06 = "06", "Grade 6"
        G07 = "07", "Grade 7"
        G08 = "08", "Grade 8"
        G09 = "09", "Grade 9"
        G10 = "10", "Grade 10"
        G11 = "11", "Grade 11"
        G12 = "12", "Grade 12"
        UNGRADED = "UG", "Ungraded"

    class Status(models.TextChoices):
        """Whether the student goes to school here now; nobody is deleted."""

        ENROLLED = "enrolled", "Enrolled"
        WITHDRAWN = "withdrawn", "Withdrawn"
        ENTERED_IN_ERROR = "entered_in_error", "Entered in error"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # The index of the class list begins with the school, so the key needs none of its own.
    school = models.ForeignKey("students.School", on_delete=models.PROTECT, related_name="students", db_index=False)
    student_number = models.CharField(max_length=50, blank=True)
    given_name = models.CharField(max_length=100)
    middle_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100)
    preferred_name = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField()
    sex = models.CharField(max_length=10, choices=Sex.choices, default=Sex.UNKNOWN)
    grade = models.CharField(max_length=2, choices=Grade.choices, default=Grade.UNGRADED)
    homeroom = models.CharField(max_length=50, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ENROLLED)
    status_reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    health_version = HealthVersionField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    # Made by the database from the names, for search and for sorting without accents.
    family_fold = models.GeneratedField(
        expression=Fold("family_name"), output_field=models.TextField(), db_persist=True
    )
    given_fold = models.GeneratedField(expression=Fold("given_name"), output_field=models.TextField(), db_persist=True)
    search_fold = models.GeneratedField(
        expression=Fold(
            Concat(
                "family_name", Value(" "), "given_name", Value(" "), "middle_name", Value(" "), "preferred_name",
                Value(" "), "student_number",
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )  # fmt: skip

    objects = StudentQuerySet.as_manager()

    class Meta:
        # Also for what Django does by itself, such as school.students.add(…).
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_date__gte=datetime.date(1900, 1, 1)), name="student_born_after_1900"
            ),
            models.CheckConstraint(
                condition=~Q(status="entered_in_error") | ~Q(status_reason=""),
                name="student_in_error_has_a_reason",
            ),
            models.UniqueConstraint(
                fields=["school", "student_number"],
                condition=~Q(student_number=""),
                name="student_number_unique_in_school",
            ),
        ]
        indexes = [
            # Serves the class list of a school, in the order it is read.
            models.Index(fields=["school", "family_fold", "given_fold", "id"], name="student_class_list"),
            # Serve the first two letters typed into search: a prefix of either name.
            models.Index(fields=["family_fold"], name="student_family_prefix", opclasses=["text_pattern_ops"]),
            models.Index(fields=["given_fold"], name="student_given_prefix", opclasses=["text_pattern_ops"]),
            # Serves search from the third letter on, anywhere in a name.
            GinIndex(fields=["search_fold"], name="student_search_trigrams", opclasses=["gin_trgm_ops"]),
            # Serves matching of imported people without a shared identifier.
            models.Index(fields=["birth_date", "family_fold"], name="student_birth_and_family"),
        ]

    def __str__(self) -> str:
        """Return 'Family, Given'."""
        return f"{self.family_name}, {self.given_name}"

    def get_absolute_url(self) -> str:
        """Return the address of the health summary."""
        return reverse("records:summary", args=[self.pk])

    @property
    def full_name(self) -> str:
        """Return given, middle and family name."""
        return " ".join(filter(None, (self.given_name, self.middle_name, self.family_name)))

    @property
    def grade_label(self) -> str:
        """Return 'Grade 3', 'Kindergarten' and so on."""
        return self.get_grade_display()

    @property
    def sex_label(self) -> str:
        """Return 'Female', 'Male' or 'Unknown'."""
        return self.get_sex_display()

    def age_on(self, day: datetime.date | None = None) -> int:
        """Return completed years on that day (today); never below 0."""
        return completed_years(self.birth_date, day or timezone.localdate())


def completed_years(born: datetime.date, day: datetime.date) -> int:
    """Return the completed years from birth to `day`; a birthday on 29 February counts on 1 March."""
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return max(years, 0)

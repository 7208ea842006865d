"""What growth is of every standing measurement, stored for the questions about many students."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F

from records.growth import Reason, Reference, WeightStatus


def words(codes: type[Reason] | type[Reference] | type[WeightStatus]) -> list[tuple[int, str]]:
    """Return a kernel's codes with their words, as choices."""
    return [(code.value, code.word) for code in codes]


def number() -> Any:
    """Return a column for a number that there may be no answer for."""
    return models.FloatField(null=True)


def code(codes: type[Reason] | type[Reference] | type[WeightStatus]) -> Any:
    """Return a column for one of the kernel's codes."""
    return models.SmallIntegerField(choices=words(codes))


class GrowthAssessment(models.Model):
    """The growth of one health record, as `recalculate_growth` computed it: for statistics, follow-up and exports.

    A page about one student computes it anew from the record and reads none of this. A record entered in error has no
    row (triggers, migration 0006); a new or changed one gets its row within minutes. No foreign keys in the database:
    whole districts are written at once. A code's meaning stands in records.growth.codes; null is "no answer".
    """

    record = models.OneToOneField(
        "records.HealthRecord", primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    student = models.ForeignKey(
        "students.Student", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    date = models.DateField()
    age_days = models.IntegerField()
    height_z = number()
    height_percentile = number()
    height_modified_z = number()
    weight_z = number()
    weight_percentile = number()
    weight_modified_z = number()
    bmi = number()
    bmi_z = number()
    bmi_percentile = number()
    bmi_modified_z = number()
    bmi_percent_of_p95 = number()
    weight_status = code(WeightStatus)
    reference = code(Reference)
    height_reason = code(Reason)
    weight_reason = code(Reason)
    bmi_reason = code(Reason)
    # -1 implausibly low, 1 implausibly high, 0 nothing to say.
    height_implausible = models.SmallIntegerField()
    weight_implausible = models.SmallIntegerField()
    bmi_implausible = models.SmallIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Serves the latest assessment of each student (statistics), and the batch that replaces a student's rows.
            models.Index(F("student"), F("date").desc(), name="growth_assessment_student"),
        ]

    def __str__(self) -> str:
        """Return the day: what it says and of whom stay inside."""
        return f"{self.date:%Y-%m-%d}"


class GrowthProgress(models.Model):
    """At which `health_version` of a student, and by which rules, the assessments were computed last."""

    student = models.OneToOneField(
        "students.Student", primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    health_version = models.PositiveBigIntegerField()
    rules = models.SmallIntegerField()

    class Meta:
        verbose_name_plural = "growth progress"

    def __str__(self) -> str:
        """Return the version."""
        return f"version {self.health_version}"

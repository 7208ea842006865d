"""A health record: something that happened on a day, with its vital signs where they were taken."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Count, F, FloatField, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, JSONObject, NullIf, Power

from records.models.clinical_entry import ENTERED_IN_ERROR, ConfidentialEntry, ConfidentialQuerySet
from records.vital_limits import LIMITS

KNOWN_KEYS = ", ".join(f"'{key}'" for key in LIMITS)


class SoundVital(models.Func):
    """SQL: whether a JSON object has only the keys that White Cross knows, each with a number."""

    template = (
        f"((%(expressions)s - ARRAY[{KNOWN_KEYS}]) = '{{}}'::jsonb"
        " AND NOT %(expressions)s @? '$.* ? (@.type() != \"number\")'::jsonpath)"
    )
    output_field = models.BooleanField()


# What a set of vital signs shows, in the order of the API.
VITAL_COLUMNS = (
    "height_cm", "weight_kg", "bmi", "temperature_c", "heart_rate", "respiratory_rate", "systolic", "diastolic",
    "oxygen_saturation",
)  # fmt: skip

# What growth is computed from.
GROWTH_COLUMNS = {name: name for name in ("date", "height_cm", "weight_kg", "flags")}


def measured(key: str) -> Any:
    """Return a column that the database computes from `vital`: the number under `key`, or null."""
    return models.GeneratedField(
        expression=Cast(KeyTextTransform(key, "vital"), FloatField()),
        output_field=FloatField(null=True),
        db_persist=True,
    )


class HealthRecordQuerySet(ConfidentialQuerySet["HealthRecord"]):
    """Questions about health records."""

    def with_vitals(self) -> HealthRecordQuerySet:
        """Keep the records that hold vital signs."""
        return self.filter(vital__isnull=False)

    def newest_first(self) -> HealthRecordQuerySet:
        """Order by day, newest first, and within a day by when it was charted."""
        return self.order_by("-date", "-id")

    def latest_vitals(self, count: int) -> models.QuerySet[HealthRecord, Any]:
        """Return the last `count` sets of vital signs as the health summary shows them, newest first."""
        found = self.stands().with_vitals().newest_first()
        shown: models.QuerySet[HealthRecord, Any] = found.values("id", "date", *VITAL_COLUMNS, "flags")
        return shown[:count]

    def latest_bmi(self) -> models.QuerySet[HealthRecord, Any]:
        """Return the last day that has both height and weight, as one JSON object."""
        found = self.stands().with_vitals().filter(bmi__isnull=False).newest_first()
        return found.values(shown=JSONObject(**GROWTH_COLUMNS))[:1]

    def growth_measurements(self) -> models.QuerySet[HealthRecord, Any]:
        """Return every height and weight that stands, one JSON object a record, oldest first."""
        found = self.stands().with_vitals().filter(Q(height_cm__isnull=False) | Q(weight_kg__isnull=False))
        return found.order_by("date", "id").values(shown=JSONObject(**GROWTH_COLUMNS))

    def counts_by_type(self) -> models.QuerySet[HealthRecord, Any]:
        """Return `type` and `n`: how many records of each type there are."""
        return self.stands().order_by().values("type").annotate(n=Count("id"))


class HealthRecord(ConfidentialEntry):
    """One record. `vital` holds metric numbers (cm, kg, degC, /min, mmHg, %); `vital_typed` what the nurse typed."""

    class Type(models.TextChoices):
        """Kinds of record: what school nurses chart."""

        CHECKUP = "CHECKUP", "Checkup"
        VITAL_SIGNS_CHECK = "VITAL_SIGNS_CHECK", "Vital signs"
        VACCINATION = "VACCINATION", "Vaccination visit"
        ILLNESS = "ILLNESS", "Illness"
        INJURY = "INJURY", "Injury"
        SCREENING = "SCREENING", "Screening"
        PHYSICAL_EXAM = "PHYSICAL_EXAM", "Physical exam"
        MENTAL_HEALTH = "MENTAL_HEALTH", "Mental health"
        DENTAL = "DENTAL", "Dental"
        VISION = "VISION", "Vision"
        HEARING = "HEARING", "Hearing"
        EXAMINATION = "EXAMINATION", "Examination"
        ALLERGY_DOCUMENTATION = "ALLERGY_DOCUMENTATION", "Allergy documentation"
        CHRONIC_CONDITION_REVIEW = "CHRONIC_CONDITION_REVIEW", "Chronic condition review"
        GROWTH_ASSESSMENT = "GROWTH_ASSESSMENT", "Growth assessment"
        EMERGENCY_VISIT = "EMERGENCY_VISIT", "Emergency visit"
        FOLLOW_UP = "FOLLOW_UP", "Follow-up"
        CONSULTATION = "CONSULTATION", "Consultation"
        DIAGNOSTIC_TEST = "DIAGNOSTIC_TEST", "Diagnostic test"
        PROCEDURE = "PROCEDURE", "Procedure"
        HOSPITALIZATION = "HOSPITALIZATION", "Hospitalization"
        SURGERY = "SURGERY", "Surgery"
        COUNSELING = "COUNSELING", "Counseling"
        THERAPY = "THERAPY", "Therapy"
        NUTRITION = "NUTRITION", "Nutrition"
        MEDICATION_REVIEW = "MEDICATION_REVIEW", "Medication review"
        IMMUNIZATION = "IMMUNIZATION", "Immunization"
        LAB_RESULT = "LAB_RESULT", "Lab result"
        RADIOLOGY = "RADIOLOGY", "Radiology"
        OTHER = "OTHER", "Other"

    class Status(models.TextChoices):
        """Whether the record stands (FHIR Observation.status, the part we need)."""

        FINAL = "final", "Final"
        AMENDED = "amended", "Corrected"
        ENTERED_IN_ERROR = ENTERED_IN_ERROR, "Entered in error"

    type = models.CharField(max_length=30, choices=Type.choices)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.FINAL)
    date = models.DateField(help_text="The local day it happened.")
    occurred_at = models.DateTimeField(null=True, blank=True, help_text="The moment, where the source gives one.")
    description = models.CharField(max_length=500, blank=True)
    notes = models.TextField(blank=True)
    provider = models.CharField(max_length=200, blank=True)
    code_system = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=50, blank=True)
    result = models.CharField(
        max_length=200, blank=True, help_text="The value of a lab result or finding, with its unit."
    )
    vital = models.JSONField(null=True, blank=True)
    vital_typed = models.JSONField(null=True, blank=True, help_text="Each value and unit as it was typed or sent.")

    height_cm = measured("height_cm")
    weight_kg = measured("weight_kg")
    temperature_c = measured("temperature_c")
    heart_rate = measured("heart_rate")
    respiratory_rate = measured("respiratory_rate")
    systolic = measured("systolic")
    diastolic = measured("diastolic")
    oxygen_saturation = measured("oxygen_saturation")
    head_circumference_cm = measured("head_circumference_cm")
    # kg/m2 from the unrounded metric values as CDC computes it; what a source reported is never stored here.
    bmi = models.GeneratedField(
        expression=Cast(KeyTextTransform("weight_kg", "vital"), FloatField())
        / Power(
            NullIf(Cast(KeyTextTransform("height_cm", "vital"), FloatField()), Value(0.0)) / Value(100.0),
            Value(2.0),
            output_field=FloatField(),
        ),
        output_field=FloatField(null=True),
        db_persist=True,
    )

    objects = HealthRecordQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"  # also for what Django does by itself, such as student.healthrecord_set.add(…)
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=ENTERED_IN_ERROR) | ~Q(status_reason=""),
                name="health_record_in_error_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(vital__isnull=True) | Q(SoundVital("vital")),
                name="health_record_vital_is_sound",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{key}__isnull": True}) | Q(**{f"{key}__range": limits}),
                    name=f"health_record_{key}_possible",
                    violation_error_message=f"{key} is outside what is possible ({limits[0]:g} to {limits[1]:g}).",
                )
                for key, limits in LIMITS.items()
            ),
        ]
        indexes = [
            # Serves the record list, the timeline and the last five vitals of one student, newest first.
            models.Index(F("student"), F("date").desc(), F("id").desc(), name="health_record_student_date"),
            # Serves the counts by type of the summary and the record list filtered by type.
            models.Index(fields=["student", "type"], name="health_record_student_type"),
            # Serves the vitals history and growth: only the records that hold vitals, so that a long history stays out.
            models.Index(
                F("student"), F("date").desc(), F("id").desc(),
                name="health_record_vitals", condition=Q(vital__isnull=False),
            ),
            # Serves questions about a vital sign across students (who was measured with …): vital ? key, vital @> {…}.
            GinIndex(fields=["vital"], name="health_record_vital_gin"),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Return type and day."""
        return f"{self.get_type_display()} {self.date:%Y-%m-%d}"

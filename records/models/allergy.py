"""An allergy or intolerance, and the one rule that decides what is life-threatening."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from records.models.clinical_entry import ENTERED_IN_ERROR, ClinicalEntry, ClinicalQuerySet


class AllergyQuerySet(ClinicalQuerySet["Allergy"]):
    """Questions about allergies."""

    def current(self) -> AllergyQuerySet:
        """Keep the allergies that hold now."""
        return self.filter(status=Allergy.Status.ACTIVE)

    def worst_first(self) -> AllergyQuerySet:
        """Order by severity, the worst first, then by name."""
        return self.order_by("-severity", "allergen", "id")

    def for_summary(self) -> models.QuerySet[Allergy, Any]:
        """Return what the health summary shows, the worst first."""
        shown = self.current().worst_first()
        return shown.values("id", "allergen", "category", "severity", "reaction", "status", "treatment")


class Allergy(ClinicalEntry):
    """An allergy (FHIR AllergyIntolerance)."""

    class Severity(models.IntegerChoices):
        """How bad; ordered, so that the database sorts the worst first."""

        UNKNOWN = 0, "Severity not recorded"
        MILD = 1, "Mild"
        MODERATE = 2, "Moderate"
        SEVERE = 3, "Severe"
        LIFE_THREATENING = 4, "Life-threatening"

    class Category(models.TextChoices):
        """What kind of thing the student is allergic to."""

        FOOD = "food", "Food"
        MEDICATION = "medication", "Medication"
        ENVIRONMENTAL = "environmental", "Environmental"
        INSECT = "insect", "Insect"
        LATEX = "latex", "Latex"
        OTHER = "other", "Other"

    class Status(models.TextChoices):
        """Whether the allergy holds (FHIR clinicalStatus)."""

        ACTIVE = "active", "Active"
        INACTIVE = "inactive", "Inactive"
        RESOLVED = "resolved", "Resolved"
        ENTERED_IN_ERROR = ENTERED_IN_ERROR, "Entered in error"

    allergen = models.CharField(max_length=200)
    category = models.CharField(max_length=20, choices=Category.choices, default=Category.OTHER)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices, default=Severity.UNKNOWN)
    reaction = models.CharField(max_length=500, blank=True)
    treatment = models.TextField(blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ACTIVE)
    onset_date = models.DateField(null=True, blank=True)
    verified = models.BooleanField(default=False, help_text="Confirmed by a clinician, not only reported.")
    code_system = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=50, blank=True)

    objects = AllergyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "allergies"
        base_manager_name = "objects"  # also for what Django does by itself, such as student.allergy_set.add(…)
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=ENTERED_IN_ERROR) | ~Q(status_reason=""),
                name="allergy_in_error_has_a_reason",
            ),
            models.CheckConstraint(condition=Q(severity__range=(0, 4)), name="allergy_severity_known"),
            models.CheckConstraint(condition=~Q(allergen=""), name="allergy_names_an_allergen"),
        ]
        indexes = [
            # Serves the summary and the allergy list: one student's allergies, the worst first.
            models.Index(F("student"), F("severity").desc(), name="allergy_student_severity"),
        ]

    def __str__(self) -> str:
        """Return the allergen."""
        return self.allergen

    @property
    def is_life_threatening(self) -> bool:
        """Whether every surface must show the alarm: severity life-threatening, on an allergy that holds now."""
        return self.severity == self.Severity.LIFE_THREATENING and self.status == self.Status.ACTIVE

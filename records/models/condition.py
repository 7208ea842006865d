"""A condition: a diagnosis that lasts, or lasted."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from records.models.clinical_entry import ENTERED_IN_ERROR, ConfidentialEntry, ConfidentialQuerySet


class ConditionQuerySet(ConfidentialQuerySet["Condition"]):
    """Questions about conditions."""

    def current(self) -> ConditionQuerySet:
        """Keep the conditions that the student has now."""
        return self.filter(status__in=Condition.CURRENT)

    def newest_first(self) -> ConditionQuerySet:
        """Order by onset, the latest first; those without a date last."""
        return self.order_by(F("onset_date").desc(nulls_last=True), "name", "id")

    def for_summary(self) -> models.QuerySet[Condition, Any]:
        """Return what the health summary shows, the latest onset first."""
        return self.current().newest_first().values("id", "name", "code", "status", "severity", "emergency_protocol")


class Condition(ConfidentialEntry):
    """A condition (FHIR Condition)."""

    class Status(models.TextChoices):
        """Where the condition stands (FHIR clinicalStatus, with managed and monitoring)."""

        ACTIVE = "active", "Active"
        MANAGED = "managed", "Managed"
        MONITORING = "monitoring", "Monitoring"
        INACTIVE = "inactive", "Inactive"
        RESOLVED = "resolved", "Resolved"
        ENTERED_IN_ERROR = ENTERED_IN_ERROR, "Entered in error"

    CURRENT = (Status.ACTIVE, Status.MANAGED, Status.MONITORING)

    class Severity(models.IntegerChoices):
        """How bad; ordered."""

        UNKNOWN = 0, "Severity not recorded"
        MILD = 1, "Mild"
        MODERATE = 2, "Moderate"
        SEVERE = 3, "Severe"

    name = models.CharField(max_length=300)
    code_system = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=50, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.ACTIVE)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices, default=Severity.UNKNOWN)
    onset_date = models.DateField(null=True, blank=True)
    abated_date = models.DateField(null=True, blank=True)
    verification = models.CharField(max_length=20, blank=True, help_text="confirmed, provisional, refuted, …")
    notes = models.TextField(blank=True)
    emergency_protocol = models.TextField(blank=True, help_text="What to do when it strikes; shown as an alert.")

    objects = ConditionQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"  # also for what Django does by itself, such as student.condition_set.add(…)
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=ENTERED_IN_ERROR) | ~Q(status_reason=""),
                name="condition_in_error_has_a_reason",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="condition_has_a_name"),
            models.CheckConstraint(
                condition=Q(abated_date__isnull=True)
                | Q(onset_date__isnull=True)
                | Q(abated_date__gte=F("onset_date")),
                name="condition_ends_not_before_it_began",
                violation_error_message="The condition ended before it began.",
            ),
        ]
        indexes = [
            # Serves the summary and the condition list: one student's conditions by status.
            models.Index(fields=["student", "status"], name="condition_student_status"),
        ]

    def __str__(self) -> str:
        """Return the condition's name."""
        return self.name

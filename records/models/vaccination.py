"""A vaccination: a dose given, or the reason why it was not."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from records.models.clinical_entry import ENTERED_IN_ERROR, ConfidentialEntry, ConfidentialQuerySet


class VaccinationQuerySet(ConfidentialQuerySet["Vaccination"]):
    """Questions about vaccinations."""

    def newest_first(self) -> VaccinationQuerySet:
        """Order by day, newest first; those without a day last."""
        return self.order_by(F("date").desc(nulls_last=True), "-id")

    def for_summary(self) -> models.QuerySet[Vaccination, Any]:
        """Return what the health summary shows, newest first."""
        return self.stands().newest_first().values("id", "cvx", "name", "date", "status")


class Vaccination(ConfidentialEntry):
    """A dose (FHIR Immunization). `cvx` is CDC's vaccine code, kept as text with its leading zero."""

    class Status(models.TextChoices):
        """What became of the dose (FHIR Immunization.status)."""

        COMPLETED = "completed", "Given"
        NOT_DONE = "not_done", "Not given"
        ENTERED_IN_ERROR = ENTERED_IN_ERROR, "Entered in error"

    cvx = models.CharField(max_length=10, blank=True)
    name = models.CharField(max_length=300)
    code_system = models.CharField(max_length=200, blank=True, help_text="Set where the source's code is not CVX.")
    code = models.CharField(max_length=50, blank=True)
    date = models.DateField(null=True, blank=True)
    date_text = models.CharField(max_length=100, blank=True, help_text="The source's words where it gives no day.")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.COMPLETED)
    historical = models.BooleanField(default=False, help_text="Reported from another record, not given here.")
    dose_number = models.PositiveSmallIntegerField(null=True, blank=True)
    lot_number = models.CharField(max_length=50, blank=True)
    manufacturer = models.CharField(max_length=100, blank=True, help_text="MVX code or name.")
    site = models.CharField(max_length=60, blank=True)
    route = models.CharField(max_length=60, blank=True)

    objects = VaccinationQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"  # also for what Django does by itself, such as student.vaccination_set.add(…)
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=ENTERED_IN_ERROR) | ~Q(status_reason=""),
                name="vaccination_in_error_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(cvx="") | ~Q(code="") | ~Q(name=""), name="vaccination_names_a_vaccine"
            ),
            models.CheckConstraint(
                condition=Q(date__isnull=False) | ~Q(date_text="") | ~Q(status="completed"),
                name="vaccination_given_says_when",
                violation_error_message="A dose that was given needs its date, or the words of the source.",
            ),
        ]
        indexes = [
            # Serves the summary and the vaccination list: one student's doses, newest first.
            models.Index(F("student"), F("date").desc(), name="vaccination_student_date"),
        ]

    def __str__(self) -> str:
        """Return the vaccine's name."""
        return self.name

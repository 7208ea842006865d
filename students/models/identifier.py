"""A number another system knows a student by."""

from django.db import models


class StudentIdentifier(models.Model):
    """An identifier of a student in some system: a medical record number, a roster id, a FHIR Patient id.

    Social security, driver's license and passport numbers are never kept (docs/privacy.md).
    """

    student = models.ForeignKey("students.Student", on_delete=models.CASCADE, related_name="identifiers")
    system = models.CharField(max_length=200, help_text="The URI that names the numbering system.")
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "value"], name="identifier_names_one_student"),
        ]
        indexes = [
            # Serves ?identifier= of the API, where the caller does not say the system.
            models.Index(fields=["value"], name="identifier_value"),
        ]

    def __str__(self) -> str:
        """Return the system only: the value is personal."""
        return self.system

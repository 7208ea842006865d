"""Where an imported row came from, so that the same input a second time changes nothing."""

from django.db import models
from django.utils import timezone


class SourceEntry(models.Model):
    """One resource of another system that an import has taken, and what it became.

    Several entries may point to one target: height and weight of a visit become one record of vital signs.
    """

    # The constraint's index begins with the student, so the key needs none of its own.
    student = models.ForeignKey(
        "students.Student", on_delete=models.CASCADE, related_name="source_entries", db_index=False
    )
    resource_type = models.CharField(max_length=40)
    source_id = models.CharField(max_length=100)
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of what was read from the resource.")
    target_model = models.CharField(max_length=40, help_text="Label of the model, for example records.Allergy.")
    target_id = models.UUIDField()
    target_version = models.PositiveIntegerField(
        default=1, help_text="Version of the target as the import left it; a later one was changed here since."
    )
    imported_at = models.DateTimeField(auto_now=True, help_text="When its content was last taken.")
    seen_at = models.DateTimeField(
        default=timezone.now, help_text="When an import last met it: two contents in one import are told apart by this."
    )

    class Meta:
        verbose_name_plural = "source entries"
        constraints = [
            # Also serves the import's question "do we know this already?".
            models.UniqueConstraint(
                fields=["student", "resource_type", "source_id"], name="source_entry_taken_once_per_student"
            ),
        ]
        indexes = [
            # Serves "where does this row come from?" in the admin and when an imported row is corrected.
            models.Index(fields=["target_id"], name="source_entry_target"),
        ]

    def __str__(self) -> str:
        """Return the kind of resource."""
        return self.resource_type

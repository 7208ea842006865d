"""Whom to call about a student."""

from django.db import models
from uuid_utils.compat import uuid7


class Contact(models.Model):
    """A parent, guardian or other adult. Seen only with the contact permission: harder to reach than health data."""

    class Priority(models.TextChoices):
        """Whom to call first."""

        PRIMARY = "primary", "Primary"
        SECONDARY = "secondary", "Secondary"
        EMERGENCY_ONLY = "emergency_only", "Emergency only"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # The index below begins with the student, so the key needs none of its own.
    student = models.ForeignKey("students.Student", on_delete=models.CASCADE, related_name="contacts", db_index=False)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    relationship = models.CharField(max_length=50, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    priority = models.CharField(max_length=20, choices=Priority.choices, default=Priority.PRIMARY)
    may_pick_up = models.BooleanField("may pick up the student", default=False)
    custody_note = models.TextField(blank=True, help_text="A court order or restriction, in its exact words.")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["priority", "family_name", "given_name"]
        indexes = [
            # Serves the contacts of one student, first the one to call.
            models.Index(fields=["student", "priority"], name="contact_by_student"),
        ]

    def __str__(self) -> str:
        """Return the contact's name."""
        return f"{self.given_name} {self.family_name}"

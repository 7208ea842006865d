"""The nurse's follow-up list: what somebody should look at, and what became of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from access.models import User
from access.roles import Permission
from records.models.clinical_entry import ENTERED_IN_ERROR
from students.models import School, Student


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Questions about follow-ups."""

    def visible_to(self, user: User) -> FollowUpQuerySet:
        """Keep those about students of the schools that this person nurses."""
        return self.filter(student__school__in=FollowUp.nursed_by(user))

    def waiting(self) -> FollowUpQuerySet:
        """Keep the open ones of students who go to school here, whose measurement stands."""
        here = self.filter(status=FollowUp.Status.OPEN, student__status=Student.Status.ENROLLED)
        return here.exclude(record__status=ENTERED_IN_ERROR)

    def by_due(self) -> FollowUpQuerySet:
        """Order by when it is due, the most urgent first."""
        return self.order_by("due", "id")


class FollowUp(models.Model):
    """One thing to look at about one student, found in one measurement; never twice for the same measurement."""

    class Kind(models.TextChoices):
        """What was found; records.recalculation.findings has the rules."""

        OBESITY_CLASS = "obesity_class", "New obesity class"
        FALLING_LINES = "falling_lines", "Fell two percentile lines"
        NO_GROWTH = "no_growth", "No growth"

    class Status(models.TextChoices):
        """Whether it waits, and who decided that it does not."""

        OPEN = "open", "Open"
        DONE = "done", "Done"
        DISMISSED = "dismissed", "Dismissed"
        CLOSED = "closed", "Closed by itself"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    student = models.ForeignKey("students.Student", on_delete=models.PROTECT, db_index=False, related_name="+")
    record = models.ForeignKey("records.HealthRecord", on_delete=models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    reason = models.CharField(max_length=200, help_text="What was found, in words.")
    since = models.DateField(help_text="The day of the measurement.")
    due = models.DateField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: Any = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "follow-up"
        constraints = [
            models.UniqueConstraint(fields=["record", "kind"], name="follow_up_once_a_measurement"),
            models.CheckConstraint(
                condition=~Q(status="dismissed") | ~Q(closing_reason=""), name="follow_up_dismissed_has_a_reason"
            ),
        ]
        indexes = [
            # Serves the list, and the batch that closes what is not so any more.
            models.Index(fields=["student"], name="follow_up_open", condition=Q(status="open")),
        ]

    def __str__(self) -> str:
        """Return the kind."""
        return self.get_kind_display()

    @staticmethod
    def nursed_by(user: User) -> models.QuerySet[School, Any]:
        """Return the ids of the schools that this person nurses: may write records, and see the confidential ones."""
        writes, sees = (
            School.objects.visible_to(user, permission).values("pk")
            for permission in (Permission.HEALTH_RECORD, Permission.CONFIDENTIAL_VIEW)
        )
        return writes.filter(pk__in=sees)

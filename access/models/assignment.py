"""Where a person works, as what, and from when to when."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from access.roles import ROLE_CHOICES, ROLES, Permission, Role


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Questions about assignments."""

    def in_force(self, on: datetime.date | None = None) -> AssignmentQuerySet:
        """Keep those that hold on that day (today)."""
        day = on or timezone.localdate()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)

    def that_permit(self, permission: Permission) -> AssignmentQuerySet:
        """Keep those whose role holds the permission."""
        return self.filter(role__in=[code for code, role in ROLES.items() if permission in role.permissions])


class Assignment(models.Model):
    """A role of one person in one school or in all schools of a district, time-boxed for substitutes."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=30, choices=ROLE_CHOICES)
    school = models.ForeignKey("students.School", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    district = models.ForeignKey("students.District", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True, help_text="The last day, for a substitute. Empty: no end.")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(school__isnull=True) ^ Q(district__isnull=True),
                name="assignment_to_a_school_or_a_district",
                violation_error_message="Choose a school or a district, not both.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="assignment_ends_not_before_it_starts",
                violation_error_message="The last day is before the first.",
            ),
        ]
        # The foreign key's own index on user serves the gate: a person has a handful of assignments.

    def __str__(self) -> str:
        """Return 'role for user'; the place costs a query and is left out."""
        return f"{self.definition.name} ({self.user_id})"

    @property
    def definition(self) -> type[Role]:
        """Return the class of the role."""
        return ROLES[self.role]

"""A school of a district."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from access.models import Assignment
from access.roles import Permission

if TYPE_CHECKING:
    from access.models import User


class SchoolQuerySet(models.QuerySet["School"]):
    """Questions about schools."""

    def visible_to(self, user: User, permission: Permission = Permission.STUDENT_VIEW) -> SchoolQuerySet:
        """Keep the schools where a role that the person holds today, by school or by district, has the permission."""
        if user.is_superuser and user.is_active:
            return self
        held = Assignment.objects.filter(user=user, user__is_active=True).in_force().that_permit(permission)
        return self.filter(Q(pk__in=held.values("school")) | Q(district__in=held.values("district")))


class School(models.Model):
    """A school; its code is what commands and the API call it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    district = models.ForeignKey("students.District", on_delete=models.PROTECT, related_name="schools")
    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        """Return the school's name."""
        return self.name

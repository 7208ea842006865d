"""A school of a district."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from uuid_utils.compat import uuid7

from access.models import Assignment
from access.roles import Permission
from students.models.saved_whole import SavedWhole

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

    def update(self, **values: Any) -> int:
        """Update, and make the next health summaries of the schools' students new: they show the school's name."""
        # By name: a student's model needs this one.
        students = apps.get_model("students", "Student")._default_manager
        with transaction.atomic(using=self.db, savepoint=False):
            in_order = self.order_by("pk").select_for_update(of=("self",), no_key=True)
            schools = list(in_order.values_list("pk", flat=True))
            changed = models.QuerySet.update(self.model._base_manager.using(self.db).filter(pk__in=schools), **values)
            students.make_stale(students.filter(school__in=schools).values_list("pk", flat=True))
        return changed


class School(SavedWhole):
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

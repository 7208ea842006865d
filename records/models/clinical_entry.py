"""What every kind of clinical row has: a student, a status with a reason, a version, writes that keep reads fresh."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, router, transaction
from uuid_utils.compat import uuid7

from records.freshness import announce
from students.models import Student
from students.models.among import Among
from students.models.saved_whole import SavedWhole

Entry_co = TypeVar("Entry_co", bound="ClinicalEntry", covariant=True)

ENTERED_IN_ERROR = "entered_in_error"
# PostgreSQL takes 65,535 values a statement, and a row has some 25.
ROWS_A_STATEMENT = 1_000


class ClinicalQuerySet(models.QuerySet[Entry_co]):
    """Questions that every kind answers; its writes make the next summary of each touched student a new one."""

    def of(self, student_id: UUID) -> Self:
        """Keep the rows of one student."""
        return self.filter(student_id=student_id)

    def stands(self) -> Self:
        """Leave out what was entered in error."""
        return self.exclude(status=ENTERED_IN_ERROR)

    def shown_to(self, *, confidential: bool) -> Self:
        """Leave out what this reader may not see; kinds that have no confidential rows show all."""
        return self

    def update(self, **values: Any) -> int:
        """Update the rows that match now, and their students' health_version with them.

        The rows are locked first and in order, so that exactly the students of the changed rows become fresh and two
        writers cannot wait for each other.
        """
        with transaction.atomic(using=self.db, savepoint=False):
            in_order = self.order_by("pk").select_for_update(of=("self",), no_key=True)
            found = dict(in_order.values_list("pk", "student_id"))
            rows = self.model._base_manager.using(self.db).filter(pk__in=Among(found))
            changed = models.QuerySet.update(rows, **values)
            moved = {"student", "student_id"} & values.keys()
            now = rows.values_list("student_id", flat=True) if moved else ()
            students = {*found.values(), *now}
            Student.objects.using(self.db).make_stale(students)
            announce(students, using=self.db)
        return changed

    def bulk_create(self, objs: Iterable[Any], batch_size: int | None = None, *args: Any, **kwargs: Any) -> list[Any]:
        """Create many, some hundreds a statement, and make their students' next summaries new.

        The students first: each statement locks its own (the search index asks for their schools), and only all of
        them at once can be locked in order.
        """
        rows = list(objs)
        students = {row.student_id for row in rows}
        with transaction.atomic(using=self.db, savepoint=False):
            Student.objects.using(self.db).make_stale(students)
            made = super().bulk_create(rows, batch_size or ROWS_A_STATEMENT, *args, **kwargs)
            announce(students, using=self.db)
        return made


class ClinicalEntry(SavedWhole):
    """A clinical row. It is never deleted in use: `status` says entered_in_error and `status_reason` why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Every kind has an index that begins with the student, so the key needs none of its own.
    student = models.ForeignKey(
        "students.Student", on_delete=models.PROTECT, related_name="%(class)s_set", db_index=False
    )
    status_reason = models.CharField(max_length=200, blank=True)
    flags = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="What a reader should check: unknown_code, fever, …",
    )
    source = models.CharField(max_length=40, default="charted", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; where that moves the row to another student, the one who had it gets a new summary too."""
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=using, savepoint=False):
            if not self._state.adding:
                as_it_is = type(self)._base_manager.using(using).filter(pk=self.pk).select_for_update(no_key=True)
                had_it = set(as_it_is.values_list("student_id", flat=True)) - {self.student_id}
                Student.objects.using(using).make_stale({*had_it, self.student_id} if had_it else ())
            super().save(*args, **kwargs)


class ConfidentialQuerySet(ClinicalQuerySet[Entry_co]):
    """Questions about kinds whose rows may be confidential."""

    def shown_to(self, *, confidential: bool) -> Self:
        """Leave out confidential rows unless the reader may see them."""
        return self if confidential else self.filter(confidential=False)


class ConfidentialEntry(ClinicalEntry):
    """A kind whose rows may be confidential. Allergies are not: one that not everybody sees is a danger."""

    confidential = models.BooleanField(default=False, help_text="Seen only by roles that may see confidential records.")

    class Meta:
        abstract = True

"""Freshness: each write of health data makes its student's next summary a new one, in the writer's transaction.

The cache key holds the student's `health_version`. A write adds 1 to it before it commits, so at the commit no
reader can find the old answer any more: nothing to delete, no race to lose. A rolled-back write rolls this back too.
Ways around signals (`update`, `bulk_create`, COPY) call `Student.objects.make_stale` from the QuerySet or the action.

After the commit `written` tells whose data it was, so that the new summary can be made before anybody asks
(records.refresh). Nothing depends on that: whoever misses it builds.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal

from students.models import School, Student

# Health data of `student_id` was written and committed.
written = Signal()
# More students in one transaction is an import or the like: nobody is told.
MOST_ANNOUNCED = 20


@dataclass(frozen=True, slots=True)
class Known:
    """Where a student is and the version that the write gave them, if nothing else can follow before the commit."""

    school_id: UUID
    health_version: int


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is told after the commit, about one student; equal ones are told once."""

    student_id: UUID
    known: Known | None = field(default=None, compare=False)

    def __call__(self) -> None:
        """Tell. Whoever listens and fails takes nothing back: the data is committed."""
        written.send_robust(None, student_id=self.student_id, known=self.known)


def announce(student_ids: Collection[UUID], *, using: str = "default", known: Known | None = None) -> None:
    """After the commit of the open transaction, tell that health data of these students was written.

    `known` saves whoever listens a statement; only outside a transaction, for the one student.
    """
    connection = transaction.get_connection(using)
    waiting, here = connection.run_on_commit, set(connection.savepoint_ids)
    if len(waiting) + len(student_ids) > MOST_ANNOUNCED:
        return
    for announcement in (Announcement(student_id, known) for student_id in student_ids):
        # Not again if it is to be told already, unless a savepoint that is not ours may yet take that back.
        if not any(told == announcement and savepoints <= here for savepoints, told, _ in waiting):
            transaction.on_commit(announcement, using=using)


def keep_fresh(model: type[models.Model]) -> None:
    """Connect `changed` to every save and delete of a model whose rows the summary shows."""
    for signal in (post_save, post_delete):
        signal.connect(changed, sender=model, dispatch_uid=f"freshness of {model._meta.label}")


def changed(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    """Receive post_save and post_delete of everything that a summary shows."""
    if isinstance(instance, School):
        Student.objects.make_stale(instance.students.values_list("pk", flat=True))
    elif isinstance(instance, Student):
        if not kwargs.get("created"):
            Student.objects.filter(pk=instance.pk).update()
            announce([instance.pk], using=kwargs["using"])
    else:
        student_id: UUID = instance.student_id  # type: ignore[attr-defined]
        Student.objects.make_stale([student_id])
        announce([student_id], using=kwargs["using"])

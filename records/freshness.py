"""Freshness: each write of health data makes its student's next summary a new one, in the writer's transaction.

The cache key holds the student's `health_version`. A write adds 1 to it before it commits, so at the commit no
reader can find the old answer any more: nothing to delete, no race to lose. A rolled-back write rolls this back too.
Ways around signals (`update`, `bulk_create`, COPY) call `Student.objects.make_stale` from the QuerySet or the action.
"""

from typing import Any

from django.db import models
from django.db.models.signals import post_delete, post_save

from students.models import School, Student


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
    else:
        Student.objects.make_stale([instance.student_id])  # type: ignore[attr-defined]

"""The audit trail: who looked at or wrote about which student, through which door, with what outcome."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from access.events import Action, Door, Outcome

# How far back "opened last" looks: a nurse's day and a half.
RECENT_ROWS = 200


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Questions about the trail."""

    def about(self, student_id: UUID) -> AuditEventQuerySet:
        """Return the looks at one student, newest first."""
        return self.filter(student_id=student_id).order_by("-at", "-id")

    def opened_last(self, actor_id: int | None, count: int) -> list[UUID]:
        """Return the students whose summary the person opened last, the latest first; looks at a few hundred rows."""
        opened = self.filter(actor_id=actor_id, action=Action.HEALTH_SUMMARY_VIEWED, outcome=Outcome.GRANTED)
        latest = opened.order_by("-at").values_list("student_id", flat=True)[:RECENT_ROWS]
        return list(dict.fromkeys(student_id for student_id in latest if student_id))[:count]


class AuditEvent(models.Model):
    """One look or write. Append-only: the table is made by a migration, partitioned by month, and refuses changes.

    No foreign keys, no names and no query text: a row outlives the person and the student it speaks of.
    `transaction` is PostgreSQL's transaction number; rows are sealed once every transaction up to theirs has ended.
    """

    id = models.BigIntegerField(primary_key=True)
    transaction = models.BigIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    student_id = models.UUIDField(null=True)
    action = models.CharField(max_length=40, choices=Action.choices)
    door = models.CharField(max_length=10, choices=Door.choices)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    reason = models.CharField(max_length=200)
    request_id = models.CharField(max_length=64)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "access_auditevent"

    def __str__(self) -> str:
        """Return what happened, without saying to whom."""
        return f"{self.action} by {self.actor_id or 'the system'}"

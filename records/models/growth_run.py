"""One run of `recalculate_growth`: how far it is, how it ended, and whether it shall stop."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone


class GrowthRunQuerySet(models.QuerySet["GrowthRun"]):
    """Questions about runs."""

    def newest_first(self) -> GrowthRunQuerySet:
        """Order by when they began."""
        return self.order_by("-started_at", "-pk")

    def unfinished(self, *, whole: bool, school_id: Any, rules: int, since: datetime.datetime) -> GrowthRun | None:
        """Return the latest run over these students, if it stopped half-way and not too long ago."""
        runs = self.filter(whole=whole, school=school_id, rules=rules).newest_first()
        last = runs.first()
        stopped = last is not None and last.outcome in (GrowthRun.Outcome.STOPPED, GrowthRun.Outcome.RUNNING)
        return last if stopped and last is not None and last.reached and last.heard_at >= since else None


class GrowthRun(models.Model):
    """A run. It holds counts and the id where it is, nothing about a child.

    A run that was killed stays RUNNING; whoever gets the lock next knows that it is not, and goes on from `reached`.
    """

    class Outcome(models.TextChoices):
        """How it stands."""

        RUNNING = "running", "Running"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped before the end"
        FAILED = "failed", "Failed"

    whole = models.BooleanField(help_text="All students, not only those who changed.")
    school = models.ForeignKey("students.School", on_delete=models.CASCADE, null=True, related_name="+")
    rules = models.SmallIntegerField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    heard_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.RUNNING)
    stop_asked = models.BooleanField(default=False)
    reached = models.UUIDField(null=True)
    students_to_do = models.PositiveIntegerField(default=0)
    students = models.PositiveIntegerField(default=0)
    measurements = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True)

    objects = GrowthRunQuerySet.as_manager()

    class Meta:
        indexes = [
            # Serves the latest runs, for the page and for going on.
            models.Index(fields=["-started_at"], name="growth_run_latest"),
        ]

    def __str__(self) -> str:
        """Return when it began and how it stands."""
        return f"{self.started_at:%Y-%m-%d %H:%M}, {self.get_outcome_display().lower()}"

    @property
    def percent(self) -> int:
        """How much of it is done, in percent."""
        return 100 if not self.students_to_do else min(100, 100 * self.students // self.students_to_do)

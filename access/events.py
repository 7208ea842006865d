"""The words of the audit trail: what was done, through which door, with what outcome; and who does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from django.http import HttpRequest


class Action(models.TextChoices):
    """What was looked at or done, in the past tense."""

    STUDENT_LISTED = "student_listed", "Shown in a list"
    STUDENT_FOUND = "student_found", "Shown in a search"
    STUDENT_VIEWED = "student_viewed", "Looked at the student's details"
    HEALTH_SUMMARY_VIEWED = "health_summary_viewed", "Looked at the health summary"
    VITALS_VIEWED = "vitals_viewed", "Looked at vital signs"
    GROWTH_VIEWED = "growth_viewed", "Looked at growth"
    RECORDS_VIEWED = "records_viewed", "Looked at health records"
    ALLERGIES_VIEWED = "allergies_viewed", "Looked at allergies"
    CONDITIONS_VIEWED = "conditions_viewed", "Looked at conditions"
    VACCINATIONS_VIEWED = "vaccinations_viewed", "Looked at vaccinations"
    CONTACTS_VIEWED = "contacts_viewed", "Looked at contacts"
    ACCESS_LOG_VIEWED = "access_log_viewed", "Looked at who looked"
    STUDENT_ENROLLED = "student_enrolled", "Enrolled the student"
    STUDENT_CHANGED = "student_changed", "Changed the student's details"
    VITAL_SIGNS_RECORDED = "vital_signs_recorded", "Recorded vital signs"
    HEALTH_DATA_RECORDED = "health_data_recorded", "Recorded health data"
    HEALTH_DATA_CORRECTED = "health_data_corrected", "Corrected health data"
    ENTERED_IN_ERROR = "entered_in_error", "Marked an entry as entered in error"
    FOLLOW_UPS_VIEWED = "follow_ups_viewed", "Shown in the follow-up list"
    FOLLOW_UP_CLOSED = "follow_up_closed", "Closed a follow-up"
    STATISTICS_VIEWED = "statistics_viewed", "Looked at statistics of schools"
    RECORDS_IMPORTED = "records_imported", "Imported health records"
    ADMIN_VIEWED = "admin_viewed", "Looked in the administration"


class Door(models.TextChoices):
    """The way in."""

    PAGE = "page", "Page"
    API = "api", "API"
    ADMIN = "admin", "Administration"
    COMMAND = "command", "Command"
    TASK = "task", "Background task"


class Outcome(models.TextChoices):
    """What became of it."""

    GRANTED = "granted", "Allowed"
    FORBIDDEN = "forbidden", "Refused: no permission"
    NOT_VISIBLE = "not_visible", "Refused: not their student"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and through which door; `user_id` None is the system itself."""

    user_id: int | None
    door: Door

    @classmethod
    def on_page(cls, request: HttpRequest) -> Actor:
        """Return the logged-in person of a page request."""
        return cls(request.user.pk, Door.PAGE)

    @classmethod
    def in_admin(cls, request: HttpRequest) -> Actor:
        """Return the logged-in person of an admin request."""
        return cls(request.user.pk, Door.ADMIN)

    @classmethod
    def by_api(cls, request: HttpRequest) -> Actor:
        """Return the holder of the token of an API request."""
        return cls(request.user.pk, Door.API)

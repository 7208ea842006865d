"""Take back an entry: it stays readable, and says that it was wrong and why."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet

from access import audit
from access.events import Action, Actor
from records.actions.stale_version import StaleVersion
from records.models.clinical_entry import ENTERED_IN_ERROR, ClinicalEntry


@transaction.atomic
def mark_entered_in_error(*, by: Actor, entry: ClinicalEntry, reason: str) -> None:
    """Set the entry's status with the reason, and write the audit row. Clinical rows are never deleted.

    Raises ValidationError without a reason, StaleVersion when someone changed the entry since `entry` was read.
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": "Say why this was entered in error."}, code="required")
    as_read: QuerySet[Any] = type(entry)._default_manager.filter(pk=entry.pk, version=entry.version)
    changed = as_read.update(status=ENTERED_IN_ERROR, status_reason=reason[:200], version=F("version") + 1)
    if not changed:
        raise StaleVersion
    entry.refresh_from_db()
    audit.note(by, Action.ENTERED_IN_ERROR, [entry.student_id])

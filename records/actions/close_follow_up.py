"""Take an entry off the follow-up list: it was seen to, or it needs nothing."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from access import audit
from access.events import Action, Actor
from records.models.follow_up import FollowUp

CLOSINGS = (FollowUp.Status.DONE, FollowUp.Status.DISMISSED)


class AlreadyClosed(Exception):
    """Somebody else closed the entry, or it closed by itself; nothing was written."""


@transaction.atomic
def close_follow_up(*, by: Actor, entry: FollowUp, status: str, reason: str = "") -> None:
    """Set the entry to done or dismissed with who, when and why, and write the audit row.

    Raises ValidationError for another status or a dismissal without a reason, AlreadyClosed.
    """
    reason = reason.strip()
    if status not in CLOSINGS:
        raise ValidationError({"status": "Say done or dismissed."}, code="invalid")
    if status == FollowUp.Status.DISMISSED and not reason:
        raise ValidationError({"reason": "Say why this needs no follow-up."}, code="required")
    values: dict[str, Any] = {
        "status": status,
        "closing_reason": reason[:200],
        "closed_by_id": by.user_id,
        "closed_at": timezone.now(),
    }
    if not FollowUp.objects.filter(pk=entry.pk, status=FollowUp.Status.OPEN).update(**values):
        raise AlreadyClosed
    entry.refresh_from_db()
    audit.note(by, Action.FOLLOW_UP_CLOSED, [entry.student_id])

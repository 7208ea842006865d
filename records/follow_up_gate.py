"""The way to one entry of the follow-up list: through the gate to its student."""

from uuid import UUID

from django.http import Http404

from access.events import Action, Actor
from access.gate import NotPermitted, open_student
from access.roles import Permission
from records.models import FollowUp


def opened(by: Actor, follow_up_id: UUID) -> FollowUp:
    """Return the entry after the gate let the person through to its student. Raises Http404, NotPermitted."""
    entry: FollowUp | None = FollowUp.objects.filter(pk=follow_up_id).first()
    if entry is None:
        raise Http404("There is no such follow-up among yours.")
    look = open_student(by, entry.student_id, Permission.HEALTH_RECORD, Action.FOLLOW_UPS_VIEWED)
    if not look.confidential:
        raise NotPermitted("Your role does not allow this.")
    return entry

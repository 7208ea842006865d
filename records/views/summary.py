"""The health summary page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from access.events import Action, Actor
from access.gate import open_student
from access.roles import Permission
from records.views.frame import framed
from records.views.summary_content import summary_content


@require_safe
def student_summary(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """Show what matters about one student."""
    look = open_student(Actor.on_page(request), student_id, Permission.HEALTH_VIEW, Action.HEALTH_SUMMARY_VIEWED)
    return framed(request, "records/student_summary.html", summary_content(look))

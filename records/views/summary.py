"""The health summary page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.events import Action, Actor
from access.gate import open_student
from access.roles import Permission
from records.forms import VitalSignsForm
from records.summary import health_summary
from records.views.shown import may, shown_summary


@require_safe
def student_summary(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """Show what matters about one student."""
    look = open_student(Actor.on_page(request), student_id, Permission.HEALTH_VIEW, Action.HEALTH_SUMMARY_VIEWED)
    summary = health_summary(look)
    form = VitalSignsForm() if Permission.HEALTH_RECORD in look.permissions else None
    context = shown_summary(summary.data) | {"may": may(look), "vitals_form": form}
    return render(request, "records/student_summary.html", context)

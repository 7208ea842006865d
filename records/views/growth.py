"""The growth page of one student: the chart, what moved, and every visit in a table."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.events import Action, Actor
from access.gate import open_student
from access.roles import Permission
from records.student_growth import student_growth
from records.summary import health_summary
from records.views.shown import may, shown_summary
from records.views.shown_growth import shown_growth


@require_safe
def growth(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """Show how a student grew. `chart` chooses height, weight or bmi, `ages` one of the two charts of a childhood."""
    look = open_student(Actor.on_page(request), student_id, Permission.HEALTH_VIEW, Action.GROWTH_VIEWED)
    # The student's header and alerts come from the summary.
    summary = shown_summary(health_summary(look).data)
    asked: tuple[str, str] = request.GET.get("chart", ""), request.GET.get("ages", "")
    context: dict[str, Any] = {
        "student": summary["student"],
        "alerts": summary["summary"]["alerts"],
        "may": may(look),
        **shown_growth(student_growth(look).data, summary["student"], *asked),
    }
    return render(request, "records/growth.html", context)

"""Weight status and coverage of one's schools, small numbers hidden."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access import audit
from access.events import Action, Actor
from access.gate import NotPermitted
from access.signed_in import signed_in
from records.growth_statistics import growth_statistics
from records.models import FollowUp
from students.models import School


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show the tables of all the schools that the person nurses; one row in the audit trail, about no student."""
    schools = list(School.objects.filter(pk__in=FollowUp.nursed_by(signed_in(request))))
    if not schools:
        raise NotPermitted("Your role does not allow this.")
    audit.note_aggregate(Actor.on_page(request), Action.STATISTICS_VIEWED)
    found = growth_statistics(schools)
    return render(request, "records/statistics.html", found | {"as_of": datetime.fromisoformat(found["as_of"])})

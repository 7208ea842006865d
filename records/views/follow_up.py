"""The nurse's follow-up list: what the measurements say somebody should look at, and what became of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from access import audit
from access.events import Action, Actor
from access.gate import NotPermitted
from access.roles import Permission
from access.signed_in import signed_in
from records.actions import close_follow_up
from records.actions.close_follow_up import AlreadyClosed
from records.follow_up_gate import opened
from records.models import FollowUp
from students.models import School

ROWS_A_PAGE = 50


@require_safe
def follow_up_list(request: HttpRequest) -> HttpResponse:
    """Show what waits at the person's schools, the most urgent first; one audit row for each student shown."""
    user = signed_in(request)
    if not School.objects.visible_to(user, Permission.HEALTH_RECORD).exists():
        raise NotPermitted("Your role does not allow this.")
    page_text = request.GET.get("page", "1")
    page = min(max(int(page_text[:6]), 1), 10_000) if page_text.isdecimal() else 1
    start = (page - 1) * ROWS_A_PAGE
    found = FollowUp.objects.visible_to(user).waiting().by_due().select_related("student__school")
    rows = list(found[start : start + ROWS_A_PAGE + 1])
    entries = rows[:ROWS_A_PAGE]
    audit.note(Actor.on_page(request), Action.FOLLOW_UPS_VIEWED, {entry.student_id for entry in entries})
    context = {
        "entries": entries,
        "previous_page": page - 1 or None,
        "next_page": page + 1 if len(rows) > ROWS_A_PAGE else None,
    }
    return render(request, "records/follow_up.html", context)


@require_POST
def follow_up(request: HttpRequest, follow_up_id: UUID) -> HttpResponse:
    """Close an entry: `status` done or dismissed, `reason`. Raises what the gate raises, Http404."""
    by = Actor.on_page(request)
    entry = opened(by, follow_up_id)
    try:
        close_follow_up(
            by=by, entry=entry, status=request.POST.get("status", ""), reason=request.POST.get("reason", "")
        )
    except ValidationError as refused:
        messages.error(request, f"Nothing was changed. {' '.join(refused.messages)}")
    except AlreadyClosed:
        messages.info(request, "This entry was closed already. Nothing was changed.")
    else:
        messages.success(request, f"Taken off the list as {entry.get_status_display().lower()}.")
    return redirect("follow_up_list")

"""The operators' page of the growth runs: how far the one at hand is, how the last ones went, start and stop."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access.signed_in import signed_in
from records.models import GrowthRun
from records.recalculation.run import under_way
from records.tasks import queue_growth

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def growth_runs(request: HttpRequest) -> HttpResponse:
    """Show the runs; POST starts one (`start`: all or changed) or asks the one at hand to stop (`stop`)."""
    user = signed_in(request)
    if not user.is_staff:
        raise PermissionDenied("This page is for staff who operate White Cross.")
    running = under_way()
    if request.method != "POST":
        runs = GrowthRun.objects.newest_first().select_related("school", "started_by")[:SHOWN]
        context = {"as_of": timezone.localtime(), "runs": runs, "running": running}
        return render(request, "records/growth_runs.html", context)
    if "stop" in request.POST:
        stop(request, GrowthRun.objects.filter(outcome=GrowthRun.Outcome.RUNNING))
    elif running:
        messages.warning(request, "A run is under way. Stop it first, or wait for its end.")
    elif queue_growth(whole=request.POST.get("start") == "all", started_by=user.pk):
        messages.success(request, "The run was queued. It begins when a worker is free.")
    else:
        messages.error(request, "Nothing was started: the message broker does not answer. Try again in a minute.")
    return redirect("ops_growth")


def stop(request: HttpRequest, running: QuerySet[GrowthRun]) -> None:
    """Ask the run at hand to stop, and say so."""
    if running.update(stop_asked=True):
        messages.success(request, "The run ends after the students at hand. What was computed stands.")
    else:
        messages.info(request, "No run is under way.")

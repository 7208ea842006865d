"""The probes and the Prometheus scrape, which need no login, and the operators' page, which is for staff."""

import redis
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import generate_latest

from access.signed_in import signed_in
from metrics import samples
from metrics.page import last_hour_shown
from metrics.parts import Unavailable
from metrics.processes import forget_dead_processes
from metrics.readiness import readiness
from metrics.servers import servers_registry


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Answer that the process answers; touches nothing else."""
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when this process can serve, else 503, with a word for each part that says what is wrong."""
    parts, serving = readiness()
    return JsonResponse(parts, status=200 if serving else 503)


@login_not_required
@require_safe
def scrape(request: HttpRequest) -> HttpResponse:
    """Answer the meters of all processes of this machine and the state of the servers, in Prometheus' text format."""
    forget_dead_processes()
    response: HttpResponse = ExportToDjangoView(request)
    response.content += generate_latest(servers_registry())
    return response


@require_safe
def performance(request: HttpRequest) -> HttpResponse:
    """Draw the last hour for operators: latency, hit rate, and the figures behind them."""
    if not signed_in(request).is_staff:
        raise PermissionDenied("This page is for staff who operate White Cross.")
    try:
        shown = last_hour_shown(samples.last_hour())
    except Unavailable as missing:
        shown = {"unavailable": str(missing)}
    except redis.RedisError:
        shown = {"unavailable": "The cache, which keeps the samples of the last hour, does not answer."}
    return render(request, "metrics/performance.html", {"as_of": timezone.localtime(), **shown})

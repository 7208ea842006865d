"""The health summary by API: the hot read, so nothing between the gate and the finished bytes."""

from hashlib import blake2b
from time import perf_counter
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from access.api_door import StudentApiView
from access.events import Action, Actor
from access.gate import StudentNotVisible, open_student
from access.hot_read import HotRead
from access.roles import Permission
from access.versions import already_held
from records.api.summary_schema import HealthSummarySerializer
from records.summary import health_summary

DIGEST_BYTES = 12


def read(request: HttpRequest, by: Actor, student_id: UUID) -> HttpResponse:
    """Read the health summary. X-Cache says where it came from, Server-Timing what it took."""
    started = perf_counter()
    look = open_student(by, student_id, Permission.HEALTH_VIEW, Action.HEALTH_SUMMARY_VIEWED)
    opened = perf_counter()
    summary = health_summary(look)
    built = perf_counter()
    etag = f'"{look.health_version}-{blake2b(summary.body, digest_size=DIGEST_BYTES).hexdigest()}"'
    source = "cache" if summary.cache == "hit" else "build"
    headers = {
        "ETag": etag,
        "Cache-Control": "no-store",
        "X-Cache": summary.cache,
        "Server-Timing": f"gate;dur={(opened - started) * 1e3:.2f}, {source};dur={(built - opened) * 1e3:.2f}",
    }
    if already_held(request, etag):
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(summary.body, content_type="application/json", headers=headers)


class HealthSummaryView(StudentApiView):
    """What matters about a student."""

    serializer_class = HealthSummarySerializer
    pagination_class = None

    @extend_schema(responses=HealthSummarySerializer)
    def get(self, request: Request, student_id: UUID) -> HttpResponse:
        """Read the health summary. X-Cache says where it came from, Server-Timing what it took."""
        try:
            return read(request, self.actor, student_id)
        except StudentNotVisible as error:
            self.raise_honestly(error)


health_summary_view = HotRead(HealthSummaryView, read)

"""The request id: one opaque name for a request, in the answer, the log line and the audit row."""

import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar

import structlog
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger("whitecross.request")

_request_id: ContextVar[str] = ContextVar("request_id", default="")

# What a caller may send: short, and of characters that cannot break a log line or a header.
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")


def current_request_id() -> str:
    """Return the id of the request being served, or '' outside one."""
    return _request_id.get()


class RequestIdMiddleware:
    """Give each request an id, answer it in X-Request-ID and write one log line without path values or query.

    The line names the route (`records:summary`), not the path, and the user's number: nothing about a child.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request under its id."""
        sent = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = sent if ACCEPTED.fullmatch(sent) else uuid.uuid4().hex
        token = _request_id.set(request_id)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        response["X-Request-ID"] = request_id
        match = request.resolver_match
        log.info(
            "request",
            request_id=request_id,
            method=request.method,
            route=match.view_name if match else "unmatched",
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response

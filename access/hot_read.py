"""A read that is asked for hundreds of times a minute, as a plain Django view in front of its DRF view.

What such a request usually is (GET, a good token, JSON wanted) goes straight to the gate. Everything else, and every
refusal, goes to the DRF view: the same address, description and errors, and nothing about them written twice.
docs/adr/0013-the-hot-read.md says what this saves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework_simplejwt.exceptions import InvalidToken

from access.api_door import StudentApiView
from access.events import Actor, Door
from access.tokens import holder_of, sent_with

Read = Callable[[HttpRequest, Actor, UUID], HttpResponseBase]


class HotRead:
    """A view of one student: `read` for the usual request, `view` for all others."""

    # What DRF's as_view() says of its views too: a token is no cookie, and who asks is known by it alone.
    csrf_exempt = True
    login_required = False

    def __init__(self, view: type[StudentApiView], read: Read) -> None:
        # By `cls` and `initkwargs` the API's description knows a DRF view.
        self.cls, self.initkwargs = view, dict[str, Any]()
        self.read, self.view = read, view.as_view()

    def __call__(self, request: HttpRequest, student_id: UUID) -> HttpResponseBase:
        """Answer the request."""
        token = sent_with(request)
        if token is None or request.method != "GET" or not takes_json(request):
            return self.view(request, student_id=student_id)
        try:
            actor = Actor(holder_of(token), Door.API)
        except InvalidToken:
            return self.view(request, student_id=student_id)
        try:
            return self.read(request, actor, student_id)
        except Exception as error:  # as in DRF's dispatch: the view makes a problem of it, and logs it
            return self.cls.as_view(refused=error)(request, student_id=student_id)


def takes_json(request: HttpRequest) -> bool:
    """Whether the request asks for JSON, or does not say; a list with weights is for DRF to read."""
    return request.META.get("HTTP_ACCEPT", "*/*") in ("*/*", "application/json")

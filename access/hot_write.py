"""A write that is sent many times a minute, as a plain Django view in front of its DRF view; see access/hot_read.py.

`take` reads the plain body as most callers send it. Where it is not sure, and where anything is wrong, it returns None,
and the DRF view reads the body anew and says what is wrong: no rule and no sentence is written twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework_simplejwt.exceptions import InvalidToken

from access.api_door import StudentApiView
from access.events import Actor, Door
from access.hot_read import takes_json
from access.tokens import holder_of, sent_with

Sent = TypeVar("Sent")

# What a plain body may have in bytes; a longer one, or one of unknown length, is for DRF to read.
MOST_BYTES = 16_384


class HotWrite(Generic[Sent]):
    """A view of one student: `take` and `write` for the usual POST, `view` for all other requests."""

    # As in HotRead: a token is no cookie, and who asks is known by it alone.
    csrf_exempt = True
    login_required = False

    def __init__(
        self,
        view: type[StudentApiView],
        take: Callable[[bytes], Sent | None],
        write: Callable[[HttpRequest, Actor, UUID, Sent], HttpResponseBase],
    ) -> None:
        # By `cls` and `initkwargs` the API's description knows a DRF view.
        self.cls, self.initkwargs = view, dict[str, Any]()
        self.take, self.write, self.view = take, write, view.as_view()

    def __call__(self, request: HttpRequest, student_id: UUID) -> HttpResponseBase:
        """Answer the request."""
        token = sent_with(request)
        if token is None or not has_plain_body(request) or not takes_json(request):
            return self.view(request, student_id=student_id)
        try:
            actor = Actor(holder_of(token), Door.API)
        except InvalidToken:
            return self.view(request, student_id=student_id)
        try:
            sent = self.take(request.body)
            if sent is not None:
                return self.write(request, actor, student_id, sent)
        except Exception as error:  # as in DRF's dispatch: the view makes a problem of it, and logs it
            return self.cls.as_view(refused=error)(request, student_id=student_id)
        return self.view(request, student_id=student_id)


def has_plain_body(request: HttpRequest) -> bool:
    """Whether this is a POST of JSON of a usual length."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return (
        request.method == "POST"
        and request.META.get("CONTENT_TYPE") == "application/json"
        and length.isdecimal()
        and len(length) <= len(str(MOST_BYTES))
        and int(length) <= MOST_BYTES
    )

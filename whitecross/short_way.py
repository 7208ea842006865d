"""The short way: calls of the API by token leave the middlewares here, past those that only pages need.

A call that brings a token has no session, no form, no message and no browser that draws it. What a page and a call
share (measuring, the request's id, the log line, no-store) stands before this in MIDDLEWARE; what a call still needs
behind it is API_MIDDLEWARE. docs/adr/0013-the-hot-read.md says what this saves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string
from django_permissions_policy import PermissionsPolicyMiddleware

Answer = Callable[[HttpRequest], HttpResponseBase]
API, LOGIN = "/api/v1/", "/api/v1/auth/"
# For an answer that is no page: a browser that draws it all the same loads nothing and sends nothing.
NO_PAGE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def by_token(request: HttpRequest) -> bool:
    """Whether this is a call of the API by token; asking for one is not, whatever it brings."""
    path = request.path_info
    return path.startswith(API) and "HTTP_AUTHORIZATION" in request.META and not path.startswith(LOGIN)


def asks_for_its_own_login(request: HttpRequest, view: Callable[..., Any], *rest: Any) -> None:
    """Raise ImproperlyConfigured for a view that relies on the pages' login, as any that DRF did not make would."""
    if getattr(view, "login_required", True):
        raise ImproperlyConfigured(f"{view!r} stands under {API} and does not ask for a login of its own.")


class ShortHandler(BaseHandler):
    """Django's own way from a request to its view, without the middlewares of pages."""

    _view_middleware = [asks_for_its_own_login]
    _template_response_middleware: list[Any] = []
    _exception_middleware: list[Any] = []

    def chain(self) -> Any:
        """Return what answers a call, an Answer: API_MIDDLEWARE around the view."""
        answer: Any = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]  # as load_middleware
        for name in reversed(settings.API_MIDDLEWARE):
            answer = convert_exception_to_response(import_string(name)(answer))
        return answer


class ShortWayMiddleware:
    """Answers a call by token itself; hands everything else on."""

    def __init__(self, get_response: Answer) -> None:
        self.page, self.call = get_response, ShortHandler().chain()
        policy = PermissionsPolicyMiddleware(lambda request: HttpResponse())(HttpRequest())
        self.headers = {
            "Content-Security-Policy": NO_PAGE,
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
            "Permissions-Policy": policy["Permissions-Policy"],  # type: ignore[index]  # not the asynchronous kind
        }

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve the request."""
        if not by_token(request):
            return self.page(request)
        answer: HttpResponseBase = self.call(request)
        for name, value in self.headers.items():
            answer.headers[name] = value
        if isinstance(answer, HttpResponse) and not answer.has_header("Content-Length"):
            answer.headers["Content-Length"] = str(len(answer.content))
        return answer

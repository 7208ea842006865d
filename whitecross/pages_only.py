"""The middlewares that pages need and calls of the API by token do not: such a call goes past them.

A call that brings a token has no session, no form, no message and no browser that draws it. Each class here is the one
it is named after, so that Django's own checks find it. Two more stand in MIDDLEWARE as they are, because silk and
allauth look for them by name: sessions (nothing is read until somebody asks) and allauth's.
docs/adr/0013-the-hot-read.md says what this saves.
"""

from __future__ import annotations

from typing import Any

from axes.middleware import AxesMiddleware as Axes
from csp.middleware import CSPMiddleware as ContentSecurityPolicy
from django.contrib.auth import middleware as auth
from django.contrib.messages.middleware import MessageMiddleware as Messages
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware as Csrf
from django_htmx.middleware import HtmxMiddleware as Htmx

API, LOGIN = "/api/v1/", "/api/v1/auth/"
# For an answer that is no page: a browser that draws it all the same loads nothing and sends nothing.
NO_PAGE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def by_token(request: HttpRequest) -> bool:
    """Whether this is a call of the API by token; asking for one is not, whatever it brings."""
    path = request.path_info
    return path.startswith(API) and "HTTP_AUTHORIZATION" in request.META and not path.startswith(LOGIN)


class PagesOnly:
    """Lets a call by token past the middleware that it is mixed into."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        """Serve the request."""
        if by_token(request):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]  # of the middleware


class CSPMiddleware(PagesOnly, ContentSecurityPolicy):
    """The policy of pages; a constant one for calls by token."""

    def __call__(self, request: HttpRequest) -> Any:
        """Serve the request."""
        response = super().__call__(request)
        response.headers.setdefault("Content-Security-Policy", NO_PAGE)
        return response


class CsrfViewMiddleware(PagesOnly, Csrf):
    """The token of a form. Its check comes later (process_view) and leaves out views of the API by itself."""


class AuthenticationMiddleware(PagesOnly, auth.AuthenticationMiddleware):
    """The person of the session."""


class LoginRequiredMiddleware(PagesOnly, auth.LoginRequiredMiddleware):
    """A login for every page that does not say otherwise."""

    def process_view(self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any) -> Any:
        """Ask for a login, unless it is a view of the API called by token: that asks for its own."""
        if by_token(request) and not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class MessageMiddleware(PagesOnly, Messages):
    """What was done, said on the next page."""


class HtmxMiddleware(PagesOnly, Htmx):
    """Whether htmx asks."""


class AxesMiddleware(PagesOnly, Axes):  # type: ignore[misc]  # django-axes has no types
    """The answer to a login that is locked: pages and tokens are asked for without a token."""

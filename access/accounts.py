"""How people log in: no sign-up, and a lockout that says what to do."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

RETRY_AFTER_SECONDS = 15 * 60
LOCKED = "Too many failed logins. Wait 15 minutes, or ask your administrator to unlock the login."


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Logins are made by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: nobody signs up by themselves."""
        return False


def lockout_response(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer a locked-out login: a page, or a problem for the API; 429 with when to try again."""
    response: HttpResponse
    if request.path.startswith("/api/"):
        response = JsonResponse(
            {
                "type": "about:blank",
                "title": "Too many requests",
                "status": 429,
                "detail": LOCKED,
                "errors": [],
            },
            status=429,
            content_type="application/problem+json",
        )
    else:
        response = render(request, "account/locked_out.html", {"sentence": LOCKED}, status=429)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response

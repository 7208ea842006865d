"""How people log in: no sign-up, and a lockout that says what to do."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from access.models import User
from access.request_id import current_request_id
from access.roles import Permission

RETRY_AFTER_SECONDS = 15 * 60
LOCKED = "Too many failed logins. Wait 15 minutes, or ask your administrator to unlock the login."


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Logins are made by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: nobody signs up by themselves."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count no failed passwords here: axes does, on every door, and in the database, so also without the cache."""

    def login(self, request: HttpRequest, user: User) -> None:
        """Log in, and note in the session what the header shows of this person: no page has to ask for it again."""
        super().login(request, user)
        request.session["staff_line"] = staff_line(user)
        request.session["reads_health"] = may_somewhere(user, Permission.HEALTH_VIEW)
        request.session["records_health"] = may_somewhere(user, Permission.HEALTH_RECORD)


def staff_line(user: User) -> str:
    """Return role and place in words, 'Nurse, Oak Street Elementary'; one statement."""
    held = user.assignments.in_force().select_related("school", "district")
    lines = [f"{each.definition.name}, {each.school or each.district}" for each in held]
    if user.is_superuser:
        lines.insert(0, "Superuser")
    return "; ".join(lines[:2]) + ("; …" if len(lines) > 2 else "")


def may_somewhere(user: User, permission: Permission) -> bool:
    """Whether the person holds the permission somewhere; one statement. What they may do is asked each time."""
    return user.is_superuser or user.assignments.in_force().that_permit(permission).exists()


def lockout_response(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer a locked-out login: a page, or a problem for the API; 429 with when to try again."""
    response: HttpResponse
    if request.path.startswith("/api/"):
        response = JsonResponse(
            {
                "type": "about:blank",
                "title": "Too Many Requests",
                "status": 429,
                "detail": LOCKED,
                "errors": [],
                "request_id": current_request_id(),
            },
            status=429,
            content_type="application/problem+json",
        )
    else:
        response = render(request, "account/locked_out.html", {"sentence": LOCKED}, status=429)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response

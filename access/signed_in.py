"""The person of a page request, for views behind the login."""

from typing import cast

from django.http import HttpRequest

from access.models import User


def signed_in(request: HttpRequest) -> User:
    """Return the logged-in user; LoginRequiredMiddleware has sent everybody else to the login page."""
    return cast(User, request.user)

"""The service's addresses, and some that fail with a child's data in every place where an error could take it along."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.response import Response

from access.api_door import ApiView
from whitecross.urls import urlpatterns as of_the_service


class NotForTheNurseError(ValueError):
    """Raised with a child's name in its message."""


NOTHING: dict[str, str] = {}


def ask(name: str, notes: str) -> None:
    """Ask database and cache with these values in parameters, in the text of the statement, and in the key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s, 42", [notes])
        cursor.execute(f"SELECT '{name}' AS careless -- {notes}")
    cache.set(f"careless:{name}", notes, 1)
    cache.get_many([f"careless:{name}", f"careless:{notes}"])


@csrf_exempt
@login_not_required
def page_fails(request: HttpRequest, student_id: UUID, name: str) -> HttpResponse:
    """Fail with the name in the message, the address, the query, the form, a cookie, a header and local variables."""
    notes = request.POST["notes"]
    ask(name, notes)
    if request.user.is_authenticated:
        ask(name, notes)
    try:
        return HttpResponse(NOTHING[notes])
    except KeyError as error:
        error.add_note(f"about {name}")
        raise NotForTheNurseError(f"{name} at\n  {request.build_absolute_uri()}") from error


class ApiFails(ApiView):
    """Fails in the database, whose answer quotes the row."""

    @transaction.atomic
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Write a name twice where it may stand once."""
        caller = self.caller()
        data = cast(dict[str, str], request.data)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE once (name text UNIQUE) ON COMMIT DROP")
            for _ in range(2):
                cursor.execute("INSERT INTO once VALUES (%s)", [data["name"]])
        return Response({"caller": caller.pk})


urlpatterns = [
    path("observed/<uuid:student_id>/<str:name>/", page_fails, name="page_fails"),
    path("observed/api/", ApiFails.as_view(), name="api_fails"),
    *of_the_service,
]

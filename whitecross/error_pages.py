"""What is answered when a view, or what checks the request before it, failed with an error that nobody caught."""

import sys
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error as something_failed

from access.request_id import current_request_id
from whitecross.database_trouble import mark, sentence, trouble_of

API = "/api/"


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: 503 with a sentence where the database is to blame, else the page for all other failures.

    Django calls it while it handles the error, which is how the error is known. DRF answers its own.
    """
    trouble = trouble_of(sys.exc_info()[1])
    if trouble is None:
        return something_failed(request)
    said = sentence(trouble, request.method)
    status = HTTPStatus.SERVICE_UNAVAILABLE
    answer: HttpResponse
    if request.path_info.startswith(API):
        answer = JsonResponse(
            {
                "type": "about:blank",
                "title": status.phrase,
                "status": status,
                "detail": said,
                "errors": [],
                "request_id": current_request_id(),
            },
            status=status,
            content_type="application/problem+json",
        )
    else:
        # Without the request: who is signed in stands in the database.
        answer = HttpResponse(render_to_string("503.html", {"said": said}), status=status)
    mark(answer, trouble)
    return answer

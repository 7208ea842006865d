"""The floors: of any answer, 2 KB of JSON that lie ready; of a page, a template without a tag."""

import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

BYTES = 2048
LEAKED = 4  # times the answer
KEPT: list[bytes] = []
BODY = json.dumps({"padding": "x" * (BYTES - len('{"padding": ""}'))}).encode()


@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    """Answer with the same 2 KB."""
    # With its length, as White Cross's answers: what is sent in chunks costs the server more.
    return HttpResponse(BODY, content_type="application/json", headers={"Content-Length": str(BYTES)})


def static_page(request: HttpRequest) -> HttpResponse:
    """Show a page that says the same to everybody who is logged in."""
    return render(request, "page.html")


@login_not_required
def leak(request: HttpRequest) -> HttpResponse:
    """Answer, and keep something of it for ever: what the benchmark of memory must notice."""
    KEPT.append(bytes(BYTES * LEAKED))
    return HttpResponse(BODY, content_type="application/json")

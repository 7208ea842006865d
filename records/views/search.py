"""The page that searches in health records. It posts: what is looked for must not be in an address."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import ValidationError as SenselessPlace

from access.events import Actor
from access.gate import NotPermitted
from access.roles import Permission
from access.signed_in import signed_in
from records.search import MOST_COUNTED, Found, Place, Question, find, pages_of_the_api
from records.search_form import RecordSearchForm
from records.search_scope import Scope
from students.models import School


@require_http_methods(["GET", "HEAD", "POST"])
def record_search(request: HttpRequest) -> HttpResponse:
    """Show the form; POST shows the records found, a page at a time."""
    schools = list(School.objects.visible_to(signed_in(request), Permission.HEALTH_VIEW))
    if not schools:
        raise NotPermitted("Your role does not allow this.")
    if request.method != "POST":
        return page(request, RecordSearchForm(schools=schools))
    form = RecordSearchForm(request.POST, schools=schools)
    if not form.is_valid():
        return page(request, form, status=422)
    asked = form.cleaned_data
    question = Question(
        text=asked["q"],
        scope=Scope.of(signed_in(request), asked["school"]),
        type=asked["type"],
        order="relevance" if asked["order"] == "relevance" else "newest",
    )
    try:
        return page(request, form, **results(request, question))
    except ValidationError as error:
        form.add_error(None, error)
        return page(request, form, status=422)


def results(request: HttpRequest, question: Question) -> dict[str, Any]:
    """Return what the page shows of the results. Raises ValidationError on `q` where there is nothing to look for."""
    cursor = request.POST.get("cursor", "")
    here = Place(request.path, {"cursor": cursor} if cursor else {})
    pages = pages_of_the_api()
    by = Actor.on_page(request)
    try:
        found = find(by, question, pages, here, count=True)
    except SenselessPlace:  # a page of another search, or by relevance, which has one page: begin at the first
        found = find(by, question, pages, Place(request.path, {}), count=True)
    return {
        "hits": found.hits,
        "count_in_words": in_words(found),
        "next_cursor": pages.next_values and pages.sealed(pages.next_values, backwards=False),
        "previous_cursor": pages.previous_values and pages.sealed(pages.previous_values, backwards=True),
    }


def in_words(found: Found) -> str:
    """Say how many there are."""
    if found.more_than_counted:
        return f"More than {MOST_COUNTED:,} records"
    return "1 record" if found.count == 1 else f"{found.count or 0:,} records"


def page(request: HttpRequest, form: RecordSearchForm, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render the page; `hits` only where a search was made."""
    return render(request, "records/search.html", {"form": form, **context}, status=status)

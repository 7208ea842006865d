"""Finding students in the admin."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from access.admin_access import person
from students.models import School, StudentIdentifier

# A filter with more choices than this is no help, and would read the schools of a whole state.
MOST_CHOICES = 60
# What the database makes for search and sorting, and no page shows.
FOLDED = ("family_fold", "given_fold", "search_fold")


class SchoolFilter(admin.SimpleListFilter):
    """The schools of the person, when they are few enough to choose from."""

    title = "school"
    parameter_name = "school"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the schools, or none when there are too many; then the list of schools leads to their students."""
        schools = list(School.objects.visible_to(person(request)).values_list("code", "name")[: MOST_CHOICES + 1])
        return schools if len(schools) <= MOST_CHOICES else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the students of the school."""
        return queryset.filter(school__code=self.value()) if self.value() else queryset


def students_found(students: Any, text: str) -> Any:
    """Keep those known by the whole of `text` (an id or an identifier), else those whose names hold its words."""
    term = text.strip()
    if not term:
        return students
    try:
        return students.filter(pk=UUID(term))
    except ValueError:
        known = list(StudentIdentifier.objects.filter(value=term).values_list("student_id", flat=True)[:MOST_CHOICES])
    return students.filter(pk__in=known) if known else students.named(term)

"""Searching in tests: records with words in them, and the doors to the search."""

from __future__ import annotations

import datetime
from typing import Any

from access.events import Actor, Door
from access.models import User
from access.tests.people import api_client
from records.models import HealthRecord
from records.search import Found, Place, Question, find, pages_of_the_api
from records.search_scope import Scope
from students.models import Student

SEARCH = "/api/v1/records/search/"
DAY = datetime.date(2026, 3, 2)


def chart(student: Student, notes: str = "", **fields: Any) -> HealthRecord:
    """Return a new record of the student with these notes: an illness on 2026-03-02 unless told."""
    usual = {"type": "ILLNESS", "date": DAY}
    return HealthRecord.objects.create(student=student, notes=notes, **{**usual, **fields})


def looked_for(
    user: User, text: str, *, school: str = "", page_size: int = 50, count: bool = False, **question: Any
) -> Found:
    """Search as this person, past the doors."""
    place = Place("/records/search/", {"page_size": str(page_size)})
    asked = Question(text, Scope.of(user, school), **question)
    return find(Actor(user.pk, Door.PAGE), asked, pages_of_the_api(), place, count=count)


def notes_found(user: User, text: str, **question: Any) -> list[str]:
    """Return the notes of the records found, in order."""
    return ["".join(part.text for part in hit.notes) for hit in looked_for(user, text, **question).hits]


def search(user: User, text: str, **params: Any) -> Any:
    """Search by API."""
    return api_client(user).get(SEARCH, {"q": text, **params})

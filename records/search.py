"""Search in health records: which of them hold the words, among those that this person may see.

Newest first (records.search_rows says how); by relevance only on request, and then among the newest two hundred. How
many there are is counted only on request, up to a thousand. What is kept for five minutes is which records were found
and how many there are, under a keyed hash of the question, so a new record may be missing for that long. What is shown
is read from the records each time: one that was taken back, made confidential or moved to another school is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from uuid import UUID

import orjson
from django.contrib.postgres.search import SearchRank
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F
from rest_framework.request import Request
from rest_framework.settings import api_settings

from access import audit
from access.blind import blind
from access.events import Action, Actor
from records.cached import Cached, answer
from records.models import SearchEntry
from records.models.search_entry import SearchEntryQuerySet, words_of
from records.search_excerpts import Hit, shown
from records.search_rows import ORDER, Row, rows_holding
from records.search_scope import Scope

CACHE = "search"
SHAPE = 1
# A count beyond this costs as much as reading all there is to find.
MOST_COUNTED = 1_000
# So many of the newest are put in order of relevance: ranking is as slow as there are hits.
RANKED = 200
LONGEST_TEXT = 200
ROWS_A_PAGE = 20
NO_WORDS = "There is no word to look for here: words like the and of are left out. Add another one."

Order = Literal["newest", "relevance"]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for. Any text is valid: words, "a phrase", or, -not."""

    text: str
    scope: Scope
    type: str = ""
    order: Order = "newest"

    def entries(self) -> SearchEntryQuerySet:
        """Return all that the index has, in no order."""
        found = SearchEntry.objects.at(self.scope.schools, confidential_at=self.scope.confidential_at)
        found = found.holding(words_of(self.text))
        return found.filter(type=self.type) if self.type else found

    def rows(self, count: int, *, past: Any = None, backwards: bool = False) -> list[Row]:
        """Return day and record of the newest, past a position."""
        return rows_holding(
            self.text,
            schools=self.scope.schools,
            confidential_at=self.scope.confidential_at,
            type=self.type,
            rows=count,
            past=past,
            backwards=backwards,
        )

    def key(self, *more: str) -> str:
        """Return the opaque key of an answer to it."""
        words = " ".join(self.text.casefold().split())
        asked = [words, self.scope.schools, self.scope.confidential_at, self.type, self.order, more]
        return f"{CACHE}:{SHAPE}:{blind(CACHE, orjson.dumps(asked))}"


@dataclass(slots=True)
class Place:
    """Where in the results a page stands that does not have it in its address; stands in for DRF's request."""

    path: str
    query_params: Mapping[str, str]


def pages_of_the_api() -> Any:
    """Return the pagination that the API uses, new."""
    kind: Any = api_settings.DEFAULT_PAGINATION_CLASS
    pages = kind()
    pages.rows = ROWS_A_PAGE
    return pages


class Pages(Protocol):
    """The pagination of the API: whitecross.pagination.KeysetPagination."""

    rows: int
    next_values: list[Any] | None
    previous_values: list[Any] | None
    request: Any

    def asked(self, request: Any, keys: Any) -> Any:
        """Return what was asked for: `rows`, `values` of the position, `backwards`. Raises DRF's ValidationError."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results.

    `count` is at most MOST_COUNTED, with `more_than_counted` if there are more; None where nobody counted.
    """

    hits: list[Hit]
    count: int | None
    more_than_counted: bool
    cache: Cached


@dataclass(slots=True)
class _Ids:
    """Which records a page shows, and the positions of its neighbors."""

    ids: list[UUID]
    next_values: list[Any] | None
    previous_values: list[Any] | None
    cache: Cached = field(default="miss")


def find(by: Actor, question: Question, pages: Pages, place: Request | Place, *, count: bool = False) -> Found:
    """Return the page of results that `place` asks for; each student in it is on record before it is returned.

    `pages` learns where next and previous are. With `count` it is said how many there are, also where the page does
    not show them all. Raises ValidationError on `q` for a text without any word to look for.
    """
    page = ids_of_page(question, pages, place)
    complete = page.next_values is None and page.previous_values is None and question.order == "newest"
    number = len(page.ids) if complete else counted(question) if count else None
    if not page.ids and complete and not has_words(question.text):
        raise ValidationError({"q": NO_WORDS}, code="no_words")
    hits = shown(question.scope.records(), words_of(question.text), page.ids)
    audit.note(by, Action.STUDENT_FOUND, {hit.record.student_id for hit in hits})
    if number is None:
        return Found(hits, None, more_than_counted=False, cache=page.cache)
    return Found(hits, min(number, MOST_COUNTED), number > MOST_COUNTED, page.cache)


def ids_of_page(question: Question, pages: Pages, place: Request | Place) -> _Ids:
    """Return which records the page shows; from the cache if it was asked for in the last five minutes."""
    params, pages.request = place.query_params, place
    key = question.key("page", place.path, params.get("page_size", ""), params.get("cursor", ""))

    def build() -> bytes:
        found = newest(question, pages, place) if question.order == "newest" else best(question, pages, place)
        return orjson.dumps([found.ids, found.next_values, found.previous_values])

    given = answer(CACHE, key, build, about=key.encode(), schools=question.scope.schools)
    ids, pages.next_values, pages.previous_values = orjson.loads(given.body)
    return _Ids([UUID(text) for text in ids], pages.next_values, pages.previous_values, given.cache)


def newest(question: Question, pages: Pages, place: Request | Place) -> _Ids:
    """Return the page, newest first."""
    asked = pages.asked(place, ORDER)
    rows = question.rows(asked.rows + 1, past=asked.values, backwards=asked.backwards)
    more, page = len(rows) > asked.rows, rows[: asked.rows]
    if asked.backwards:
        page.reverse()
    if not page:
        return _Ids([], None, None)
    first, last = list(page[0]), list(page[-1])
    return _Ids(
        ids=[record_id for _, record_id in page],
        next_values=last if more or asked.backwards else None,
        previous_values=first if (more if asked.backwards else asked.values is not None) else None,
    )


def best(question: Question, pages: Pages, place: Request | Place) -> _Ids:
    """Return the best of the newest two hundred; one page, without neighbors."""
    size = pages.asked(place, ()).rows
    window = [record_id for _, record_id in question.rows(RANKED)]
    rank = SearchRank(F("words"), words_of(question.text)).desc()
    ranked = SearchEntry.objects.filter(pk__in=window).order_by(rank, "-date", "-record_id")
    return _Ids(list(ranked.values_list("pk", flat=True)[:size]), None, None)


def counted(question: Question) -> int:
    """Return how many records there are to find, at most one more than MOST_COUNTED; kept for five minutes."""
    key = question.key("count")

    def build() -> bytes:
        with planned_each_time():
            return str(question.entries()[: MOST_COUNTED + 1].count()).encode()

    return int(answer(CACHE, key, build, about=key.encode(), schools=question.scope.schools).body)


def has_words(text: str) -> bool:
    """Whether there is anything to look for: `the`, `of` and the like are in no index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT numnode(websearch_to_tsquery('english', %s)) > 0", [text])
        (found,) = cursor.fetchone() or (False,)
    return bool(found)


@contextmanager
def planned_each_time() -> Iterator[None]:
    """Have the database plan the statements inside with their values, and not once for all words.

    To count a common word one walks until there are enough; a plan for any word would find them all.
    """
    connection.ensure_connection()
    raw = connection.connection
    before, raw.prepare_threshold = raw.prepare_threshold, None
    try:
        yield
    finally:
        raw.prepare_threshold = before

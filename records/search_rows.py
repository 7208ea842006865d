"""Which records hold the words, newest first: in two steps, neither of which can take long.

First down the days: the newest thousand records of the school, or of all schools, are looked at one by one; that ends
as soon as the page is full, and for a common word it always is. Only for a word that is rarer the index of words is
asked for all records that hold it, of which the newest are taken.

Left to choose, PostgreSQL walks down the days until the page is full. It knows how common a word is, not where: one
that stands in a fifth of all records and in none of this school (a name, a diagnosis of older children) makes it look
at every record of the school. In two steps the worst is a thousand records more than needed, and the plan does not
depend on the word, so it can be made once (docs/adr/0011-search.md has the figures).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from records.models import SearchEntry

# So many of the newest are looked at one by one, or this many times the rows of the page.
WALKED, WALKED_A_ROW = 1_000, 20
# With more schools than this the index is asked for the words alone: merging all its lists of schools takes longer.
FEW_SCHOOLS = 16

Row = tuple[datetime.date, UUID]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the order, as whitecross.pagination reads positions."""

    field: Any


ORDER = (Column(SearchEntry._meta.get_field("date")), Column(SearchEntry._meta.get_field("record")))

WALK = """
    SELECT date, record_id FROM (
        SELECT date, record_id, school_id, type, confidential, words FROM records_searchentry
        WHERE {walked} ORDER BY date {way}, record_id {way} LIMIT %(walk)s
    ) AS newest
    WHERE {kept} ORDER BY date {way}, record_id {way} LIMIT %(rows)s
"""
# date + 0 is no column of an index: the rows have to be found by their words and then put in order.
LOOK_UP = """
    SELECT date, record_id FROM records_searchentry
    WHERE {walked} AND {kept} ORDER BY date + 0 {way}, record_id {way} LIMIT %(rows)s
"""


def rows_holding(
    text: str,
    *,
    schools: Collection[UUID],
    confidential_at: Collection[UUID],
    type: str,
    rows: int,
    past: Row | None = None,
    backwards: bool = False,
) -> list[Row]:
    """Return the newest entries of these schools that hold the words, past a position; `backwards` the oldest, oldest
    first. Costs one statement for common words, two for others."""
    walked = ["true"]
    kept = ["words @@ websearch_to_tsquery('english', %(text)s)"]
    if len(schools) == 1:
        walked.append("school_id = %(school)s")
    elif len(schools) <= FEW_SCHOOLS:
        kept.append("school_id = ANY(%(schools)s)")
    else:
        kept.append("(school_id = ANY(%(schools)s)) IS TRUE")
    if past is not None:
        walked.append(f"(date, record_id) {'>' if backwards else '<'} (%(date)s, %(record)s)")
    if type:
        kept.append("type = %(type)s")
    if not set(schools) <= set(confidential_at):
        kept.append("(NOT confidential OR school_id = ANY(%(confidential_at)s))")
    parts = {"walked": " AND ".join(walked), "kept": " AND ".join(kept), "way": "ASC" if backwards else "DESC"}
    values: dict[str, Any] = {
        "text": text,
        "school": next(iter(schools)),
        "schools": list(schools),
        "confidential_at": list(confidential_at),
        "type": type,
        "date": past and past[0],
        "record": past and past[1],
        "walk": max(WALKED, WALKED_A_ROW * rows),
        "rows": rows,
    }
    with connection.cursor() as cursor:
        cursor.execute(WALK.format(**parts), values)
        found = cursor.fetchall()
        if len(found) < rows:
            cursor.execute(LOOK_UP.format(**parts), values)
            found = cursor.fetchall()
    return list(found)

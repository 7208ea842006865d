"""What is shown of a record that was found: its text with the words marked, long notes in excerpts, never as markup."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import Case, F, Func, QuerySet, TextField, Value, When
from django.db.models.functions import Length

from records.models import HealthRecord

# The columns that the doors show of a record and its student; description and notes come with their words marked.
SHOWN = (
    "type", "date", "provider", "result", "confidential", "status", "student__school__code", "student__school__name",
    *(
        f"student__{column}"
        for column in (
            "student_number", "given_name", "middle_name", "family_name", "preferred_name", "birth_date", "sex",
            "grade", "homeroom", "status", "status_reason", "version",
        )
    ),
)  # fmt: skip
# Notes up to so many letters are shown whole, longer ones in two excerpts.
SHOWN_WHOLE = 300

# Around a match in an excerpt. Control characters, taken out of the text before, so that no text can forge a match.
MATCH, REST = "\x02", "\x03"
# PostgreSQL takes what stands between < and > for markup and leaves it out: "<90 % at rest, >95" would lose its sense.
# So both are other characters while it looks, and themselves again afterwards.
ANGLES, DISGUISED = "<>", "\x04\x05"
UNDISGUISE = str.maketrans(DISGUISED, ANGLES)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an excerpt, and whether it is what was looked for."""

    text: str
    match: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found, with where its words stand."""

    record: HealthRecord
    description: list[Part]
    notes: list[Part]


def shown(records: QuerySet[HealthRecord], words: SearchQuery, ids: Collection[UUID]) -> list[Hit]:
    """Return those of `records` with these ids, as they are now and in this order; a statement of its own."""
    rows = records.filter(pk__in=ids).select_related("student__school").only(*SHOWN)
    rows = rows.alias(letters=Length("notes")).annotate(
        description_marked=marked("description", words, highlight_all=True),
        notes_marked=Case(
            When(letters__lte=SHOWN_WHOLE, then=marked("notes", words, highlight_all=True)),
            default=marked(
                "notes", words, max_words=28, min_words=12, short_word=0, max_fragments=2, fragment_delimiter=" … "
            ),
        ),
    )  # fmt: skip
    found = {row.pk: row for row in rows}
    return [
        Hit(row, parts(row.description_marked), parts(row.notes_marked))
        for row in (found.get(pk) for pk in ids)
        if row is not None
    ]


def marked(column: str, words: Any, **options: Any) -> SearchHeadline:
    """Return the text of a column with MATCH and REST around what was looked for."""
    # What has no counterpart is taken out.
    disguise = Value(ANGLES + MATCH + REST + DISGUISED), Value(DISGUISED)
    text = Func(F(column), *disguise, function="translate", output_field=TextField())
    return SearchHeadline(text, words, config="english", start_sel=MATCH, stop_sel=REST, **options)


def parts(headline: str) -> list[Part]:
    """Return the pieces of a marked text; nothing is markup in it, so whoever shows it escapes each piece."""
    pieces = enumerate(re.split(f"[{MATCH}{REST}]", headline.translate(UNDISGUISE)))
    return [Part(text, match=bool(number % 2)) for number, text in pieces if text]

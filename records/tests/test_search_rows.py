"""The two steps of a search find what one look at everything finds, in every direction and for every reader."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.tests.people import make_school, make_student
from records import search_rows
from records.models import HealthRecord, SearchEntry
from records.models.search_entry import words_of
from records.search_rows import FEW_SCHOOLS, Row, rows_holding

DAY = datetime.date(2026, 3, 2)


@pytest.fixture
def schools(db: None, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Twenty schools with thirty records each; the walk goes ten records far, so that both steps have work."""
    monkeypatch.setattr(search_rows, "WALKED", 10)
    monkeypatch.setattr(search_rows, "WALKED_A_ROW", 1)
    chance, found = random.Random(3), []
    for number in range(20):
        school = make_school(f"school-{number:02}")
        found.append(school.pk)
        student = make_student(school, f"Kim {number}", "Kay")
        HealthRecord.objects.bulk_create(
            HealthRecord(
                student=student,
                type=chance.choice(["ILLNESS", "INJURY"]),
                date=DAY - datetime.timedelta(days=chance.randrange(12)),
                confidential=chance.random() < 0.3,
                # Fever only in the first schools: common over all, and nowhere to be found in the others.
                notes=chance.choice(["cough", "cough and rash", "fall"]) + (" fever" if number < 4 else ""),
            )
            for _ in range(30)
        )
    return found


def truth(text: str, schools: list[UUID], confidential_at: list[UUID], **narrowed: Any) -> list[Row]:
    """Return all entries, newest first, by one plain question."""
    entries = SearchEntry.objects.at(schools, confidential_at=confidential_at).holding(words_of(text))
    return list(entries.filter(**narrowed).newest_first().values_list("date", "record_id"))


@pytest.mark.parametrize("text", ["cough", "rash", "fever", "cough -rash", "nothing", "rash fever or fall"])
@pytest.mark.parametrize("count", [1, 2, FEW_SCHOOLS, FEW_SCHOOLS + 1, 20])
@pytest.mark.parametrize("kind", ["", "INJURY"])
def test_every_page_forward_and_back_is_that_of_one_long_list(
    schools: list[UUID], text: str, count: int, kind: str
) -> None:
    some, open_at = (schools * 2)[3 : 3 + count], schools[::2]
    asked = {"schools": some, "confidential_at": open_at, "type": kind}
    every = truth(text, some, open_at, **({"type": kind} if kind else {}))
    forward = list(pages(text, asked, every, backwards=False))
    assert forward == every
    assert list(pages(text, asked, every, backwards=True)) == every[::-1]


def pages(text: str, asked: dict[str, Any], every: list[Row], *, backwards: bool) -> Iterator[Row]:
    past: Row | None = None
    for _ in range(len(every) + 1):
        page = rows_holding(text, rows=7, past=past, backwards=backwards, **asked)
        yield from page
        if len(page) < 7:
            return
        past = page[-1]


def statements(text: str, schools: list[UUID], rows: int) -> int:
    with CaptureQueriesContext(connection) as asked:
        rows_holding(text, schools=schools, confidential_at=schools, type="", rows=rows)
    return len(asked)


def test_a_common_word_is_found_while_walking_and_a_rare_one_looked_up(schools: list[UUID]) -> None:
    assert statements("cough or fall", schools[:1], 5) == 1
    assert statements("nothing", schools[:1], 5) == 2

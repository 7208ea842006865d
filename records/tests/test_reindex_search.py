"""`reindex_search` mends whatever is wrong with the index, says what it did, and goes on where it was interrupted."""

from __future__ import annotations

from io import StringIO
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection

from access.models import User
from records.management.commands import reindex_search
from records.management.commands.reindex_search import LOCK, REACHED
from records.models import SearchEntry
from records.tests.searching import chart, notes_found
from records.tests.test_search_index import differences
from students.models import School, Student


def reindex(**options: Any) -> str:
    out = StringIO()
    call_command("reindex_search", stdout=out, **options)
    return out.getvalue()


def raw(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def charted(ana: Student) -> Student:
    """Ana, with five records."""
    for number in range(5):
        chart(ana, f"cough {number}")
    return ana


@pytest.mark.parametrize(
    ("damage", "mended"),
    [
        ("SELECT 1", 0),
        ("DELETE FROM records_searchentry", 5),
        ("UPDATE records_searchentry SET words = ''", 5),
        ("UPDATE records_searchentry SET date = '2020-01-01', type = 'OTHER', confidential = true", 5),
        ("UPDATE records_searchentry SET school_id = gen_random_uuid()", 5),
        ("INSERT INTO records_searchentry SELECT gen_random_uuid(), school_id, date, type, confidential, words"
         " FROM records_searchentry", 5),
    ],
)  # fmt: skip
def test_it_mends(charted: Student, damage: str, mended: int) -> None:
    raw(damage)
    assert reindex() == f"Looked at 5 records, mended {mended} entries.\n"
    assert differences() == []
    assert reindex() == "Looked at 5 records, mended 0 entries.\n"


def test_it_takes_out_what_was_entered_in_error(charted: Student) -> None:
    entry = SearchEntry.objects.first()
    assert entry is not None
    charted.healthrecord_set.filter(pk=entry.pk).update(status="entered_in_error", status_reason="Wrong child")
    entry.save(force_insert=True)
    assert reindex() == "Looked at 5 records, mended 1 entries.\n"
    assert differences() == []


def test_with_no_records_there_is_nothing_to_do(db: None) -> None:
    assert reindex() == "Looked at 0 records, mended 0 entries.\n"


def test_an_interrupted_run_goes_on_where_it_was(charted: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reindex_search, "ROWS", 2)
    raw("DELETE FROM records_searchentry")
    step = reindex_search.steps

    def interrupted(after: Any) -> Any:
        yield next(step(after))
        raise KeyboardInterrupt

    monkeypatch.setattr(reindex_search, "steps", interrupted)
    with pytest.raises(KeyboardInterrupt):
        reindex()
    assert SearchEntry.objects.count() == 2
    monkeypatch.setattr(reindex_search, "steps", step)
    assert reindex().splitlines() == [
        "Going on where the last run was interrupted. --restart begins at the first record.",
        "Looked at 3 records, mended 3 entries.",
    ]
    assert cache.get(REACHED) is None


def test_it_may_begin_again(charted: Student) -> None:
    cache.set(REACHED, "ffffffff-ffff-ffff-ffff-ffffffffffff", 60)
    assert reindex(restart=True) == "Looked at 5 records, mended 0 entries.\n"


def test_only_one_runs_at_a_time(charted: Student) -> None:
    address = settings.DATABASES["default"]
    names = {"host": "HOST", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    with psycopg.connect(**{key: address[name] for key, name in names.items()}) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        with pytest.raises(CommandError, match="Another reindex_search is under way"):
            reindex()
        other.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    assert reindex()


def test_the_service_role_may_run_it_and_searches_go_on(nora: User, charted: Student, oak_street: School) -> None:
    assert connection.settings_dict["USER"] == "whitecross"
    raw("DELETE FROM records_searchentry")
    reindex()
    assert len(notes_found(nora, "cough")) == 5

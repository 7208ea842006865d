"""The search by API: its shape, its pages, its errors, and that what was looked for is written nowhere."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.cache import caches

from access.models import AuditEvent, User
from access.tests.people import api_client, make_student
from records.tests.searching import DAY, SEARCH, chart, search
from students.models import School, Student


def test_a_record_reads_with_its_student_and_with_its_words_told_apart(
    nora: User, ana: Student, oak_street: School
) -> None:
    record = chart(
        ana, "Wheezing since recess", description="Asthma, wheezing", provider="Nora, RN", result="Peak flow 75 %"
    )
    answer = search(nora, "wheezes")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Cache"] == "miss"
    (hit,) = answer.json()["results"]
    student = hit.pop("student")
    assert (student["id"], student["given_name"], student["school"]["code"]) == (str(ana.pk), "Ana", "oak-street")
    assert hit == {
        "id": str(record.pk),
        "type": "ILLNESS",
        "date": "2026-03-02",
        "description": [{"text": "Asthma, ", "match": False}, {"text": "wheezing", "match": True}],
        "notes": [{"text": "Wheezing", "match": True}, {"text": " since recess", "match": False}],
        "provider": "Nora, RN",
        "result": "Peak flow 75 %",
        "confidential": False,
        "status": "final",
    }
    assert {**answer.json(), "results": []} == {
        "count": 1, "more_than_counted": False, "next": None, "previous": None, "results": [],
    }  # fmt: skip


def test_markup_and_marks_in_a_note_stay_text(nora: User, ana: Student) -> None:
    text = "<script>alert('x')</script> {}cough{} <b>cough</b> &amp; O2 <92 % at rest, >95 % after"
    chart(ana, text.format("\x02", "\x03"))
    (hit,) = search(nora, "cough").json()["results"]
    assert "".join(part["text"] for part in hit["notes"]) == text.format("", "")
    assert [part["text"] for part in hit["notes"] if part["match"]] == ["cough", "cough"]
    assert search(nora, "script").json()["count"] == 1


def test_a_long_note_is_shown_in_excerpts_around_the_words(nora: User, ana: Student) -> None:
    filler = " ".join(f"word{number}" for number in range(300))
    chart(ana, f"{filler} wheezing {filler}")
    (hit,) = search(nora, "wheezing").json()["results"]
    excerpt = "".join(part["text"] for part in hit["notes"])
    assert "wheezing" in excerpt
    assert len(excerpt) < 400


@pytest.fixture
def six_days(ana: Student) -> list[str]:
    """Notes of six days with a cough, the newest first."""
    notes = [f"cough, day {number}" for number in range(6)]
    for number, text in enumerate(notes):
        chart(ana, text, date=DAY + datetime.timedelta(days=number // 2))
    return notes[::-1]


def texts(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return ["".join(part["text"] for part in hit["notes"]) for hit in answer.json()["results"]]


def test_pages_lead_to_the_end_and_back(nora: User, six_days: list[str]) -> None:
    client, seen = api_client(nora), []
    answer = search(nora, "cough", page_size=2, count="true")
    while True:
        seen.append(texts(answer))
        assert answer.json()["count"] == 6
        if not (following := answer.json()["next"]):
            break
        answer = client.get(following)
    assert seen == [six_days[:2], six_days[2:4], six_days[4:]]
    back = client.get(answer.json()["previous"])
    assert texts(back) == six_days[2:4]
    assert texts(client.get(back.json()["previous"])) == six_days[:2]


def test_a_page_from_the_cache_leads_to_the_same_neighbors(nora: User, six_days: list[str]) -> None:
    client = api_client(nora)
    first, again = search(nora, "cough", page_size=2), search(nora, "cough", page_size=2)
    assert (first["X-Cache"], again["X-Cache"]) == ("miss", "hit")
    assert texts(client.get(again.json()["next"])) == six_days[2:4]
    assert texts(again) == texts(first)


def test_pages_stay_whole_while_records_are_added(nora: User, ana: Student, six_days: list[str]) -> None:
    following = search(nora, "cough", page_size=2).json()["next"]
    chart(ana, "cough, newest", date=DAY + datetime.timedelta(days=9))
    assert texts(api_client(nora).get(following)) == six_days[2:4]


def test_by_relevance_there_is_one_page(nora: User, six_days: list[str]) -> None:
    answer = search(nora, "cough", order="relevance", page_size=4)
    assert len(texts(answer)) == 4
    assert (answer.json()["next"], answer.json()["previous"], answer.json()["count"]) == (None, None, None)
    assert search(nora, "cough", order="relevance", page_size=4, count="true").json()["count"] == 6


@pytest.mark.parametrize(
    ("params", "attr"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "  "}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"q": "a\x00b"}, "q"),
        ({"q": "the of"}, "q"),
        ({"q": "cough", "type": "COUGH"}, "type"),
        ({"q": "cough", "order": "oldest"}, "order"),
        ({"q": "cough", "school": "nowhere"}, "school"),
        ({"q": "cough", "count": "perhaps"}, "count"),
        ({"q": "cough", "page_size": "201"}, "page_size"),
        ({"q": "cough", "page_size": "many"}, "page_size"),
        ({"q": "cough", "cursor": "x"}, "cursor"),
        ({"q": "cough", "cursor": "x", "order": "relevance"}, "cursor"),
    ],
)
def test_a_senseless_question_is_400_and_names_the_parameter(
    nora: User, ana: Student, params: dict[str, str], attr: str
) -> None:
    answer = api_client(nora).get(SEARCH, params)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]


def test_who_may_not_read_health_records_is_403_and_who_is_nobody_401(sam: User, ana: Student) -> None:
    chart(ana, "cough")
    assert search(sam, "cough").status_code == 403
    assert api_client().get(SEARCH, {"q": "cough"}).status_code == 401
    assert not AuditEvent.objects.filter(student_id=ana.pk).exists()


def test_a_deactivated_login_is_out_at_once(nora: User, ana: Student) -> None:
    chart(ana, "cough")
    client = api_client(nora)
    assert client.get(SEARCH, {"q": "cough"}).status_code == 200
    User.objects.filter(pk=nora.pk).update(is_active=False)
    assert client.get(SEARCH, {"q": "cough"}).status_code == 401


def test_what_was_looked_for_is_in_no_key_no_audit_row_and_no_log_line(
    nora: User, ana: Student, caplog: pytest.LogCaptureFixture
) -> None:
    chart(ana, "Ringworm on the forearm")
    phi: Any = caches["phi"]
    redis = phi.client.get_client()
    with caplog.at_level("DEBUG"):
        search(nora, "ringworm")
        search(nora, "ringworm", page_size=1, cursor="nonsense")
    kept = {key: redis.get(key) for key in redis.scan_iter("*:search:*")}
    assert kept
    written = [*map(str, kept), *map(str, kept.values()), caplog.text, *map(str, AuditEvent.objects.values_list())]
    assert [text for text in written if "ringworm" in text.lower() or str(ana.pk) in text.lower()] == [
        str(row) for row in AuditEvent.objects.values_list() if str(ana.pk) in str(row)
    ]
    assert all(redis.ttl(key) > 0 for key in kept)


def test_the_same_question_of_another_host_does_not_share_links(nora: User, six_days: list[str]) -> None:
    client, address = api_client(nora), f"{SEARCH}?q=cough&page_size=2"
    here = client.get(address).json()["next"]
    there = client.get(address, headers={"host": "localhost"}).json()["next"]
    assert (here.split("/api/")[0], there.split("/api/")[0]) == ("http://testserver", "http://localhost")


def test_students_of_the_results_are_whole_students(nora: User, oak_street: School) -> None:
    """Two children of one name are told apart in the results."""
    for birth_date in (datetime.date(2015, 1, 1), datetime.date(2017, 1, 1)):
        chart(make_student(oak_street, "Ana", "Alvarez", birth_date=birth_date), "cough")
    found = search(nora, "cough").json()["results"]
    assert {hit["student"]["birth_date"] for hit in found} == {"2015-01-01", "2017-01-01"}

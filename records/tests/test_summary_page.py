"""The summary page: kept rendered, in a frame that is the reader's own; what is shown is what rendering gives."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.messages.storage.base import Message
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from access.models import User
from access.tests.people import make_student
from records.models import Allergy
from records.tests.summaries import chart_something, redis_trips
from records.tests.test_summary_cache import redis
from records.views import frame, summary_content
from students.models import School, Student

TOKEN_FIELD = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
# Of the reader's own session and of the minute.
OF_THE_MOMENT = re.compile(r'value="\w{64}"|"X-CSRFToken": "\w{64}"|data-print-time>[^<]+')


@pytest.fixture(autouse=True)
def no_frames() -> None:
    frame.frames.clear()


def page(user: User, student: Student) -> str:
    """Return the page as this person gets it."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return text_of(client, student)


def text_of(client: Client, student: Student) -> str:
    answer = client.get(student.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_second_look_renders_nothing_and_shows_the_same(
    nora: User, ana: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart_something(ana)
    first = page(nora, ana)
    assert all(words in first for words in ("Ana Alvarez", "Peanut", "Asthma", "MMR", "born Mar 14, 2018"))

    def renders(*_: object) -> Any:
        raise AssertionError("rendered again")

    monkeypatch.setattr(summary_content, "rendered", renders)
    assert OF_THE_MOMENT.sub("", page(nora, ana)) == OF_THE_MOMENT.sub("", first)


def test_a_warm_page_is_session_user_gate_and_one_trip_to_redis(
    nora: User, ana: Student, client: Client, monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    client.force_login(nora)
    text_of(client, ana)
    # With the session written back: it ends a quarter of an hour after the last look.
    with django_assert_num_queries(6), redis_trips(monkeypatch) as trips:
        text_of(client, ana)
    assert trips == ["GET"]


def test_what_is_kept_is_sealed(nora: User, ana: Student) -> None:
    page(nora, ana)
    keys = redis().keys(f"*summary_page*{ana.pk.hex}*")
    assert isinstance(keys, list)
    assert len(keys) == 1
    assert b"Alvarez" not in keys[0]
    assert b"Alvarez" not in (redis().get(keys[0]) or b"Alvarez")


def test_a_write_is_on_the_next_page(nora: User, ana: Student) -> None:
    assert "Hornets" not in page(nora, ana)
    Allergy.objects.create(student=ana, allergen="Hornets", severity=4)
    assert "Hornets" in page(nora, ana)


def test_readers_who_may_do_other_things_get_another_page(nora: User, colin: User, ana: Student) -> None:
    for _ in range(2):
        assert 'name="heart_rate"' in page(nora, ana)
        assert 'name="heart_rate"' not in page(colin, ana)


def test_the_frame_is_the_readers_own(nora: User, dana: User, ana: Student) -> None:
    for _ in range(2):
        assert "Printed by nora at" in page(nora, ana)
        assert "Printed by dana at" in page(dana, ana)
    nora.first_name, nora.last_name = "Nora", "Quinn"
    nora.save()
    assert "Printed by Nora Quinn at" in page(nora, ana)


def test_the_parts_are_the_students_own(nora: User, ana: Student, oak_street: School) -> None:
    ben = make_student(oak_street, "Ben", "Baker")
    for _ in range(2):
        assert "Ben" not in page(nora, ana)
        assert "Ana" not in page(nora, ben)


def test_each_form_holds_the_readers_token_and_is_taken(nora: User, ana: Student) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(nora)
    text_of(client, ana)
    text = text_of(client, ana)
    tokens = set(TOKEN_FIELD.findall(text))
    assert text.count("csrfmiddlewaretoken") == 3
    assert len(tokens) == 1
    typed = {"heart_rate": "88", "date": "2026-03-02"}
    address = f"{ana.get_absolute_url()}vitals/"
    assert client.post(address, typed).status_code == 403
    assert client.post(address, typed | {"csrfmiddlewaretoken": tokens.pop()}).status_code == 302
    assert "<csrf-token>" not in text


def test_it_is_byte_for_byte_what_rendering_it_whole_gives(
    nora: User, ana: Student, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart_something(ana)
    client.force_login(nora)
    text_of(client, ana)
    kept = text_of(client, ana)
    monkeypatch.setattr(frame, "get_messages", lambda request: [Message(20, "as if there were one")])
    assert OF_THE_MOMENT.sub("", text_of(client, ana)) == OF_THE_MOMENT.sub("", kept)


def test_a_message_is_shown_once(nora: User, ana: Student, client: Client) -> None:
    client.force_login(nora)
    text_of(client, ana)
    client.post(f"{ana.get_absolute_url()}vitals/", {"heart_rate": "88", "date": "2026-03-02"})
    assert "Vital signs saved." in text_of(client, ana)
    assert "Vital signs saved." not in text_of(client, ana)


def test_a_name_that_looks_like_a_mark_stays_a_name(nora: User, oak_street: School) -> None:
    student = make_student(oak_street, "<part print_subject>", "<csrf-token>")
    for text in (page(nora, student), page(nora, student)):
        assert "&lt;part print_subject&gt; &lt;csrf-token&gt;" in text
        assert "<part" not in text
        assert "<csrf-token>" not in text


def test_the_frames_that_are_kept_are_bounded(
    nora: User, ana: Student, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "KEPT", 3)
    client.force_login(nora)
    for number in range(5):
        User.objects.filter(pk=nora.pk).update(first_name=f"Nora {number}")
        assert f"Printed by Nora {number}" in text_of(client, ana)
        assert len(frame.frames) <= 3

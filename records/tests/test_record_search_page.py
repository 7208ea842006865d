"""The search page: each of its states, what it never writes into an address, and that it can be used in a browser."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from access.models import AuditEvent, User
from access.tests.people import PASSWORD
from records.models import HealthRecord
from records.tests.searching import DAY, chart
from students.models import School, Student
from whitecross.tests.browsing import DESKTOP, TABLET, visit

PAGE = "/records/search/"


def posted(client: Client, **fields: str) -> str:
    answer = client.post(PAGE, fields)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


@pytest.fixture
def nurse(nora: User, client: Client) -> Client:
    """A browser in which Nora is logged in."""
    client.force_login(nora)
    return client


def test_before_a_search_it_says_what_it_does(nurse: Client) -> None:
    page = nurse.get(PAGE).content.decode()
    assert "Searches what was written in health records" in page
    assert "Error" not in page
    assert "<table" not in page


def test_it_shows_the_record_with_its_student_and_the_words_marked(nurse: Client, ana: Student) -> None:
    chart(ana, "Wheezing since recess", description="Asthma symptoms", provider="Nora Reyes, RN")
    page = posted(nurse, q="wheeze")
    assert "1 record</p>" in page
    assert "<mark>Wheezing</mark> since recess" in page
    assert f'href="/students/{ana.pk}/"' in page
    for shown in ("Ana Alvarez", "born Mar 14, 2018", "Mar 2, 2026", "Illness", "Nora Reyes, RN"):
        assert shown in page
    assert 'value="wheeze"' in page


def test_what_looks_like_markup_in_a_note_is_text(nurse: Client, ana: Student) -> None:
    chart(ana, "<img src=x onerror=alert(1)> cough\x02 </mark>", description="<b>Cough</b>")
    page = posted(nurse, q='cough <script>alert(1)</script>"')
    assert "<img src=x" not in page
    page = posted(nurse, q="cough")
    assert "&lt;img src=x onerror=alert(1)&gt; <mark>cough</mark> &lt;/mark&gt;" in page
    assert "&lt;b&gt;<mark>Cough</mark>&lt;/b&gt;" in page


def test_confidential_records_say_so(nurse: Client, ana: Student) -> None:
    chart(ana, "cough", confidential=True)
    assert "confidential</span>" in posted(nurse, q="cough")


def test_where_nothing_is_found_it_says_what_to_try(nurse: Client) -> None:
    page = posted(nurse, q="ringworm")
    assert "0 records" in page
    assert "No record of your schools holds these words." in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"q": " "}, "Type at least one word to look for."),
        ({"q": "x" * 201}, "at most 200 characters"),
        ({"q": "the of"}, "There is no word to look for here"),
        ({"q": "a\x00b"}, "Null characters are not allowed."),
        ({"q": "cough", "school": "harbor-middle"}, "harbor-middle is not one of the available choices"),
        ({"q": "cough", "type": "COUGH"}, "COUGH is not one of the available choices"),
    ],
)
def test_what_cannot_be_looked_for_is_said_at_its_field(
    nurse: Client, harbor_middle: School, fields: dict[str, str], sentence: str
) -> None:
    answer = nurse.post(PAGE, fields)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "<title>Error: Search health records" in page
    assert page.count(sentence) == 2  # above the form and at the field
    assert "No record of your schools" not in page


def test_many_are_counted_up_to_a_thousand_and_paged(nurse: Client, ana: Student) -> None:
    days = [DAY - datetime.timedelta(days=number) for number in range(1_100)]
    HealthRecord.objects.bulk_create(
        HealthRecord(student=ana, type="ILLNESS", date=day, notes=f"cough of {day}") for day in days
    )
    first = nurse.post(PAGE, {"q": "cough"})
    assert "More than 1,000 records" in first.content.decode()
    assert [hit.record.date for hit in first.context["hits"]] == days[:20]
    assert first.context["previous_cursor"] is None
    second = nurse.post(PAGE, {"q": "cough", "cursor": first.context["next_cursor"]})
    assert [hit.record.date for hit in second.context["hits"]] == days[20:40]
    back = nurse.post(PAGE, {"q": "cough", "cursor": second.context["previous_cursor"]})
    assert [hit.record.date for hit in back.context["hits"]] == days[:20]


@pytest.mark.parametrize("order", ["", "relevance"])
def test_a_cursor_that_is_none_begins_at_the_first_page(nurse: Client, ana: Student, order: str) -> None:
    chart(ana, "cough")
    assert "1 record</p>" in posted(nurse, q="cough", cursor="nonsense", order=order)


def test_what_is_looked_for_is_in_no_address(nurse: Client, ana: Student) -> None:
    chart(ana, "ringworm")
    page = nurse.get(PAGE, {"q": "ringworm"}).content.decode()
    assert "<table" not in page
    assert not AuditEvent.objects.filter(student_id=ana.pk).exists()
    page = posted(nurse, q="ringworm")
    assert "?q=" not in page
    assert "ringworm" not in page.partition("</title>")[0]


def test_who_may_not_read_health_records_gets_no_page_and_is_offered_none(
    sam: User, nora: User, client: Client
) -> None:
    client.force_login(sam)
    assert client.get(PAGE).status_code == client.post(PAGE, {"q": "cough"}).status_code == 403
    for person, offered in ((sam, False), (nora, True)):
        client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})
        assert (PAGE in client.get("/").content.decode()) is offered
        client.post("/accounts/logout/")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [DESKTOP, TABLET], ids=["desktop", "tablet"])
def test_a_nurse_searches_and_opens_the_child(
    browser: Browser, live_server: LiveServer, nora: User, ana: Student, size: tuple[int, int]
) -> None:
    for number in range(25):
        chart(ana, f"Cough, day {number}", date=DAY - datetime.timedelta(days=number))
    with visit(browser, live_server.url, size) as here:
        # Given Nora is logged in
        here.log_in("nora", PASSWORD)
        # When she opens the search and sends it empty
        here.page.get_by_role("link", name="Search records").click()
        assert here.accessible() == []
        here.page.get_by_role("button", name="Search", exact=True).click()
        # Then it says what is missing
        expect(here.page.get_by_role("alert")).to_contain_text("Type at least one word")
        assert here.accessible() == []
        # When she types a word and sends the form with the keyboard
        here.page.get_by_label("Words").fill("cough")
        here.page.keyboard.press("Enter")
        # Then the records are there, with the word marked, and the page after them
        expect(here.page.get_by_role("status").filter(has_text="25 records")).to_be_visible()
        expect(here.page.locator("mark").first).to_have_text("Cough")
        assert here.accessible() == []
        here.page.get_by_role("button", name="Older records").click()
        expect(here.page.get_by_text("Cough, day 24")).to_be_visible()
        assert "cough" not in here.page.url
        # When she opens the child, she is on the summary
        here.page.get_by_role("link", name="Ana Alvarez").first.click()
        here.page.wait_for_url(f"**/students/{ana.pk}/")

"""Measuring a class in a real browser: by the keyboard, row by row; without JavaScript; and when the network fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from access.models import User
from access.tests.people import PASSWORD, make_student
from records.models import HealthRecord
from students.models import School, Student
from whitecross.tests.browsing import DESKTOP, TABLET, Visit, visit

pytestmark = pytest.mark.django_db(transaction=True)

BOTH = pytest.mark.parametrize("size", [DESKTOP, TABLET], ids=["desktop", "tablet"])


@pytest.fixture
def third_grade(oak_street: School) -> list[Student]:
    """Three third graders; the last one has a long name."""
    named = [
        ("Ana", "Alvarez"),
        ("Ben", "Bell"),
        ("Wolfeschlegelsteinhausenberger Maximiliana", "Zzyzx-Featherstonehaugh"),
    ]
    return [make_student(oak_street, given, family, homeroom="3-A") for given, family in named]


@contextmanager
def sheet(
    browser: Browser, live_server: LiveServer, size: tuple[int, int] = DESKTOP, *, javascript: bool = True
) -> Iterator[Visit]:
    """Log Nora in and open the sheet of grade 3 by the menu."""
    with visit(browser, live_server.url, size, javascript=javascript) as here:
        here.log_in("nora", PASSWORD)
        here.page.get_by_role("link", name="Measure", exact=True).click()
        here.page.get_by_label("Class", exact=True).select_option(label="Grade 3, 3-A (3)")
        here.page.get_by_role("button", name="Show the class").click()
        expect(here.page.get_by_role("table")).to_be_visible()
        yield here


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has_text=name)


@BOTH
def test_a_class_is_measured_by_the_keyboard_alone(
    browser: Browser, live_server: LiveServer, nora: User, third_grade: list[Student], size: tuple[int, int]
) -> None:
    with sheet(browser, live_server, size) as here:
        page = here.page
        assert here.accessible() == []
        # Tab along the row: it is saved when it is left.
        page.get_by_label("Height of Ana Alvarez").focus()
        page.keyboard.type("4'2")
        page.keyboard.press("Tab")
        page.keyboard.type("60")
        page.keyboard.press("Tab")
        expect(row(page, "Ana Alvarez")).to_contain_text("Saved")
        expect(row(page, "Ana Alvarez")).to_contain_text("BMI 16.9")
        expect(page.locator("#measure-said")).to_contain_text("Ana Alvarez: Saved")
        # Enter down the column: inches typed, then a number in the wrong unit.
        expect(page.get_by_label("Height of Ben Bell")).to_be_focused()
        page.keyboard.type("51")
        page.keyboard.press("Enter")
        page.keyboard.type("54 cm")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Save the sheet")).to_be_focused()
        expect(row(page, "Ben Bell")).to_contain_text("No BMI without a weight.")
        odd = row(page, "Zzyzx")
        expect(odd).to_contain_text("54 cm is very short for an 8-year-old; 54 in would be usual. Did you mean inches?")
        expect(page.get_by_label("Height of Wolfe")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#measure-count")).to_have_text("2 of 3 measured, 1 to look at")
        assert here.accessible() == []
        # Corrected where it stands; the weight that was missing completes the same record.
        page.get_by_label("Height of Wolfe").fill("54 in")
        page.get_by_label("Weight of Ben Bell").fill("60")
        page.get_by_label("Weight of Wolfe").focus()
        expect(odd).to_contain_text("Saved")
        expect(row(page, "Ben Bell")).to_contain_text("BMI")
        expect(page.get_by_label("Height of Wolfe")).not_to_have_attribute("aria-invalid", "true")
        expect(page.locator("#measure-count")).to_have_text("3 of 3 measured")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.reload()
        expect(page.get_by_label("Weight of Ben Bell")).to_have_value("60")
        expect(page.locator("#measure-count")).to_have_text("3 of 3 measured")
    assert HealthRecord.objects.stands().count() == HealthRecord.objects.count() == 3


def test_what_was_typed_before_the_script_came_is_saved_when_it_comes(
    browser: Browser, live_server: LiveServer, nora: User, third_grade: list[Student]
) -> None:
    with visit(browser, live_server.url) as here:
        here.log_in("nora", PASSWORD)
        waiting: list[Route] = []

        def hold(route: Route) -> None:
            waiting.append(route)

        here.page.route(re.compile(r"/measure[^/]*\.js"), hold)
        group = {"school": "oak-street", "group": "03/3-A", "date": "2026-09-16", "height_unit": "in"}
        address = f"{live_server.url}/records/measure/?{urlencode({**group, 'weight_unit': 'lb'})}"
        here.page.goto(address, wait_until="commit")
        here.page.get_by_label("Height of Ana Alvarez").fill("4'2")
        here.page.get_by_label("Height of Ben Bell").focus()
        assert len(waiting) == 1
        assert not HealthRecord.objects.exists()
        for route in waiting:
            route.continue_()
        expect(row(here.page, "Ana Alvarez")).to_contain_text("Saved")
    assert HealthRecord.objects.get().height_cm == 127.0


def test_keep_as_typed_saves_at_once(
    browser: Browser, live_server: LiveServer, nora: User, third_grade: list[Student]
) -> None:
    with sheet(browser, live_server) as here:
        here.page.get_by_label("Weight of Ana Alvarez").fill("27")
        here.page.keyboard.press("Tab")
        expect(row(here.page, "Ana Alvarez")).to_contain_text("Did you mean kilograms?")
        here.page.get_by_label("Keep as typed for Ana Alvarez").check()
        expect(row(here.page, "Ana Alvarez")).to_contain_text("Saved")
    assert HealthRecord.objects.get().vital_typed == {"weight": {"value": "27", "unit": "lb"}}


def test_what_could_not_be_sent_stays_and_is_sent_by_itself_once(
    browser: Browser, live_server: LiveServer, nora: User, third_grade: list[Student]
) -> None:
    with sheet(browser, live_server) as here:
        page = here.page
        # The first time the row arrives and its answer is lost; the second time nothing arrives.
        tries: list[str] = []

        def flaky(route: Route) -> None:
            tries.append(route.request.post_data or "")
            if len(tries) == 1:
                route.fetch()
            if len(tries) <= 2:
                route.abort("connectionreset")
            else:
                route.continue_()

        page.route(re.compile("/records/measure/.+"), flaky)
        page.get_by_label("Height of Ana Alvarez").fill("4'2")
        page.get_by_label("Height of Ben Bell").focus()
        expect(row(page, "Ana Alvarez")).to_contain_text("Not saved: no connection. It is sent again by itself.")
        assert here.accessible() == []
        expect(row(page, "Ana Alvarez")).to_contain_text("Saved", timeout=20_000)
        expect(row(page, "Ana Alvarez")).not_to_contain_text("no connection")
        assert len(tries) == 3
        # What the browser and htmx say about the two lost tries, and nothing else.
        lost = re.compile("ERR_CONNECTION_RESET|htmx:sendError|htmx:afterRequest")
        assert [text for text in here.complaints if not lost.search(text)] == []
        here.complaints.clear()
    assert HealthRecord.objects.count() == 1


def test_signed_out_in_the_middle_nothing_is_lost(
    browser: Browser, live_server: LiveServer, nora: User, third_grade: list[Student]
) -> None:
    with sheet(browser, live_server) as here:
        page = here.page
        page.context.clear_cookies(name="sessionid")
        page.get_by_label("Height of Ana Alvarez").fill("4'2")
        page.get_by_label("Height of Ben Bell").focus()
        expect(row(page, "Ana Alvarez")).to_contain_text("Not saved: you are signed out.")
        expect(page.get_by_label("Height of Ana Alvarez")).to_have_value("4'2")
        assert not HealthRecord.objects.exists()
        other = page.context.new_page()
        Visit(other, here.base).log_in("nora", PASSWORD)
        other.close()
        expect(row(page, "Ana Alvarez")).to_contain_text("Saved", timeout=20_000)
    assert HealthRecord.objects.get().height_cm == 127.0


@BOTH
def test_without_javascript_one_button_saves_the_good_rows_and_keeps_the_bad(
    browser: Browser, live_server: LiveServer, nora: User, third_grade: list[Student], size: tuple[int, int]
) -> None:
    with sheet(browser, live_server, size, javascript=False) as here:
        page = here.page
        page.get_by_label("Height of Ana Alvarez").fill("4'2")
        page.get_by_label("Weight of Ana Alvarez").fill("60")
        page.get_by_label("Height of Ben Bell").fill("4'2 or so")
        page.get_by_label("Weight of Wolfe").fill("27")
        page.get_by_role("button", name="Save the sheet").click()
        expect(page).to_have_title(re.compile("^Error"))
        expect(page.get_by_role("alert")).to_contain_text("2 rows not saved yet; all others are")
        expect(row(page, "Ana Alvarez")).to_contain_text("BMI 16.9")
        expect(page.get_by_label("Height of Ben Bell")).to_have_value("4'2 or so")
        page.get_by_label("Height of Ben Bell").fill("4'2")
        page.get_by_label("Keep as typed").check()
        page.get_by_role("button", name="Save the sheet").click()
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(page.locator("#measure-count")).to_have_text("3 of 3 measured")
    assert HealthRecord.objects.count() == 3


def test_on_paper_it_is_a_list_of_names_with_boxes_and_no_health_data(
    browser: Browser, live_server: LiveServer, nora: User, third_grade: list[Student]
) -> None:
    HealthRecord.objects.create(student=third_grade[0], type="CHECKUP", date="2026-03-02", vital={"weight_kg": 25})
    with sheet(browser, live_server) as here:
        page = here.page
        expect(page.get_by_text("55.1 lb")).to_be_visible()
        page.emulate_media(media="print")
        expect(page.get_by_text("55.1 lb")).to_be_hidden()
        expect(page.get_by_role("button", name="Save the sheet")).to_be_hidden()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Oak Street Elementary, Grade 3, 3-A")
        expect(page.get_by_role("columnheader", name="Remarks")).to_be_visible()
        expect(page.get_by_label("Height of Ana Alvarez")).to_be_visible()

"""A nurse's first minutes in a real browser: find a child, read, record, and see it; and what others may not."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from access.models import AuditEvent, User
from access.tests.people import PASSWORD
from records.models import Allergy, Condition, Vaccination
from students.models import Student
from whitecross.tests.browsing import DESKTOP, TABLET, visit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def allergic_ana(ana: Student) -> Student:
    """Ana, with an allergy that can kill, asthma and a vaccination."""
    Allergy.objects.create(
        student=ana,
        allergen="Peanut",
        category=Allergy.Category.FOOD,
        severity=Allergy.Severity.LIFE_THREATENING,
        reaction="Anaphylaxis",
        treatment="Epinephrine, then 911",
    )
    Condition.objects.create(student=ana, name="Mild persistent asthma", code="J45.30")
    Vaccination.objects.create(student=ana, cvx="03", name="MMR", date="2019-03-20")
    return ana


@pytest.mark.parametrize("size", [DESKTOP, TABLET], ids=["desktop", "tablet"])
def test_a_nurse_finds_a_child_by_three_letters_and_records_vitals_that_stay(
    browser: Browser, live_server: LiveServer, nora: User, allergic_ana: Student, size: tuple[int, int]
) -> None:
    with visit(browser, live_server.url, size) as here:
        # Given Nora is logged in
        here.page.goto(f"{live_server.url}/accounts/login/")
        assert here.accessible() == []
        here.log_in("nora", PASSWORD)
        assert here.accessible() == []
        # When she types three letters and presses Enter
        here.page.keyboard.press("/")
        here.page.keyboard.type("alv")
        expect(here.page.get_by_role("option").first).to_contain_text("Ana Alvarez")
        here.page.keyboard.press("Enter")
        here.page.wait_for_url(f"**/students/{allergic_ana.pk}/")
        # Then the alert is the first thing after the name, in words
        alert = here.page.locator("h1 + *")
        expect(alert).to_contain_text("Life-threatening", ignore_case=True)
        expect(alert).to_contain_text("Peanut")
        assert here.accessible() == []
        # When she records height, weight and temperature
        here.page.get_by_label("Height").fill("4'2")
        here.page.get_by_label("Weight").fill("58")
        here.page.get_by_label("Temperature").fill("98.6")
        here.page.get_by_role("button", name="Save vital signs").click()
        # Then the summary shows them, and still does after a reload
        expect(here.page.get_by_role("status")).to_contain_text("Vital signs saved")
        for _ in range(2):
            row = here.page.get_by_role("row").filter(has_text="4 ft 2 in (127 cm)")
            expect(row).to_contain_text("58 lb (26.3 kg)")
            expect(row).to_contain_text("98.6 °F (37 °C)")
            here.page.reload()
        assert here.accessible() == []


def test_what_was_typed_stays_when_something_is_wrong(
    browser: Browser, live_server: LiveServer, nora: User, allergic_ana: Student
) -> None:
    with visit(browser, live_server.url) as here:
        here.log_in("nora", PASSWORD)
        here.page.goto(f"{live_server.url}/students/{allergic_ana.pk}/")
        here.page.get_by_label("Height").fill("4200")
        here.page.get_by_label("Weight").fill("58 lb")
        here.page.get_by_role("button", name="Save vital signs").click()
        expect(here.page).to_have_title(re.compile("^Error"))
        expect(here.page.get_by_label("Height")).to_have_value("4200")
        expect(here.page.get_by_label("Weight")).to_have_value("58 lb")
        expect(here.page.get_by_role("alert")).to_contain_text("Height")
        assert here.accessible() == []


def test_the_form_works_without_javascript(
    browser: Browser, live_server: LiveServer, nora: User, allergic_ana: Student
) -> None:
    with visit(browser, live_server.url, javascript=False) as here:
        here.log_in("nora", PASSWORD)
        here.page.get_by_role("link", name="Students", exact=True).click()
        here.page.get_by_role("textbox", name="Name or student number", exact=True).fill("alv")
        here.page.get_by_role("main").get_by_role("button", name="Find").click()
        here.page.get_by_role("link", name="Ana Alvarez").click()
        here.page.get_by_label("Heart rate").fill("88")
        here.page.get_by_role("button", name="Save vital signs").click()
        expect(here.page.get_by_role("row").filter(has_text="88")).to_be_visible()


def test_another_schools_nurse_gets_a_404_that_says_nothing(
    browser: Browser, live_server: LiveServer, stella: User, allergic_ana: Student
) -> None:
    with visit(browser, live_server.url) as here:
        here.log_in("stella", PASSWORD)
        answer = here.page.goto(f"{live_server.url}/students/{allergic_ana.pk}/")
        assert answer is not None
        assert answer.status == 404
        assert "Alvarez" not in here.page.content()
        assert here.accessible() == []
    assert AuditEvent.objects.about(allergic_ana.pk).filter(outcome="not_visible", actor_id=stella.pk).count() == 1


def test_who_looked_names_the_nurse(
    browser: Browser, live_server: LiveServer, nora: User, allergic_ana: Student
) -> None:
    with visit(browser, live_server.url) as here:
        here.log_in("nora", PASSWORD)
        here.page.goto(f"{live_server.url}/students/{allergic_ana.pk}/")
        here.page.get_by_role("link", name="Who looked at this record").click()
        expect(here.page.get_by_role("row").filter(has_text="Looked at the health summary")).to_contain_text("nora")
        assert here.accessible() == []


def test_nothing_stays_in_the_browser(
    browser: Browser, live_server: LiveServer, nora: User, allergic_ana: Student
) -> None:
    with visit(browser, live_server.url) as here:
        here.log_in("nora", PASSWORD)
        here.page.goto(f"{live_server.url}/students/")
        here.page.get_by_role("textbox", name="Name or student number", exact=True).fill("alv")
        expect(here.page.get_by_role("link", name="Ana Alvarez")).to_be_visible()
        assert here.accessible() == []
        stored = here.page.evaluate("[localStorage.length, sessionStorage.length]")
        assert stored == [0, 0]
        assert "alv" not in here.page.url.lower()

"""The admin in real Chromium, under the strict Content-Security-Policy: nothing is refused, nothing looks broken."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Request, expect
from pytest_django.live_server_helper import LiveServer

from access.models import User
from access.tests.people import PASSWORD, make_student
from records.models import Allergy
from students.models import School, Student
from whitecross.tests.browsing import Visit, visit

pytestmark = pytest.mark.django_db(transaction=True)


def enter(here: Visit) -> None:
    """Log in as the superuser, by way of the admin's own address."""
    here.page.goto(f"{here.base}/admin/")
    here.page.get_by_label("Username").fill("admin")
    here.page.get_by_label("Password", exact=True).fill(PASSWORD)
    here.page.keyboard.press("Enter")
    here.page.wait_for_url(f"{here.base}/admin/")


def test_first_page_list_form_and_marking_break_no_policy(
    browser: Browser, live_server: LiveServer, admin: User, ana: Student
) -> None:
    peanut = Allergy.objects.create(student=ana, allergen="Peanut", severity=Allergy.Severity.LIFE_THREATENING)
    with visit(browser, live_server.url) as here:  # complains of every violation
        enter(here)
        expect(here.page.get_by_role("link", name="White Cross administration")).to_be_visible()
        here.page.get_by_role("link", name="Allergies", exact=True).click()
        here.page.get_by_role("link", name="Peanut").click()
        expect(here.page.locator(".readonly").filter(has_text="threat")).to_have_text("Life-threatening")
        here.page.get_by_role("button", name="Mark as entered in error…").click()
        here.page.get_by_label("Why is this wrong?").fill("Charted for the wrong student")
        here.page.get_by_role("button", name="Mark as entered in error").click()
        expect(here.page.locator(".messagelist .success")).to_have_text("Marked as entered in error: 1 allergy.")
        here.page.goto(f"{live_server.url}/admin/students/student/{ana.pk}/change/")
        expect(here.page.get_by_label("Family name")).to_have_value("Alvarez")
        assert not here.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    peanut.refresh_from_db()
    assert peanut.status == Allergy.Status.ENTERED_IN_ERROR


def test_searching_and_choosing_a_student_leave_no_name_in_an_address(
    browser: Browser, live_server: LiveServer, admin: User, ana: Student, harbor_middle: School
) -> None:
    make_student(harbor_middle, "Ana", "Alvarez")
    addresses: list[str] = []

    def remember(request: Request) -> None:
        addresses.append(request.url)

    with visit(browser, live_server.url) as here:
        enter(here)
        here.page.on("request", remember)
        here.page.get_by_role("link", name="Students", exact=True).last.click()
        here.page.locator("#searchbar").fill("alvarez")
        here.page.keyboard.press("Enter")
        expect(here.page.get_by_text("2 students")).to_be_visible()
        here.page.goto(f"{live_server.url}/admin/students/contact/add/")
        with here.page.expect_response("**/admin/autocomplete/"):
            here.page.locator(".field-student .select2-selection").click()
        here.page.keyboard.type("alvarez", delay=1)
        choice = "Alvarez, Ana · born 2018-03-14 · Grade 3 · Harbor Middle"
        here.page.get_by_role("option", name=choice).click()
        expect(here.page.locator(".field-student .select2-selection")).to_contain_text("Harbor Middle")
        # select2 gives up a question when the next letter comes.
        here.complaints = [line for line in here.complaints if "/admin/autocomplete/" not in line]
    assert addresses
    assert not [address for address in addresses if "alv" in address.lower()]

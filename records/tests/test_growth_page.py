"""The growth page: each of its states, what it costs, and its use in a browser, by keyboard and on paper."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django import DjangoAssertNumQueries
from pytest_django.live_server_helper import LiveServer

from access.models import AuditEvent, User
from access.tests.people import PASSWORD, make_student
from records.tests.measuring import measured
from students.models import School, Student
from whitecross.tests.browsing import DESKTOP, TABLET, Visit, visit


@pytest.fixture
def nurse(nora: User, client: Client) -> Client:
    """A browser in which Nora is logged in."""
    client.force_login(nora)
    return client


@pytest.fixture
def growing(ana: Student) -> Student:
    """Ana, measured each year from four to seven."""
    for years, height, weight in ((4, 103, 16.5), (5, 110, 18.6), (6, 116, 20.8), (7, 122, 23.4)):
        measured(ana, years, height, weight)
    return ana


def page_of(client: Client, student: Student, asked: str = "") -> str:
    """Return the page as one reads it: with plain spaces."""
    answer = client.get(f"/students/{student.pk}/growth/{asked}")
    assert answer.status_code == 200
    return str(answer.content.decode().replace("\N{NO-BREAK SPACE}", " "))


def visits_on(page: str) -> int:
    """Count the visits that are plotted."""
    return page.count('class="wc-growth__visit"')


def test_it_shows_the_chart_its_visits_and_every_measurement(nurse: Client, growing: Student) -> None:
    page = page_of(nurse, growing)
    assert visits_on(page) == 4
    assert "BMI for age, 2 to 20 years (CDC)" in page
    assert "percentiles for girls (CDC 2000 with the extended BMI of 2022)" in page
    for words in ("4 ft 0 in (122 cm)", "51.6 lb (23.4 kg)", "15.7", "Healthy weight", "7 y", "Mar 14, 2025"):
        assert words in page
    assert page.index("Mar 14, 2025") < page.index("Mar 14, 2022")
    assert re.search(r'aria-label="Mar 14, 2025, age 7 y, BMI 15.7, \d\d\w\w percentile, Healthy weight"', page)
    assert "a year from Mar 14, 2024 to Mar 14, 2025. Typical at this age:" in page


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("?chart=height", "Height for age, 2 to 20 years (CDC)"),
        ("?chart=weight&ages=2-to-20", "Weight for age, 2 to 20 years (CDC)"),
        ("?chart=nonsense&ages=9", "BMI for age, 2 to 20 years (CDC)"),
        ("?ages=birth-to-2", "BMI for age, 2 to 20 years (CDC)"),
    ],
)
def test_the_address_chooses_the_chart(nurse: Client, growing: Student, asked: str, title: str) -> None:
    assert f">{title}</h2>" in page_of(nurse, growing, asked)


def test_without_any_measurement_it_says_what_to_do(nurse: Client, ana: Student) -> None:
    page = page_of(nurse, ana)
    assert "No height or weight on record yet." in page
    assert '<svg class="wc-growth__chart' not in page


def test_one_measurement_is_a_point_without_a_line(nurse: Client, ana: Student) -> None:
    measured(ana, 7, 122, 23.4)
    page = page_of(nurse, ana)
    assert visits_on(page) == 1
    assert 'stroke="#005ea2" stroke-width="2" stroke-linejoin' not in page
    assert "Needs two measurements at least six months apart." in page


def test_forty_measurements_are_forty_points(nurse: Client, ana: Student) -> None:
    for number in range(40):
        measured(ana, 3 + number / 8, 95 + number, 14 + number / 3)
    page = page_of(nurse, ana)
    assert visits_on(page) == 40
    assert page.count("<tr>") == 41


def test_a_child_under_two_is_on_whos_chart_beginning_with_the_length(nurse: Client, ana: Student) -> None:
    for years, height, weight in ((0, 50, 3.4), (0.5, 65.7, 7.3), (1, 74, 9)):
        measured(ana, years, height, weight)
    page = page_of(nurse, ana)
    assert "Length for age, birth to 2 years (WHO)" in page
    assert "percentiles for girls (WHO 2006)" in page
    assert "Under 2 years: WHO percentiles, no weight status" in page
    measured(ana, 3, 95, 14)
    page = page_of(nurse, ana)
    assert "BMI for age, 2 to 20 years (CDC)" in page
    assert visits_on(page) == 1
    assert visits_on(page_of(nurse, ana, "?chart=weight&ages=birth-to-2")) == 3


def test_an_implausible_value_is_shown_marked_and_outside_the_line(nurse: Client, growing: Student) -> None:
    measured(growing, 7.5, 49.5, 25)
    page = page_of(nurse, growing, "?chart=height")
    assert visits_on(page) == 5
    assert page.count('stroke="#b50909"') == 2  # the visit, and its mark in the key
    assert "Check the height: implausibly low. Inches entered as centimeters?" in page
    assert re.search(r'aria-label="[^"]+, below the chart"', page)
    assert "Check first" in page
    (run,) = re.findall(r'<polyline points="([^"]+)" fill="none" stroke="#005ea2"', page)
    assert len(run.split()) == 4


def test_a_starving_child_keeps_the_weight_status(nurse: Client, ana: Student) -> None:
    measured(ana, 7, 125, 16.5)
    page = page_of(nurse, ana)
    assert "Check height and weight: the BMI is implausibly low" in page
    assert "Underweight" in page
    assert "Check first" not in page


def test_obesity_is_in_words_with_the_share_of_the_95th_and_the_extended_lines(nurse: Client, ana: Student) -> None:
    measured(ana, 7, 122, 40)
    page = page_of(nurse, ana)
    for words in ("Severe obesity (class 2)", "% of 95th", "140% of 95th", "120% of 95th"):
        assert words in page


def test_an_unknown_sex_has_points_and_no_lines(nurse: Client, growing: Student) -> None:
    growing.sex = Student.Sex.UNKNOWN
    growing.save()
    page = page_of(nurse, growing)
    assert visits_on(page) == 4
    assert "The sex is not recorded, so there are no percentile lines." in page
    assert "95th" not in page


def test_from_twenty_years_the_adult_bmi_is_in_the_table(nurse: Client, oak_street: School) -> None:
    grown = make_student(oak_street, birth_date=datetime.date(2005, 1, 15))
    measured(grown, 20.5, 160, 77)
    page = page_of(nurse, grown)
    assert "The charts end at 20 years." in page
    assert "Obesity (class 1), adult" in page
    measured(grown, 19, 160, 60)
    assert visits_on(page_of(nurse, grown)) == 1


def test_a_measurement_before_birth_is_in_the_table_and_says_so(nurse: Client, ana: Student) -> None:
    measured(ana, -0.1, 50, 3.4)
    page = page_of(nurse, ana)
    assert "No measurement lies on a chart." in page
    assert "Dated before the birth date: one of the two is wrong" in page


def test_the_summary_shows_percentile_and_status_and_leads_here(nurse: Client, growing: Student) -> None:
    page = nurse.get(f"/students/{growing.pk}/").content.decode()
    assert f'href="/students/{growing.pk}/growth/"' in page
    assert re.search(r"BMI percentile</dt><dd>\d\d\w\w</dd>", page)
    assert "Weight status</dt><dd>Healthy weight</dd>" in page


def test_a_name_is_text_and_the_title_has_none(nurse: Client, oak_street: School) -> None:
    student = make_student(oak_street, "<b>Zoë</b>", "Wolfeschlegelsteinhausenbergerdorff")
    measured(student, 7, 122, 23)
    page = page_of(nurse, student)
    assert "&lt;b&gt;Zoë&lt;/b&gt;" in page
    assert "<title>Growth – White Cross</title>" in page


def test_who_may_not_see_it_gets_403_or_404_and_each_look_is_on_record(
    client: Client, nora: User, sam: User, stella: User, growing: Student
) -> None:
    for user, status in ((nora, 200), (sam, 403), (stella, 404)):
        client.force_login(user)
        assert client.get(f"/students/{growing.pk}/growth/").status_code == status
    seen = AuditEvent.objects.filter(student_id=growing.pk, action="growth_viewed", door="page").order_by("at")
    assert [event.outcome for event in seen] == ["granted", "forbidden", "not_visible"]


def test_it_costs_the_same_for_4_and_for_40_measurements(
    nurse: Client, growing: Student, oak_street: School, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many = make_student(oak_street, "Ben")
    for number in range(40):
        measured(many, 3 + number / 8, 95 + number, 14 + number / 3)
    for student in (growing, many):
        # The session, the login, the gate, keeping the session alive with its savepoint; cold, summary and growth.
        for statements in (8, 6):
            with django_assert_num_queries(statements):
                page_of(nurse, student)


class TestInABrowser:
    """What needs one."""

    pytestmark = pytest.mark.django_db(transaction=True)

    def opened(self, here: Visit, student: Student, asked: str = "") -> None:
        """Log in as Nora and open the page."""
        here.log_in("nora", PASSWORD)
        here.page.goto(f"{here.base}/students/{student.pk}/growth/{asked}")

    @pytest.mark.parametrize("size", [DESKTOP, TABLET], ids=["desktop", "tablet"])
    def test_it_is_accessible_and_never_scrolls_sideways(
        self, browser: Browser, live_server: LiveServer, nora: User, growing: Student, size: tuple[int, int]
    ) -> None:
        measured(growing, 7.5, 49.5, 61)
        with visit(browser, live_server.url, size) as here:
            self.opened(here, growing)
            for tab in ("Height", "Weight", "BMI"):
                here.page.get_by_role("navigation", name="Measure").get_by_role("link", name=tab).click()
                expect(here.page.get_by_role("heading", name=f"{tab} for age")).to_be_visible()
                assert here.accessible() == []
                page = "document.documentElement"
                assert here.page.evaluate(f"{page}.scrollWidth <= {page}.clientWidth")

    def test_visits_are_told_by_keyboard_one_after_another(
        self, browser: Browser, live_server: LiveServer, nora: User, growing: Student
    ) -> None:
        with visit(browser, live_server.url) as here:
            self.opened(here, growing)
            box = here.page.locator("[data-growth-chart] > g[pointer-events=none]")
            visits = here.page.locator(".wc-growth__visit")
            here.page.get_by_role("link", name="Weight", exact=True).focus()
            here.page.keyboard.press("Tab")
            expect(visits.last).to_be_focused()
            expect(box).to_contain_text("Mar 14, 2025")
            assert here.accessible() == []
            here.page.keyboard.press("ArrowLeft")
            expect(visits.nth(2)).to_be_focused()
            expect(box).to_contain_text("Mar 14, 2024")
            here.page.keyboard.press("Escape")
            expect(box).to_have_count(0)
            here.page.keyboard.press("Home")
            expect(visits.first).to_be_focused()
            # One stop for Tab: the next one is beyond the chart.
            here.page.keyboard.press("Tab")
            expect(here.page.locator(".wc-growth__visit:focus")).to_have_count(0)
            visits.nth(1).hover()
            expect(box).to_contain_text("percentile")

    def test_without_javascript_everything_is_there(
        self, browser: Browser, live_server: LiveServer, nora: User, growing: Student
    ) -> None:
        with visit(browser, live_server.url, javascript=False) as here:
            self.opened(here, growing)
            here.page.get_by_role("link", name="Height", exact=True).click()
            expect(here.page.get_by_role("heading", name="Height for age")).to_be_visible()
            point = here.page.get_by_role("img", name="Mar 14, 2025")
            expect(point).to_have_attribute("tabindex", "0")
            assert "percentile" in (point.locator("title").text_content() or "")

    def test_it_prints_on_one_page_with_the_childs_name(
        self, browser: Browser, live_server: LiveServer, nora: User, growing: Student
    ) -> None:
        with visit(browser, live_server.url) as here:
            self.opened(here, growing)
            here.page.emulate_media(media="print")
            sheet = here.page.pdf(prefer_css_page_size=True)
            assert len(re.findall(rb"/Type\s*/Page\b", sheet)) == 1
            expect(here.page.locator(".wc-print-footer")).to_contain_text("Ana Alvarez")
            expect(here.page.get_by_role("navigation", name="Measure")).to_be_hidden()

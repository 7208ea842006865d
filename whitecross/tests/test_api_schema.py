"""The API's description: valid, without warnings, with names that do not change; and the page that shows it."""

from typing import Any

import orjson
import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from access.tests.people import api_client
from whitecross.tests.browsing import visit

OPERATIONS = {
    "auth_token_create",
    "auth_token_refresh_create",
    "students_list",
    "students_create",
    "students_retrieve",
    "students_partial_update",
    "students_health_summary_retrieve",
    "students_growth_retrieve",
    "students_access_list",
    *(f"students_{kind}_list" for kind in ("records", "allergies", "conditions", "vaccinations", "vitals")),
    *(f"students_{kind}_retrieve" for kind in ("records", "allergies", "conditions", "vaccinations", "vitals")),
    *(f"students_{kind}_partial_update" for kind in ("records", "allergies", "conditions", "vaccinations", "vitals")),
    "students_vitals_create",
    "records_search_list",
    "follow_ups_list",
    "follow_ups_partial_update",
}


@pytest.fixture
def schema(db: None) -> dict[str, Any]:
    """The description as a program gets it."""
    answer = api_client().get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert answer.status_code == 200
    found: dict[str, Any] = orjson.loads(answer.content)
    return found


def test_it_is_valid_and_makes_no_warning(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True)
    assert capsys.readouterr().err == ""


def test_its_operations_keep_their_names(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    found = {operation["operationId"] for path in schema["paths"].values() for operation in path.values()}
    assert found >= OPERATIONS


def test_every_operation_tells_its_problems(schema: dict[str, Any]) -> None:
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            problems = {status: body for status, body in operation["responses"].items() if status >= "400"}
            assert "401" in problems, path
            if "{student_id}" in path:
                assert {"403", "404"} <= problems.keys()
            for body in problems.values():
                assert body["content"].keys() == {"application/problem+json"}


def test_it_says_the_units_of_vital_signs(schema: dict[str, Any]) -> None:
    height = schema["components"]["schemas"]["VitalsBody"]["properties"]["height"]
    assert height["properties"]["unit"]["enum"] == ["in", "cm"]


def test_the_page_shows_it_in_a_browser_with_its_own_files_only(
    browser: Browser, live_server: LiveServer, transactional_db: None
) -> None:
    with visit(browser, live_server.url) as here:
        asked: list[str] = []
        here.page.on("request", lambda request: asked.append(request.url))
        here.page.goto(f"{live_server.url}/api/docs/")
        expect(here.page.get_by_role("heading", name="White Cross")).to_be_visible()
        expect(here.page.locator(".opblock-summary-path").first).to_contain_text("/api/v1/")
        here.page.locator("#operations-students-students_vitals_create").click()
        expect(here.page.get_by_text("Record a set of vital signs.").first).to_be_visible()
        assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []


def test_only_this_page_may_draw_with_style_attributes(db: None) -> None:
    client = api_client()
    assert "style-src 'self' 'unsafe-inline'" in client.get("/api/docs/")["Content-Security-Policy"]
    for other in ("/api/schema/", "/api/v1/students/", "/accounts/login/"):
        assert "unsafe-inline" not in client.get(other)["Content-Security-Policy"]
    assert "script-src 'self';" in client.get("/api/docs/")["Content-Security-Policy"] + ";"

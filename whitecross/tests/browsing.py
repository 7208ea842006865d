"""A page in real Chromium that notices what a person would complain of: console errors, CSP violations, axe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
DESKTOP, TABLET = (1366, 768), (768, 1024)


@dataclass
class Visit:
    """One person's browser window."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def log_in(self, username: str, password: str) -> None:
        """Log in on the login page and arrive at Today."""
        self.page.goto(f"{self.base}/accounts/login/")
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.base}/")

    def accessible(self) -> list[str]:
        """Return what axe finds on the page as it stands, a line each; empty is right."""
        found = Axe().run(self.page, options=WCAG).response["violations"]
        return [f"{v['id']}: {v['nodes'][0]['html'][:200]} ({len(v['nodes'])} places)" for v in found]


@contextmanager
def visit(browser: Browser, base: str, size: tuple[int, int] = DESKTOP, *, javascript: bool = True) -> Iterator[Visit]:
    """Open a window of that size; afterwards nothing may have been logged to the console as an error.

    A page that answers 4xx to what a person did wrong is no complaint: Chromium logs those as failed loads.
    """
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, java_script_enabled=javascript)
    page = context.new_page()
    here = Visit(page, base)
    page.on(
        "console",
        lambda message: (
            here.complaints.append(message.text)
            if message.type in ("error", "warning") and "Failed to load resource" not in message.text
            else None
        ),
    )
    page.on("pageerror", lambda error: here.complaints.append(str(error)))
    page.on("requestfailed", lambda request: here.complaints.append(f"{request.url}: {request.failure}"))
    try:
        yield here
    finally:
        context.close()
    assert here.complaints == []

"""pytest plugin: the Chromium that `./dev test` found, driven by Playwright."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, one for each test process; skipped with the reason where there is none, failed in CI."""
    path = os.environ.get("CHROMIUM")
    if not path:
        reason = os.environ.get("WHITECROSS_NO_CHROMIUM") or "No Chromium: run the tests with ./dev test"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--disable-quic", "--disable-gpu"])
        yield chromium
        chromium.close()

"""A real Chromium for the browser tests: Debian's own, with nothing fetched and nothing shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from journeys import browsing

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    if not browsing.CHROMIUM.exists():
        pytest.fail("no Chromium here; run: .ci/bootstrap dev")
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = browsing.launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def watched(chromium: Browser) -> Iterator[browsing.Watched]:
    found = browsing.watched_page(chromium)
    yield found
    found.page.close()

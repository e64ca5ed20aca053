"""A page of a real Chromium that remembers what it complained of, and where pictures are kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from kit.tree import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

CHROMIUM = Path("/usr/bin/chromium")
SCREENSHOTS = ROOT / ".phaseline" / "screenshots"
# Files that Debian's Odoo leaves out on purpose (their sources are not free): the client says so.
# The shop's theme asks Google for its fonts; the tests run without a network.
KNOWN_NOISE = ("selfie_segmentation", "video_blur", "video-blur", "fonts.googleapis.com")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Watched:
    """A page that remembers every complaint of the browser and every request."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda line: self.note(line.type, f"{line.text} {line.location}"))
        page.on("pageerror", lambda error: self.note("error", str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def note(self, kind: str, text: str) -> None:
        if kind == "error" and not any(noise in text for noise in KNOWN_NOISE):
            self.complaints.append(text)

    def shot(self, name: str, *, whole: bool = False) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        self.page.screenshot(path=path, full_page=whole)
        return path


def launch(playwright: Playwright, *more: str) -> Browser:
    """Start Debian's own Chromium."""
    flags = [*FLAGS, *more, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return playwright.chromium.launch(executable_path=CHROMIUM, args=flags)


def watched_page(browser: Browser) -> Watched:
    """A new page that is watched."""
    return Watched(browser.new_page(viewport={"width": 1280, "height": 900}))

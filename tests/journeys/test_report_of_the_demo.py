"""The report of a real demo in a real browser; its screenshot is the one in the README."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Demo

pytestmark = [pytest.mark.odoo, pytest.mark.browser]

README_SHOT = Path(__file__).with_name("screenshots") / "report.png"
RENEW = "PHASELINE_RENEW_SCREENSHOTS"


def test_the_report_shows_two_passed_gates(watched: Any, demo: Demo) -> None:
    page = watched.page
    page.goto((demo.project / "report.html").as_uri())
    assert page.locator("#gates .badge.good").count() == 2
    assert page.locator("#gates .badge.bad").count() == 0
    assert "applied, proven and signed" in page.locator(".verdict").inner_text()
    assert page.locator("#proofs .badge.bad, #coverage .badge.bad, #data .badge.bad").count() == 0


def test_the_report_of_a_real_rollout_is_small_and_silent(watched: Any, demo: Demo) -> None:
    path = demo.project / "report.html"
    watched.page.goto(path.as_uri())
    assert path.stat().st_size < 2_000_000
    assert watched.requests == [path.as_uri()]
    assert watched.complaints == []


def test_the_report_is_photographed_for_the_readme(watched: Any, demo: Demo) -> None:
    page = watched.page
    page.set_viewport_size({"width": 1200, "height": 1000})
    page.goto((demo.project / "report.html").as_uri())
    shot = watched.shot("report")
    watched.shot("report-whole", whole=True)
    assert shot.stat().st_size > 20_000
    if os.environ.get(RENEW):
        README_SHOT.parent.mkdir(exist_ok=True)
        shutil.copyfile(shot, README_SHOT)
    assert README_SHOT.stat().st_size > 20_000, f"run the test with {RENEW}=1"

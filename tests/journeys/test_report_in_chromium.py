"""The report in a real browser: nothing fetched, nothing run, readable by everyone, printable."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from phaseline.core.evidence import summary
from phaseline.files import report
from unit import sample_journal

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

# Runs in the page: every element with own text, its colour and the first opaque background below.
CONTRAST = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const opaque = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || (colour.length === 4 && colour[3] > 0.99)) return colour;
    }
    return [255, 255, 255];
  };
  const light = ([r, g, b]) => {
    const f = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
  };
  const low = [];
  for (const element of document.querySelectorAll('body *:not(svg):not(svg *)')) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || element.classList.contains('skip')) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(parse(style.color)), light(opaque(element))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if ((a + 0.05) / (b + 0.05) < needed) low.push(element.textContent.trim().slice(0, 40));
  }
  return low;
}"""


@pytest.fixture(scope="module", params=["one environment", "two environments"])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    about = report.Page("Harbour & Co", "Online brand", "0.1.0", "2026-11-23T21:00:00+00:00")
    events = sample_journal.events(failing=True)
    if request.param == "two environments":
        events = sample_journal.in_two_environments()
    gathered = summary.gather(events, sample_journal.STAGES)
    target = tmp_path_factory.mktemp("report") / "report.html"
    target.write_text(report.render(about, gathered))
    return target


def test_the_page_asks_for_nothing_but_itself(watched: Any, path: Path) -> None:
    watched.page.goto(path.as_uri())
    assert watched.requests == [path.as_uri()]


def test_the_browser_has_no_complaint(watched: Any, path: Path) -> None:
    watched.page.goto(path.as_uri())
    watched.page.wait_for_load_state("networkidle")
    assert watched.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(chromium: Browser, path: Path, scheme: Any) -> None:
    page = chromium.new_page(color_scheme=scheme)
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    low = page.evaluate(CONTRAST)
    page.close()
    assert low == []


def test_everything_that_opens_is_reached_and_opened_by_keyboard(watched: Any, path: Path) -> None:
    page = watched.page
    page.goto(path.as_uri())
    wanted = page.locator("a, summary, [tabindex='0']").filter(visible=True).count()
    reached = set()
    for _ in range(wanted + 60):
        page.keyboard.press("Tab")
        where = "[...document.querySelectorAll('*')].indexOf(document.activeElement)"
        reached.add(page.evaluate(where))
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            state = "document.activeElement.parentElement.open"
            before = page.evaluate(state)
            page.keyboard.press("Enter")
            assert page.evaluate(state) != before
    assert len(reached) >= wanted


def test_headings_go_down_one_level_at_a_time(watched: Any, path: Path) -> None:
    watched.page.goto(path.as_uri())
    code = "[...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))"
    levels = watched.page.evaluate(code)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - before <= 1 for before, later in itertools.pairwise(levels))


def test_the_page_fits_a_telephone(chromium: Browser, path: Path) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    page.goto(path.as_uri())
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert width <= 360


def test_print_shows_what_is_folded_away(watched: Any, path: Path, tmp_path: Path) -> None:
    page = watched.page
    page.goto(path.as_uri())
    page.emulate_media(media="print")
    hidden = page.locator("details:not([open]) .evidence li").first
    assert hidden.is_visible()
    assert not page.locator("nav").is_visible()
    assert len(page.pdf()) > 20_000

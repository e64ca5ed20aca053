"""The report page: evidence in, one self-contained HTML text out; no journal is read here."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import jinja2

from phaseline.files.report import charts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phaseline.core.evidence.summary import Evidence

MOST_CHANGES = 400  # changes listed a stage, so that the page stays small


@dataclass(frozen=True, slots=True)
class Page:
    """What the page says beside the evidence itself."""

    title: str
    subtitle: str
    version: str
    written: str  # the one value that differs between two pages of the same evidence
    chain_faults: tuple[str, ...] = ()
    row_titles: Mapping[str, str] | None = None


def render(page: Page, evidence: Evidence) -> str:
    """Return the whole page; every value is escaped by the template."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("phaseline.files.report", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, duration=duration, moment=moment, words=words)
    environment.globals.update(charts=charts)
    source = jinja2.PackageLoader("phaseline.files.report", ".").get_source(
        environment, "style.css"
    )
    style = source[0].strip()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = environment.get_template("page.html.j2")
    return template.render(
        page=page,
        evidence=evidence,
        style=style,
        style_hash=f"sha256-{digest}",
        most_changes=MOST_CHANGES,
        titles=page.row_titles or {},
    )


def number(value: object) -> str:
    """Return a number with a thin space between thousands; other things as they are."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return str(value)
    text = f"{value:,}" if isinstance(value, (int, Decimal)) else f"{value:,.1f}"
    return text.replace(",", "\u202f")


def duration(seconds: float) -> str:
    """Return seconds as a person says them."""
    if seconds < 10:  # noqa: PLR2004 (below ten seconds a decimal still says something)
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def moment(time: str) -> str:
    """Return an ISO time to the minute, in UTC as it was written."""
    return f"{time[:10]} {time[11:16]} UTC" if len(time) > 15 else time  # noqa: PLR2004


def words(name: object) -> str:
    """Return a snake_case name as words that begin with a capital letter."""
    text = str(name).replace("_", " ").strip()
    return text[:1].upper() + text[1:]

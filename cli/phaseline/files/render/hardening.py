"""The lines of `roles/HARDENING.md`, for pages of people who have no copy of the kit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from phaseline.files.paths import kit_dir

ROW = re.compile(r"^\| ([A-Z]+-\d+) \| (.*) \|$", re.MULTILINE)
ADDRESS = re.compile(r"^\[([\w-]+)\]: (\S+)$", re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\[([\w-]+)\]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the baseline; its sources are texts in their order, with an address or without."""

    id: str
    what: str
    why: str
    sources: tuple[tuple[str, str], ...]
    checks: tuple[str, ...]


def lines() -> dict[str, Line]:
    """Return every line by its id."""
    text = (kit_dir() / "roles" / "HARDENING.md").read_text(encoding="utf-8")
    addresses = dict(ADDRESS.findall(text))
    found = {}
    for id_, row in ROW.findall(text):
        what, why, source, _, checks = (cell.strip() for cell in row.split(" | "))
        found[id_] = Line(
            id_,
            what.replace("`", ""),
            why.replace("`", ""),
            tuple(_sources(source, addresses)),
            tuple(re.findall(r"`([^`]+)`", checks)),
        )
    return found


def _sources(cell: str, addresses: dict[str, str]) -> list[tuple[str, str]]:
    words = LINK.split(cell)
    found = [(words[0], "")]
    for title, name, after in zip(words[1::3], words[2::3], words[3::3], strict=True):
        found += [(title, addresses[name]), (after, "")]
    return [(text, address) for text, address in found if text]

"""Nothing of one machine, no key and no registry host is in a tracked file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kit.tree import ROOT, tracked

if TYPE_CHECKING:
    from pathlib import Path

# Written in halves, so that this file does not find itself.
MACHINE_PATHS = re.compile(r"(?<![\w.~}])(?:/wo" r"rk/|/ro" r"ot/|/opt/d" r"ev\b|/home/[a-z]+/)")
REGISTRY_HOSTS = re.compile(
    r"py" r"pi\.org|pythonho" r"sted\.org|registry\.np" r"mjs|(?:deb|ftp|archive)\.deb" r"ian\.org"
)
PRIVATE_KEYS = re.compile(r"-----BEGIN [A-Z ]*PRIV" r"ATE KEY-----")
LARGEST = 1_000_000
LARGEST_SAMPLE = 12_000_000  # a compressed source extract below migration/


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            found.append((path.relative_to(ROOT), content.decode("utf-8")))
    return found


@pytest.mark.parametrize(
    "pattern", [MACHINE_PATHS, REGISTRY_HOSTS, PRIVATE_KEYS], ids=["paths", "hosts", "keys"]
)
def test_no_tracked_file_names(pattern: re.Pattern[str]) -> None:
    hits = [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert hits == []


def test_no_tracked_file_is_large() -> None:
    def limit(path: Path) -> int:
        return LARGEST_SAMPLE if path.is_relative_to(ROOT / "migration") else LARGEST

    assert [path for path in tracked() if path.stat().st_size > limit(path)] == []


def test_every_text_file_ends_with_a_newline() -> None:
    ours = [(path, text) for path, text in texts() if not path.is_relative_to("tests/data")]
    bad = [path for path, text in ours if text and not text.endswith("\n")]
    assert bad == []

"""Levels of tests: which run now, and what of those above was rehearsed when, on which commit."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import fingerprint
import schedule
from kit.tree import ROOT
from phaseline import durable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pytest

RECORD = ROOT / "tests" / "rehearsed.json"
MARK = re.compile(r'pytest\.mark\.feature\("(\w+)"\)')
REHEARSED = 3  # the level of tests that only a rehearsal runs


@dataclass(frozen=True)
class Row:
    """How a file's tests of the highest level ended: `covers` is the hash of what they cover."""

    feature: str
    covers: str
    commit: str
    date: str
    seconds: int
    outcome: str


@dataclass
class Rehearsal:
    """A rehearsal under way: a file is recorded when the last of its tests has ended."""

    left: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    failed: set[str] = field(default_factory=set)

    def took(self, report: pytest.TestReport) -> None:
        file = report.nodeid.partition("::")[0]
        self.seconds[file] += round(report.duration * 1000)
        if report.outcome != "passed":
            self.failed.add(file)
        if report.when != "teardown":
            return
        self.left[file] -= 1
        if self.left[file] == 0:
            write(file, self.seconds[file] // 1000, passed=file not in self.failed)


def level(item: pytest.Item) -> int:
    """Return what a test needs: 1 nothing, 2 an Odoo, a browser or hosts, 3 an hour."""
    if mark := item.get_closest_marker("level"):
        return int(mark.args[0])
    return 2 if any(item.get_closest_marker(n) for n in ("odoo", "browser", "hosts")) else 1


def files() -> dict[str, str]:
    """Return the files with tests that are rehearsed, and the feature each is about."""
    found = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if names := set(MARK.findall(path.read_text(encoding="utf-8"))):
            found[path.relative_to(ROOT).as_posix()] = ", ".join(sorted(names))
    return found


def rows() -> dict[str, Row]:
    """Return what was rehearsed, by file."""
    if not RECORD.is_file():
        return {}
    return {name: Row(**row) for name, row in json.loads(RECORD.read_text()).items()}


def covers(file: str, feature: str) -> str:
    """Return the hash of a file of tests and of all that they cover."""
    return fingerprint.of(fingerprint.below(file, *schedule.FEATURES[feature]))


def due(file: str, feature: str, recorded: Mapping[str, Row]) -> str:
    """Return why a file is to be rehearsed again, or nothing."""
    row = recorded.get(file)
    if row is None:
        return "was never rehearsed"
    if row.outcome != "passed":
        return f"{row.outcome} on {row.date}"
    return "" if row.covers == covers(file, feature) else f"covers what changed since {row.date}"


def all_due() -> dict[str, str]:
    """Return the files that are to be rehearsed again, and why."""
    recorded = rows()
    found = {file: due(file, feature, recorded) for file, feature in files().items()}
    return {file: why for file, why in found.items() if why}


def chosen(items: Iterable[pytest.Item], upto: int, *, changed: bool) -> list[pytest.Item]:
    """Return the tests up to a level; with `changed` those above that are due, too."""
    again = all_due() if changed else {}
    return [
        item for item in items if level(item) <= upto or item.nodeid.partition("::")[0] in again
    ]


def write(file: str, seconds: int, *, passed: bool) -> None:
    """Record how a file ended, beside the others."""
    words = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"]
    commit = subprocess.run(words, check=False, capture_output=True, text=True).stdout.strip()
    feature = files()[file]
    today = dt.datetime.now(dt.UTC).date().isoformat()
    outcome = "passed" if passed else "failed"
    row = Row(feature, covers(file, feature), commit, today, seconds, outcome)
    found = {name: asdict(one) for name, one in {**rows(), file: row}.items()}
    durable.write(RECORD, json.dumps(found, indent=1, sort_keys=True) + "\n", mode=0o644)

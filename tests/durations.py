"""How long tests and their chains took: told at the end of a run, and kept in a file."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

import schedule
from kit.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pytest

KEPT = ROOT / ".phaseline" / "durations.json"
TOLD = 10  # chains and tests; whoever wants more reads the file


def lines(reports: Iterable[pytest.TestReport], *, keep: bool) -> list[str]:
    """Return what a run's tests took, the slowest first, and which chain took too long."""
    tests: dict[str, float] = defaultdict(float)
    for one in reports:
        tests[one.nodeid] += one.duration
    chains: dict[str, float] = defaultdict(float)
    for nodeid, seconds in tests.items():
        chains[schedule.chain(nodeid)] += seconds
    if keep:
        _write(chains, tests)
    found = [f"{seconds:7.1f} s  {name}" for name, seconds in slowest(chains)[:TOLD]]
    found += ["", *(f"{s:7.1f} s  {nodeid}" for nodeid, s in slowest(tests)[:TOLD]), ""]
    return found + over(chains)


def slowest(found: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return names with their seconds, the slowest first."""
    return sorted(found.items(), key=lambda one: -one[1])


def over(chains: Mapping[str, float]) -> list[str]:
    """Return a sentence for each chain that took more than its budget."""
    return [
        f"{name} took {seconds:.0f} s, its budget is {schedule.budget(name)} s"
        for name, seconds in slowest(chains)
        if seconds > schedule.budget(name)
    ]


def _write(chains: Mapping[str, float], tests: Mapping[str, float]) -> None:
    parts = {"chains": slowest(chains), "tests": slowest(tests)}
    rounded = {
        part: {name: round(seconds, 2) for name, seconds in found} for part, found in parts.items()
    }
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")

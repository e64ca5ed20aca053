"""What an apply did, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from phaseline.files.render.plan import foreign_lines, on_paper

if TYPE_CHECKING:
    from phaseline.core.plan.results import ApplyResult


def render(result: ApplyResult, *, colour: bool) -> str:
    """Return one line of what was done and one of what it cost."""
    stage, env = ", ".join(result.plan.stages), result.environment
    if result.applied:
        counts = result.plan.counts
        done = ", ".join(f"{number} {kind}" for kind, number in counts.items() if number)
        head = Text(f"Applied {stage} in {env}: {done or 'nothing to change'}", "bold green")
    else:
        head = Text(f"{stage} in {env} is as it should be, nothing was written", "bold")
    cost = f"{sum(result.calls.values())} calls, {result.seconds} s"
    return on_paper([*foreign_lines(result.foreign), head, Text(cost, "dim")], colour=colour)

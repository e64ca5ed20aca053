"""What an apply did, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from phaseline.files.render.plan import foreign_lines, on_paper

if TYPE_CHECKING:
    from collections.abc import Mapping


def render(result: Mapping[str, Any], *, colour: bool) -> str:
    """Return one line of what was done and one of what it cost."""
    stage, env = ", ".join(result["stages"]), result["environment"]
    counts = result["counts"]
    if result["applied"]:
        made = ", ".join(f"{number} {kind}" for kind, number in counts.items() if number)
        head = Text(f"Applied {stage} in {env}: {made or 'nothing to change'}", "bold green")
    else:
        head = Text(f"{stage} in {env} is as it should be, nothing was written", "bold")
    foreign = foreign_lines(result.get("foreign", ()))
    cost = f"{sum(result['calls'].values())} calls, {result['seconds']} s"
    return on_paper([*foreign, head, Text(cost, "dim")], colour=colour)

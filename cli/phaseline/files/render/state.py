"""Status, history, drift and signatures as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from phaseline.core.evidence.results import STEPS
from phaseline.files.render.plan import explain, foreign_lines, on_paper

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phaseline.core.evidence.results import HistoryResult, LastStep, SignResult, StatusResult
    from phaseline.core.plan.results import Difference, DriftResult

NAME = 20
CELL = 24


def render_status(result: StatusResult, *, colour: bool) -> str:
    """Return the table of stages and steps."""
    head = f"{'stage in ' + result.environment:{NAME + 8}}"
    lines = [Text(head + "".join(f"{step:{CELL}}" for step in STEPS), "bold")]
    for stage in result.stages:
        line = Text(f"{stage.stage:{NAME + 8}}")
        for step in stage.steps:
            line.append(*cell(step))
        lines.append(line)
        if stage.faults:
            note = f"  {stage.faults} decisions or answers are open: phaseline plan names them"
            lines.append(Text(note, "red"))
        lines += foreign_lines(stage.foreign)
        if stage.unfinished:
            lines.append(Text("  an apply was interrupted: run it again to go on", "red"))
    return on_paper(lines, colour=colour)


def cell(step: LastStep | None) -> tuple[str, str]:
    """Return one cell of the table and its style."""
    if step is None:
        return f"{'-':{CELL}}", "dim"
    when = step.time[:16].replace("T", " ")
    if step.verdict == "failed":
        return f"{'failed ' + when:{CELL}}", "red"
    if not step.current:
        return f"{'outdated ' + when:{CELL}}", "yellow"
    return f"{when:{CELL}}", "green"


def render_history(result: HistoryResult, *, colour: bool) -> str:
    """Return a line an entry."""
    lines = []
    for event in result.events:
        line = Text(f"{event.seq:>5}  {event.time[:19].replace('T', ' ')}  ")
        line.append(f"{event.env:12}{event.kind:16}", "bold")
        line.append(f"{event.summary}  {event.who}@{event.host}")
        lines.append(line)
    return on_paper(lines or [Text("the journal is empty")], colour=colour)


def render_drift(result: DriftResult, *, colour: bool) -> str:
    """Return what differs, by whom and since when."""
    lines = [Text(f"Drift of {', '.join(result.stages)} in {result.environment}", "bold")]
    lines += foreign_lines(result.foreign)
    lines += section("changed", result.changed)
    lines += section("missing or not applied", result.missing)
    if result.unmanaged:
        lines.append(Text("\nnot ours, never touched", "bold"))
    for one in result.unmanaged:
        text = f"  ? {one.model} {one.id} {one.name}  by {one.who} at {one.when}"
        lines.append(Text(text, "dim"))
    lines += [Text(f"  ? {model}: there are more", "dim") for model in result.cut]
    others = f"{len(result.unmanaged)}{' or more' if result.cut else ''} not ours"
    lines.append(Text(f"\n{result.count} differ, {others}, {result.unchanged} right", "bold"))
    lines.append(Text(f"{sum(result.calls.values())} calls, {result.seconds} s", "dim"))
    return on_paper(lines, colour=colour)


def section(title: str, differences: Iterable[Difference]) -> list[Text]:
    """Return one group of differences."""
    lines = [Text(f"\n{title}", "bold")]
    for one in differences:
        lines += explain(one.operation)
        if one.who:
            lines.append(Text(f"      last written by {one.who} at {one.when}", "dim"))
    return lines if len(lines) > 1 else []


def render_signature(result: SignResult, *, colour: bool) -> str:
    """Return what was signed."""
    head = f"{result.person} signed {result.stage} in {result.environment}"
    lines = [Text(head, "bold green"), Text(f"input {result.input_hash[:16]}", "dim")]
    lines.append(Text(f"verdict entry {result.verdict_seq}, {result.time}", "dim"))
    return on_paper(lines, colour=colour)

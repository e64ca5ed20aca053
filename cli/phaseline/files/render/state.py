"""Status, history, drift and signatures as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from phaseline.files.render.plan import change_lines, foreign_lines, on_paper

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STEPS = ("planned", "applied", "verified", "signed")
NAME = 20
CELL = 24


def render_status(result: Mapping[str, Any], *, colour: bool) -> str:
    """Return the table of stages and steps."""
    head = f"{'stage in ' + result['environment']:{NAME + 8}}"
    lines = [Text(head + "".join(f"{step:{CELL}}" for step in STEPS), "bold")]
    for stage in result["stages"]:
        line = Text(f"{stage['stage']:{NAME + 8}}")
        for step in STEPS:
            line.append(*cell(stage[step]))
        lines.append(line)
        if stage["faults"]:
            note = f"  {stage['faults']} decisions or answers are open: phaseline plan names them"
            lines.append(Text(note, "red"))
        lines += foreign_lines(stage.get("foreign", ()))
        if stage["unfinished"]:
            lines.append(Text("  an apply was interrupted: run it again to go on", "red"))
    return on_paper(lines, colour=colour)


def cell(entry: Mapping[str, Any] | None) -> tuple[str, str]:
    """Return one cell of the table and its style."""
    if entry is None:
        return f"{'-':{CELL}}", "dim"
    when = entry["time"][:16].replace("T", " ")
    if entry["verdict"] == "failed":
        return f"{'failed ' + when:{CELL}}", "red"
    if not entry["current"]:
        return f"{'outdated ' + when:{CELL}}", "yellow"
    return f"{when:{CELL}}", "green"


def render_history(result: Mapping[str, Any], *, colour: bool) -> str:
    """Return a line an entry."""
    lines = []
    for entry in result["entries"]:
        line = Text(f"{entry['seq']:>5}  {entry['time'][:19].replace('T', ' ')}  ")
        line.append(f"{entry['env']:12}{entry['kind']:16}", "bold")
        line.append(f"{entry['what']}  {entry['who']}@{entry['host']}")
        lines.append(line)
    return on_paper(lines or [Text("the journal is empty")], colour=colour)


def render_drift(result: Mapping[str, Any], *, colour: bool) -> str:
    """Return what differs, by whom and since when."""
    lines = [Text(f"Drift of {', '.join(result['stages'])} in {result['environment']}", "bold")]
    lines += foreign_lines(result.get("foreign", ()))
    lines += section("changed", result["changed"])
    lines += section("missing or not applied", result["missing"])
    strangers = result["not_ours"]
    if strangers:
        lines.append(Text("\nnot ours, never touched", "bold"))
    for one in strangers:
        text = f"  ? {one['model']} {one['id']} {one['name']}  by {one['who']} at {one['when']}"
        lines.append(Text(text, "dim"))
    lines += [Text(f"  ? {model}: there are more", "dim") for model in result["not_all_of"]]
    differing = len(result["changed"]) + len(result["missing"])
    more = " or more" if result["not_all_of"] else ""
    summary = f"\n{differing} differ, {len(strangers)}{more} not ours, {result['unchanged']} right"
    lines.append(Text(summary, "bold"))
    lines.append(Text(f"{sum(result['calls'].values())} calls, {result['seconds']} s", "dim"))
    return on_paper(lines, colour=colour)


def section(title: str, changes: Iterable[Mapping[str, Any]]) -> list[Text]:
    """Return one group of differences."""
    lines = [Text(f"\n{title}", "bold")]
    for change in changes:
        lines += change_lines(change)
        if change["who"]:
            lines.append(Text(f"      last written by {change['who']} at {change['when']}", "dim"))
    return lines if len(lines) > 1 else []


def render_signature(result: Mapping[str, Any], *, colour: bool) -> str:
    """Return what was signed."""
    head = f"{result['person']} signed {result['stage']} in {result['environment']}"
    lines = [Text(head, "bold green"), Text(f"input {result['input_hash'][:16]}", "dim")]
    lines.append(Text(f"verdict entry {result['verdict_seq']}, {result['time']}", "dim"))
    return on_paper(lines, colour=colour)

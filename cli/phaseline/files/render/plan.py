"""A plan as text: grouped by stage, + ~ - marks, counts, every change with its place."""

from __future__ import annotations

import io
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from phaseline.core.environments.identity import ForeignRecord, Identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MARKS = {
    "install": ("+", "green"),
    "create": ("+", "green"),
    "adopt": ("~", "yellow"),
    "update": ("~", "yellow"),
    "setting": ("~", "yellow"),
    "delete": ("-", "red"),
    "call": (">", "cyan"),
}
LINES = 60
WIDTH = 60


def render(result: Mapping[str, Any], *, colour: bool, full: bool = False) -> str:
    """Return the plan as text, at most 60 lines unless all are asked for."""
    lines = [Text(f"Plan of {', '.join(result['stages'])} in {result['environment']}", "bold")]
    for stage, changes in groupby(result["changes"], key=lambda change: change["stage"] or ""):
        lines.append(Text(f"\n{stage}" if stage else "\nbefore any record", "bold"))
        for change in changes:
            lines += change_lines(change)
    if not full and len(lines) > LINES - 6:
        left = len(lines) - (LINES - 6)
        lines = [*lines[: LINES - 6], Text(f"  ... {left} more lines, shown with --full", "dim")]
    lines += footer(result)
    return on_paper(lines, colour=colour)


def change_lines(change: Mapping[str, Any]) -> list[Text]:
    """Return the lines of one change."""
    mark, style = MARKS[change["kind"]]
    head = Text(f"  {mark} ", style)
    head.append(change["ref"], "bold")
    head.append(f"  {change['model']}  {change['reason']}  ", "")
    head.append(change["place"], "dim")
    lines = [head]
    if change["dangerous"]:
        lines.append(Text(f"      dangerous: {change['dangerous']}", "bold red"))
    for one in change["fields"]:
        if change["kind"] == "create":
            continue
        edited = "  changed in Odoo since the last apply" if one["edited"] else ""
        text = f"      {one['name']}: {short(one['old'])} -> {short(one['new'])}"
        line = Text(text)
        line.append(edited, "red")
        lines.append(line)
    return lines


def short(value: Any) -> str:
    """Return a value on one short line."""
    text = " ".join(str(value).split())
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"


def footer(result: Mapping[str, Any]) -> list[Text]:
    """Return the counts, what the gate says and what the plan cost."""
    counts = result["counts"]
    summary = ", ".join(f"{number} to {kind}" for kind, number in counts.items() if number)
    summary = summary.replace(f"{counts['unchanged']} to unchanged", f"{counts['unchanged']} right")
    if not result["changes"]:
        summary = f"nothing to do, {counts['unchanged']} right"
    lines = [Text(f"\n{summary}", "bold")]
    if risky := [change["ref"] for change in result["changes"] if change["dangerous"]]:
        told = f"{len(risky)} dangerous, production wants two persons' signatures: "
        lines.append(Text(told + ", ".join(risky), "bold red"))
    lines += foreign_lines(result.get("foreign", ()))
    lines += [
        Text(f"gate: {fault['code']} {fault['message']}", "red") for fault in result.get("gate", [])
    ]
    calls = result["calls"]
    most = max(calls.items(), key=lambda pair: pair[1], default=("", 0))
    cost = f"{sum(calls.values())} calls to {len(calls)} models, at most {most[1]} ({most[0]})"
    lines.append(Text(f"{cost}, {result['seconds']} s", "dim"))
    lines.append(Text(f"fingerprint {result['fingerprint'][:16]}", "dim"))
    return lines


def foreign_lines(foreign: Iterable[Mapping[str, Any]]) -> list[Text]:
    """Return what another database left behind in this one, a line each."""
    records = [
        ForeignRecord(
            one["kind"],
            one["subject"],
            Identity(one["environment"], one["tenant"], one["database"]),
        )
        for one in foreign
    ]
    return [Text(f"  {one}", "red") for one in records]


def on_paper(lines: list[Text], *, colour: bool) -> str:
    """Return styled lines as a string, with or without colour."""
    paper = io.StringIO()
    console = Console(
        file=paper,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        width=1000,
        highlight=False,
    )
    for line in lines:
        console.print(line, soft_wrap=True)
    return paper.getvalue().rstrip("\n")

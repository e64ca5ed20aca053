"""A plan as text: grouped by stage, + ~ - marks, counts, every operation with its place."""

from __future__ import annotations

import io
from itertools import groupby
from typing import TYPE_CHECKING, Any, assert_never

from rich.console import Console
from rich.text import Text

from phaseline.core.plan.comparison import show
from phaseline.core.plan.operations import (
    CallMethod,
    CreateRecord,
    DeleteRecord,
    FieldChange,
    InstallModule,
    Operation,
    TakeOverRecord,
    UpdateRecord,
    WriteSettings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phaseline.core.identity import ForeignRecord
    from phaseline.core.plan.results import PlanResult

LINES = 60
WIDTH = 60


def render(result: PlanResult, *, colour: bool, full: bool = False) -> str:
    """Return the plan as text, at most 60 lines unless all are asked for."""
    plan = result.plan
    lines = [Text(f"Plan of {', '.join(plan.stages)} in {result.environment}", "bold")]
    for stage, operations in groupby(plan.changes, key=lambda one: one.stage):
        lines.append(Text(f"\n{stage}" if stage else "\nbefore any record", "bold"))
        for operation in operations:
            lines += explain(operation)
    if not full and len(lines) > LINES - 6:
        left = len(lines) - (LINES - 6)
        lines = [*lines[: LINES - 6], Text(f"  ... {left} more lines, shown with --full", "dim")]
    lines += footer(result)
    return on_paper(lines, colour=colour)


def explain(operation: Operation) -> list[Text]:
    """Return the lines of one operation; the values of a new record are not shown."""
    match operation:
        case InstallModule():
            return heading(operation, "+", "green")
        case CreateRecord():
            return heading(operation, "+", "green")
        case TakeOverRecord() | UpdateRecord() | WriteSettings():
            return [*heading(operation, "~", "yellow"), *map(field_line, operation.fields)]
        case DeleteRecord():
            return heading(operation, "-", "red")
        case CallMethod():
            return heading(operation, ">", "cyan")
        case _:
            assert_never(operation)


def heading(operation: Operation, mark: str, style: str) -> list[Text]:
    """Return what every operation says of itself."""
    head = Text(f"  {mark} ", style)
    head.append(operation.ref, "bold")
    head.append(f"  {operation.model}  {operation.reason}  ", "")
    head.append(str(operation.place), "dim")
    if not operation.dangerous:
        return [head]
    return [head, Text(f"      dangerous: {operation.dangerous}", "bold red")]


def field_line(one: FieldChange) -> Text:
    """Return the line of one value that changes."""
    line = Text(f"      {one.name}: {short(show(one.old))} -> {short(show(one.new))}")
    line.append("  changed in Odoo since the last apply" if one.edited else "", "red")
    return line


def short(value: Any) -> str:
    """Return a value on one short line."""
    text = " ".join(str(value).split())
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"


def footer(result: PlanResult) -> list[Text]:
    """Return the counts, what the gate says and what the plan cost."""
    plan, calls = result.plan, result.calls
    right = f"{plan.counts['unchanged']} right"
    summary = ", ".join(f"{number} to {kind}" for kind, number in plan.counts.items() if number)
    summary = summary.replace(f"{plan.counts['unchanged']} to unchanged", right)
    lines = [Text(f"\n{summary if plan.changes else f'nothing to do, {right}'}", "bold")]
    if risky := [one.ref for one in plan.changes if one.dangerous]:
        text = f"{len(risky)} dangerous, production wants two persons' signatures: "
        lines.append(Text(text + ", ".join(risky), "bold red"))
    lines += foreign_lines(result.foreign)
    lines += [Text(f"gate: {fault.code} {fault.message}", "red") for fault in result.gate]
    most = max(calls.items(), key=lambda pair: pair[1], default=("", 0))
    cost = f"{sum(calls.values())} calls to {len(calls)} models, at most {most[1]} ({most[0]})"
    lines.append(Text(f"{cost}, {result.seconds} s", "dim"))
    lines.append(Text(f"fingerprint {plan.fingerprint[:16]}", "dim"))
    return lines


def foreign_lines(foreign: Iterable[ForeignRecord]) -> list[Text]:
    """Return what another database left behind in this one, a line each."""
    return [Text(f"  {one}", "red") for one in foreign]


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

"""`phaseline doctor`: what is missing on this machine, and the command that mends it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import project_option
from phaseline.errors import Exit
from phaseline.flows import doctor as flow

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.hosts.doctor import MachineCheck


@click.command()
@project_option
@output.format_option
def command(project_dir: Path, output_format: str) -> int:
    """Say what is missing on this machine, and the command that mends it.

    \b
    Examples:
      phaseline doctor
      phaseline doctor --format json
    """
    findings = flow.examine(project_dir)
    fine = flow.healthy(findings)
    result = {"healthy": fine, "findings": [asdict(one) for one in findings]}
    output.emit(result, output_format, lambda: text(findings))
    return Exit.DONE if fine else Exit.FAILED


def text(findings: tuple[MachineCheck, ...]) -> str:
    """Return one line for each thing looked at, and below it what mends it."""
    lines = []
    for one in findings:
        mark = "ok" if one.fine else ("MISSING" if one.needed else "missing")
        lines.append(f"{mark:<8}{one.name:<11}{one.says}")
        if not one.fine and one.mend:
            lines.append(f"{'':<19}{one.mend}")
    return "\n".join(lines)

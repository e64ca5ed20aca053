"""`phaseline doctor`: what is missing on this machine, and the command that fixes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import project_option
from phaseline.errors import Exit
from phaseline.files.render.machines import findings
from phaseline.flows import doctor as flow

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@project_option
@output.format_option
def command(project_dir: Path, output_format: str) -> int:
    """Show what is missing on this machine, and the command that fixes it.

    \b
    Examples:
      phaseline doctor
      phaseline doctor --format json
    """
    result = flow.examine(project_dir).data()
    output.emit(result, output_format, lambda: findings(result))
    return Exit.DONE if result["healthy"] else Exit.FAILED

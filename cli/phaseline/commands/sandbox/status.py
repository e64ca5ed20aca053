"""`phaseline sandbox status`: whether it runs, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import project_option
from phaseline.errors import Exit
from phaseline.files.render import machines as render
from phaseline.flows.machines import sandbox as flow

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@project_option
@output.format_option
def command(project_dir: Path, output_format: str) -> int:
    """Show whether the sandbox runs, where and with what; exit code 13 when it does not.

    \b
    Examples:
      phaseline sandbox status
      phaseline sandbox status --format json
    """
    result = flow.status(project_dir).data()
    output.emit(result, output_format, lambda: render.status(result))
    return Exit.DONE if result["state"] == "running" else Exit.UNREACHABLE

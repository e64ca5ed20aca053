"""`phaseline status`: how far each stage is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console.options import colour, env_option, project_option
from phaseline.commands.console.output import emit, format_option
from phaseline.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@env_option
@project_option
@format_option
def command(env: str, project_dir: Path, output_format: str) -> int:
    """Show which stages are planned, applied, verified and signed, and what is outdated.

    \b
    Examples:
      phaseline status --env testing
      phaseline status --format json
    """
    from phaseline.files.render.state import render_status
    from phaseline.flows.stages import status

    result = status.run(project_dir, env)
    emit(result.data(), output_format, lambda: render_status(result, colour=colour()))
    return int(Exit.DONE)

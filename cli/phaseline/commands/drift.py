"""`phaseline drift`: who changed what in Odoo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console.options import colour, env_option, project_option
from phaseline.commands.console.output import emit, format_option
from phaseline.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("stage", required=False)
@env_option
@project_option
@format_option
def command(stage: str | None, env: str, project_dir: Path, output_format: str) -> int:
    """Show what differs from the blueprint, by whom and since when; exit code 3 when it does.

    \b
    Examples:
      phaseline drift --env testing
      phaseline drift foundation --format json
    """
    from phaseline.files.render.state import render_drift
    from phaseline.flows.stages import drift

    result = drift.run(project_dir, stage, env)
    emit(result.data(), output_format, lambda: render_drift(result, colour=colour()))
    return int(Exit.DIFFERENCES if result.count else Exit.DONE)

"""`phaseline plan`: what would change, and why."""

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
@click.option("--full", is_flag=True, help="Show every line of a long plan.")
@format_option
def command(stage: str | None, env: str, project_dir: Path, full: bool, output_format: str) -> int:
    """Show what a stage (or all stages) would change; exit code 3 when something would.

    \b
    Examples:
      phaseline plan foundation --env testing
      phaseline plan --env sandbox --format json
    """
    from phaseline.files.render.plan import render
    from phaseline.flows.stages import plan

    result = plan.run(project_dir, stage, env)
    emit(result.data(), output_format, lambda: render(result, colour=colour(), full=full))
    return int(Exit.DIFFERENCES if result.plan.changes else Exit.DONE)

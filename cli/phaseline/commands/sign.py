"""`phaseline sign`: a person takes responsibility for a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console.options import colour, env_option, project_option
from phaseline.commands.console.output import emit, format_option
from phaseline.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("stage")
@env_option
@project_option
@click.option("--person", required=True, help="Who signs, by full name.")
@format_option
def command(stage: str, env: str, project_dir: Path, person: str, output_format: str) -> int:
    """Sign the last verdict on a stage; it must have passed on the input as it is now.

    \b
    Examples:
      phaseline sign foundation --env testing --person "Ada Client"
      phaseline sign core_operations --person "Ada Client" --format json
    """
    from phaseline.files.render.state import render_signature
    from phaseline.flows.stages import sign

    result = sign.run(project_dir, stage, env, person)
    emit(result.data(), output_format, lambda: render_signature(result, colour=colour()))
    return int(Exit.DONE)

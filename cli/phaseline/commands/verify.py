"""`phaseline verify`: run a stage's proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console.options import colour, env_option, project_option
from phaseline.commands.console.output import emit, format_option
from phaseline.commands.console.progress import Lines
from phaseline.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("stage")
@env_option
@project_option
@click.option("--proof", "only", multiple=True, metavar="ID", help="Run only this, unrecorded.")
@click.option("--full", is_flag=True, help="Show the evidence of passed proofs too.")
@format_option
def command(
    stage: str, env: str, project_dir: Path, only: tuple[str, ...], full: bool, output_format: str
) -> int:
    """Run the proofs of a stage; exit code 6 when one fails.

    \b
    Examples:
      phaseline verify foundation --env testing
      phaseline verify foundation --proof books_are_in_the_currency --full
    """
    from phaseline.files.render.verify import render
    from phaseline.flows.stages import verify

    result = verify.run(project_dir, stage, env, only, Lines())
    emit(result.data(), output_format, lambda: render(result, colour=colour(), full=full))
    return int(Exit.DONE if result.passed else Exit.UNVERIFIED)

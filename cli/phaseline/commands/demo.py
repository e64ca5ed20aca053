"""`phaseline demo`: everything once on this machine, for somebody who wants to see it."""

from __future__ import annotations

from pathlib import Path

import click

from phaseline.commands.console import progress
from phaseline.commands.console.output import emit, format_option
from phaseline.errors import Exit
from phaseline.files.render.demo import finished
from phaseline.flows.demo import run


@click.command()
@click.option(
    "--project",
    "project_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".phaseline/demo"),
    show_default=True,
    help="Where the demo's project is made.",
)
@format_option
def command(project_dir: Path, output_format: str) -> int:
    """Run a demo: a real Odoo 19 with two proven stages, real data and a page of evidence.

    \b
    Examples:
      phaseline demo
      phaseline demo --project shown --format json
    """
    with progress.shown() as listener:
        result = run.run(project_dir.absolute(), listener)
    data = result.data()
    emit(data, output_format, lambda: finished(data))
    return int(Exit.DIFFERENCES if result.differences else Exit.DONE)

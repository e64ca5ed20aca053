"""`phaseline report`: the page of evidence."""

from __future__ import annotations

from pathlib import Path

import click

from phaseline.commands.output import emit, format_option
from phaseline.flows import report


@click.command()
@click.option(
    "--project",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=".",
    show_default=True,
    help="The project.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to write.")
@format_option
def command(project: Path, output: Path | None, output_format: str) -> int:
    """Write the page of evidence: one HTML file from the project's journal.

    \b
    For example:
      phaseline report
      phaseline report --project brand --output evidence.html
    """
    written = report.write(project, output)
    emit(written.summary(), output_format, lambda: f"report: {written.path}")
    return 0

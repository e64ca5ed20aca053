"""`phaseline report`: the page of evidence."""

from __future__ import annotations

from pathlib import Path

import click

from phaseline.commands.console.options import project_option
from phaseline.commands.console.output import emit, format_option
from phaseline.errors import Exit
from phaseline.flows.evidence import report


@click.command()
@project_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    show_default="report.html in the project",
    help="Where to write the page.",
)
@click.option("--env", help="Only this environment; by default all that have a history.")
@format_option
def command(project_dir: Path, output: Path | None, env: str | None, output_format: str) -> int:
    """Write the page of evidence: one HTML file from the project's journal.

    \b
    Examples:
      phaseline report
      phaseline report --env testing
      phaseline report --project brand --output evidence.html
    """
    written = report.write(project_dir, output, env)
    result = written.data()
    lines = [f"report: {written.path}", f"verdict: {result['verdict']}"]
    lines += [f"  {trouble}" for trouble in result["trouble"]]
    emit(result, output_format, lambda: "\n".join(lines))
    return int(Exit.DONE)

"""`phaseline migrate`: a source system's export becomes a project's data files."""

from __future__ import annotations

from pathlib import Path

import click

from phaseline.commands.console.output import emit, format_option
from phaseline.errors import Exit


@click.command()
@click.argument("source")
@click.argument(
    "project_dir",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
)
@click.option(
    "--input",
    "given",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="The export to read, instead of the mapping's own example.",
)
@click.option("--replace", is_flag=True, help="Overwrite data files that have other content.")
@format_option
def command(
    source: str, project_dir: Path, given: Path | None, replace: bool, output_format: str
) -> int:
    """Turn a source system's export into the data files of the project in DIR.

    \b
    Examples:
      phaseline migrate online_retail
      phaseline migrate online_retail my_project --input orders.csv
    """
    from phaseline.files.render.data import migration
    from phaseline.flows.data import migrate

    result = migrate.run(project_dir, source, given=given, replace=replace)
    emit(result.data(), output_format, lambda: migration(result))
    return int(Exit.DONE)

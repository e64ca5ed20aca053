"""`phaseline data validate`: everything that is wrong with data files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from phaseline.commands.console.data_options import how, reading_options
from phaseline.commands.console.options import project_option
from phaseline.commands.console.output import emit, format_option
from phaseline.errors import Exit
from phaseline.files.render.data import findings
from phaseline.flows.data import validate as flow


@click.command()
@click.argument("target", metavar="OBJECT|DIR|FILE", default="data")
@project_option
@click.option("--env", help="Check against this environment's Odoo too.")
@click.option(
    "--mark",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the marked workbooks and the CSV of rejected lines.",
)
@reading_options
@format_option
def command(
    target: str,
    project_dir: Path,
    env: str | None,
    mark: Path | None,
    output_format: str,
    **options: Any,
) -> int:
    """List every fault in data files; exit code 3 when lines are rejected.

    \b
    Examples:
      phaseline data validate
      phaseline data validate products --env sandbox --mark returned
    """
    result = flow.run(project_dir, target, env=env, how=how(options), mark=mark)
    emit(result.data(), output_format, lambda: findings(result))
    return int(Exit.DIFFERENCES if result.rejected else Exit.DONE)

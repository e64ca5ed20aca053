"""`phaseline data reconcile`: the files against Odoo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from phaseline.commands.console.data_options import how, reading_options
from phaseline.commands.console.options import env_option, project_option
from phaseline.commands.console.output import emit, format_option
from phaseline.errors import Exit
from phaseline.files.render.data import reconciliation
from phaseline.flows.data import reconcile as flow

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("target", metavar="OBJECT|DIR|FILE", default="data")
@project_option
@env_option
@reading_options
@format_option
def command(target: str, project_dir: Path, env: str, output_format: str, **options: Any) -> int:
    """Compare counts, sums and samples of the files with Odoo; exit code 6 when they differ.

    \b
    Examples:
      phaseline data reconcile --env sandbox
      phaseline data reconcile products --env testing --format json
    """
    result = flow.run(project_dir, target, env=env, how=how(options))
    emit(result.data(), output_format, lambda: reconciliation(result))
    return int(Exit.DONE if result.agrees else Exit.UNVERIFIED)

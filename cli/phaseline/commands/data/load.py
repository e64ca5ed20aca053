"""`phaseline data load`: data files into Odoo."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from phaseline.commands.console.data_options import how, reading_options
from phaseline.commands.console.options import env_option, project_option
from phaseline.commands.console.output import emit, format_option
from phaseline.files.render.data import loads
from phaseline.flows.data import load as flow
from phaseline.progress import SILENT

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("target", metavar="OBJECT|DIR|FILE", default="data")
@project_option
@env_option
@click.option(
    "--allow-rejects", type=click.IntRange(0), default=0, help="Load even if N lines are rejected."
)
@click.option(
    "--existing",
    type=click.Choice(["refuse", "update", "new"]),
    default="refuse",
    show_default=True,
    help="What to do when Odoo already has a record with the same barcode or VAT number.",
)
@click.option("--override", metavar="REASON", help="Pass the gate; the reason is journalled.")
@reading_options
@format_option
def command(
    target: str,
    project_dir: Path,
    env: str,
    allow_rejects: int,
    existing: str,
    override: str | None,
    output_format: str,
    **options: Any,
) -> int:
    """Load data files into Odoo: read, compare, send only what differs.

    Production loads only files in data/ that were signed in testing with its last stage.

    \b
    Examples:
      phaseline data load --env sandbox
      phaseline data load products --env testing --allow-rejects 2
    """
    order = flow.LoadRequest(target, env, how(options), existing, allow_rejects, override)
    result = flow.run(project_dir, order, _Lines() if sys.stderr.isatty() else SILENT)
    emit(result.data(), output_format, lambda: loads(result))
    return int(result.exit_code)


class _Lines:
    """A line on stderr for each object."""

    def step(self, name: str, detail: str = "") -> None:
        """Say which object is loaded, and how many lines it has."""
        click.echo(f"loading {name}: {detail} lines ...", err=True)

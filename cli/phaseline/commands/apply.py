"""`phaseline apply`: make a stage so."""

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
@click.option("--fingerprint", help="Apply only if the plan still has this fingerprint.")
@click.option("--max-changes", type=click.IntRange(0), help="How many existing records may change.")
@click.option(
    "--max-destroy",
    type=click.IntRange(0),
    help="How many records may be deleted; production: none.",
)
@click.option(
    "--confirm", metavar="ENV", help="The environment's name again, when production loses records."
)
@click.option(
    "--overwrite",
    multiple=True,
    metavar="FIELD",
    help="Overwrite this value although it was edited in Odoo.",
)
@click.option("--override", metavar="REASON", help="Pass the gate; the reason is journalled.")
@format_option
def command(
    stage: str,
    env: str,
    project_dir: Path,
    fingerprint: str | None,
    max_changes: int | None,
    max_destroy: int | None,
    confirm: str | None,
    overwrite: tuple[str, ...],
    override: str | None,
    output_format: str,
) -> int:
    """Apply a stage: plan again, check gates and limits, change only what differs.

    \b
    Examples:
      phaseline apply foundation --env testing
      phaseline apply foundation --env testing --overwrite res.company.phone
    """
    from phaseline.files.render.apply import render
    from phaseline.flows.stages import apply

    allowed = apply.Permission(
        fingerprint, max_changes, frozenset(overwrite), override, max_destroy, confirm
    )
    result = apply.run(project_dir, stage, env, allowed, Lines())
    emit(result.data(), output_format, lambda: render(result, colour=colour()))
    return int(Exit.DONE)

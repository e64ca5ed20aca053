"""`phaseline release show`: what a release is made of."""

from __future__ import annotations

import click

from phaseline.commands.console import output
from phaseline.core.release import summary
from phaseline.errors import Exit
from phaseline.files.render import release as render
from phaseline.flows.machines import release as flow


@click.command()
@click.argument("name", required=False)
@output.format_option
def command(name: str | None, output_format: str) -> int:
    """Show what a release is made of; the newest one when none is named.

    \b
    Examples:
      phaseline release show
      phaseline release show --format json
    """
    manifest = flow.show(name)
    output.emit(manifest, output_format, lambda: render.manifest(manifest, summary(manifest)))
    return Exit.DONE

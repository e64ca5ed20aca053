"""`phaseline release verify`: a release against its own list of files."""

from __future__ import annotations

import click

from phaseline.commands.console import output
from phaseline.errors import Exit
from phaseline.files.render import release as render
from phaseline.flows.machines import release as flow


@click.command()
@click.argument("name", required=False)
@output.format_option
def command(name: str | None, output_format: str) -> int:
    """Check a release against its own list of files, its hashes and its id.

    \b
    Examples:
      phaseline release verify
      phaseline release verify --format json
    """
    result = flow.verify(name).data()
    output.emit(result, output_format, lambda: render.verdict(result))
    return Exit.DONE if result["whole"] else Exit.UNVERIFIED

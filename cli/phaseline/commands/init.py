"""`phaseline init`: a new client project."""

from __future__ import annotations

from pathlib import Path

import click

from phaseline.commands.console.output import emit, format_option
from phaseline.errors import Exit
from phaseline.files.render.project import made
from phaseline.flows import init as flow


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@format_option
def command(folder: Path, output_format: str) -> int:
    """Create a client project: tenant.yml, inventory.ini, data/ and journal/.

    \b
    Examples:
      phaseline init harbour
      phaseline init clients/harbour --format json
    """
    result = flow.run(folder).data()
    emit(result, output_format, lambda: made(result))
    return int(Exit.DONE)

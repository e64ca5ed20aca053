"""`phaseline init`: a new client project."""

from __future__ import annotations

from pathlib import Path

import click

from phaseline.commands.console.output import emit, format_option
from phaseline.errors import Exit


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@format_option
def command(folder: Path, output_format: str) -> int:
    """Make a client project: tenant.yml, inventory.ini, data/ and journal/.

    \b
    Examples:
      phaseline init harbour
      phaseline init clients/harbour --format json
    """
    from phaseline.flows import init

    result = init.run(folder)
    text = (
        f"Made {folder}: {', '.join(result['files'])}\n"
        f"Next: cd {folder}, answer the questions in tenant.yml, then phaseline release build,"
        " phaseline sandbox up, phaseline plan foundation"
    )
    emit(result, output_format, lambda: text)
    return int(Exit.DONE)

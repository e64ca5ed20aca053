"""`phaseline lab down`: end every host and remove all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import project_option
from phaseline.errors import Exit
from phaseline.flows.machines import lab as flow

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@project_option
@output.format_option
def command(project_dir: Path, output_format: str) -> int:
    """Stop every host of the lab and remove its files; the cached base image stays.

    \b
    Examples:
      phaseline lab down
      phaseline lab down --project brand
    """
    there = flow.down(project_dir)
    text = "the lab is gone" if there else "there was no lab"
    output.emit({"state": "absent", "was_there": there}, output_format, lambda: text)
    return Exit.DONE

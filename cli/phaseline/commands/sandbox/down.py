"""`phaseline sandbox down`: end it and remove its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import project_option
from phaseline.errors import Exit
from phaseline.flows.machines import sandbox as flow

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@project_option
@click.option("--purge-cache", is_flag=True, help="Also remove the cached template databases.")
@output.format_option
def command(project_dir: Path, purge_cache: bool, output_format: str) -> int:
    """Stop every process of the sandbox and remove its files; caches stay.

    \b
    Examples:
      phaseline sandbox down
      phaseline sandbox down --purge-cache
    """
    there = flow.down(project_dir, purge_cache=purge_cache)
    text = "the sandbox is gone" if there else "there was no sandbox"
    output.emit({"state": "absent", "was_there": there}, output_format, lambda: text)
    return Exit.DONE

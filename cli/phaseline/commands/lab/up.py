"""`phaseline lab up`: the hosts an inventory names, on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import mirror_option, project_option
from phaseline.commands.console.progress import Lines
from phaseline.errors import Exit
from phaseline.files.render import machines as render
from phaseline.flows.machines import lab as flow


@click.command()
@project_option
@click.option(
    "--inventory",
    "source",
    type=click.Path(dir_okay=False, path_type=Path),
    show_default="the kit's inventory.example.ini",
    help="Create the hosts of this inventory.",
)
@mirror_option
@click.option("--tmpfs", is_flag=True, help="Keep the hosts' disks in memory.")
@output.format_option
def command(
    project_dir: Path, source: Path | None, mirror: str | None, tmpfs: bool, output_format: str
) -> int:
    """Bring the lab up: create what is missing, repair an interrupted run; needs root.

    \b
    Examples:
      phaseline lab up
      phaseline lab up --inventory inventory.ini --tmpfs
    """
    result = flow.up(flow.LabRequest(project_dir, source, mirror, tmpfs), Lines()).data()
    output.emit(result, output_format, lambda: render.lab(result))
    return Exit.DONE

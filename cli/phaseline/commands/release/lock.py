"""`phaseline release lock`: the exact files of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import mirror_option, project_option, recipe_option
from phaseline.commands.console.progress import Lines
from phaseline.errors import Exit
from phaseline.files.render import release as render
from phaseline.flows.machines import release as flow

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@project_option
@recipe_option
@mirror_option
@output.format_option
def command(project_dir: Path, recipe: Path | None, mirror: str | None, output_format: str) -> int:
    """Update the locks from release.yml: newest allowed versions, with hashes.

    \b
    Examples:
      phaseline release lock
      phaseline release lock --recipe blueprints/mine/release
    """
    order = flow.BuildRequest(recipe or flow.recipe_folder(project_dir), mirror=mirror)
    changed = flow.lock(order, Lines())
    output.emit({"locks": changed}, output_format, lambda: render.locks(changed))
    return Exit.DONE

"""`phaseline history`: the journal, and whether it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console.options import colour, project_option
from phaseline.commands.console.output import emit, format_option
from phaseline.errors import Exit, PhaselineError

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--env", help="Only the entries of this environment.")
@project_option
@click.option("--check", is_flag=True, help="Detect any edit, deletion or truncation.")
@format_option
def command(env: str | None, project_dir: Path, check: bool, output_format: str) -> int:
    """Show the journal of a project, or check that nobody changed it.

    \b
    Examples:
      phaseline history --env testing
      phaseline history --check
    """
    from phaseline.files.render.state import render_history
    from phaseline.flows.evidence import history

    if check:
        faults = history.check(project_dir)
        if faults:
            raise PhaselineError(*faults)
    result = history.run(project_dir, env)
    whole = f"the journal is whole: {len(result.events)} entries"
    text = whole if check else render_history(result, colour=colour())
    emit(result.data(), output_format, lambda: text)
    return int(Exit.DONE)

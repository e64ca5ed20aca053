"""`phaseline sandbox reset`: the sandbox anew from its template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import cron_option, mirror_option, project_option
from phaseline.commands.console.progress import Lines
from phaseline.errors import Exit
from phaseline.files.render import machines as render
from phaseline.flows.machines import sandbox as flow

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@project_option
@mirror_option
@cron_option
@output.format_option
def command(project_dir: Path, mirror: str | None, cron: int, output_format: str) -> int:
    """Recreate the sandbox from its template; the administrator's login stays.

    \b
    Examples:
      phaseline sandbox reset
      phaseline sandbox reset --format json
    """
    result = flow.reset(flow.SandboxRequest(project_dir, mirror=mirror, cron=cron), Lines()).data()
    output.emit(result, output_format, lambda: render.running(result))
    return Exit.DONE

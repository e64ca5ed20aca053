"""`phaseline tenant list`: how every tenant is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import project_option
from phaseline.errors import Exit
from phaseline.files.render import tenants
from phaseline.flows.tenants import listing as flow

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--env", default="", help="Only this environment.")
@project_option
@output.format_option
def command(env: str, project_dir: Path, output_format: str) -> int:
    """Show every tenant: version, release, health, disk, certificate, drift.

    Exit code 13 when a host does not answer.

    \b
    Examples:
      phaseline tenant list
      phaseline tenant list --env production --format json
    """
    result = flow.run(project_dir, env)
    output.emit(result, output_format, lambda: tenants.table(result))
    return Exit.UNREACHABLE if result["unreachable"] else Exit.DONE

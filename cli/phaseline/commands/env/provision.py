"""`phaseline env provision`: provision environments from the inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import project_option
from phaseline.commands.console.progress import RoleProgress
from phaseline.errors import Exit
from phaseline.files.render import environments
from phaseline.flows.environments import provision as flow

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("envs", nargs=-1, required=True, metavar="ENV...")
@project_option
@click.option("--check", is_flag=True, help="Predict only: nothing is changed on any host.")
@output.format_option
def command(envs: tuple[str, ...], project_dir: Path, check: bool, output_format: str) -> int:
    """Provision environments from the inventory: hosts, database, tenants, proxy, monitoring.

    What is in place already is left as it is; an interrupted run is finished by the next one.
    Several environments are provisioned in parallel.

    \b
    Examples:
      phaseline env provision testing
      phaseline env provision testing production
      phaseline env provision production --check
    """
    runs = flow.run_all(project_dir, envs, check=check, teller=RoleProgress)
    results = [one.data() for one in runs]
    output.emit({"environments": results}, output_format, lambda: environments.provisioned(results))
    return Exit.DONE

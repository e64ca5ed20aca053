"""`phaseline env deploy`: another release for the tenants of an environment, or the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import project_option
from phaseline.commands.console.progress import RoleProgress
from phaseline.errors import Exit
from phaseline.files.render import environments
from phaseline.flows.environments import deploy as flow

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("env", metavar="ENV")
@project_option
@click.option("--tenant", default="", metavar="NAME", help="Only this tenant; the others go on.")
@click.option("--check", is_flag=True, help="Predict only: nothing is changed on any host.")
@output.format_option
def command(env: str, project_dir: Path, tenant: str, check: bool, output_format: str) -> int:
    """Have the tenants run the release that group_vars/ENV/release.yml declares.

    It is unpacked beside the old one, then one tenant after the other is restarted on it. The way
    back is to declare the older release and deploy again. Modules are not upgraded and databases
    not touched: this is for releases of the same Odoo whose modules need no upgrade.

    \b
    Examples:
      phaseline env deploy testing --check
      phaseline env deploy testing --tenant harbour
      phaseline env deploy production
    """
    order = flow.DeployRequest(project_dir, env, tenant, check)
    result = flow.run(order, RoleProgress(env)).data()
    output.emit(result, output_format, lambda: environments.deployed(result))
    return Exit.DONE

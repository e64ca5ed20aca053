"""`phaseline tenant retire`: a last backup, then removal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import named_env_option, project_option
from phaseline.commands.console.progress import RoleProgress
from phaseline.errors import Exit
from phaseline.files.render import tenants
from phaseline.flows.tenants import retire as flow

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("name")
@named_env_option
@project_option
@click.option("--confirm", default="", metavar="NAME", help="The tenant's name once more.")
@output.format_option
def command(name: str, env: str, project_dir: Path, confirm: str, output_format: str) -> int:
    """Retire a tenant: take a last backup, test it, then remove everything of the tenant.

    \b
    Examples:
      phaseline tenant retire quayside --env testing --confirm quayside
    """
    order = flow.RetireRequest(project_dir, env, name, confirm)
    result = flow.run(order, RoleProgress(env)).data()
    output.emit(result, output_format, lambda: tenants.retired(result))
    return Exit.DONE

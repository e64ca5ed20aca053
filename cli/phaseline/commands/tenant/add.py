"""`phaseline tenant add`: one more tenant in an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import named_env_option, project_option
from phaseline.commands.console.progress import RoleProgress
from phaseline.errors import Exit
from phaseline.files.render import tenants
from phaseline.flows.tenants import add as flow

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("name")
@named_env_option
@project_option
@click.option("--domain", required=True, help="The domain of its site.")
@click.option("--plan", metavar="s|m|l", help="Its size, s when none is given.")
@click.option("--users", type=click.IntRange(1), help="Concurrent users, instead of a plan.")
@click.option(
    "--orders-per-day", type=click.IntRange(0), help="Orders on a usual day; needs --users."
)
@click.option("--port", type=int, help="First port of its pair, a free one when none is given.")
@click.option("--company", help="Name of its company.")
@click.option("--logo", help="Its logo, a file below the project.")
@click.option("--primary-color", help='A colour like "#1a2b3c".')
@click.option("--secondary-color", help='A colour like "#1a2b3c".')
@click.option("--mail-sender", help="The address its mail comes from.")
@click.option("--lang", help="Its language, like en_US.")
@click.option("--country", help="Its country, two letters.")
@output.format_option
def command(
    project_dir: Path,
    env: str,
    users: int | None,
    orders_per_day: int | None,
    output_format: str,
    **line: Any,
) -> int:
    """Add a tenant to a provisioned environment; no other tenant is restarted.

    \b
    Examples:
      phaseline tenant add harbour --env testing --domain harbour.testing.example.com
      phaseline tenant add quayside --env production --domain shop.quayside.example --users 25
    """
    if orders_per_day is not None and users is None:
        raise click.UsageError("--orders-per-day needs --users")
    if users is not None:
        line["plan"] = {"users": users, "orders_per_day": orders_per_day or 0}
    given = {key: value for key, value in line.items() if value is not None}
    result = flow.run(flow.AddRequest(project_dir, env, given), RoleProgress(env)).data()
    output.emit(result, output_format, lambda: tenants.added(result))
    return Exit.DONE

"""`phaseline tenant`: add, list and retire the tenants of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import project_option
from phaseline.commands.env import RoleProgress
from phaseline.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path

environment_option = click.option(
    "--env", required=True, help="The environment, as in inventory.ini."
)


@click.group()
def command() -> None:
    """Add, list and retire the tenants of an environment."""


@command.command()
@click.argument("name")
@environment_option
@project_option
@click.option("--domain", required=True, help="The domain of its site.")
@click.option("--plan", metavar="s|m|l", help="Its size, s when none is given.")
@click.option("--users", type=click.IntRange(1), help="People at work at once, instead of a plan.")
@click.option("--orders-per-day", type=click.IntRange(0), help="Goes with --users.")
@click.option("--port", type=int, help="First port of its pair, a free one when none is given.")
@click.option("--company", help="Name of its company.")
@click.option("--logo", help="Its logo, a file below the project.")
@click.option("--primary-color", help='A colour like "#1a2b3c".')
@click.option("--secondary-color", help='A colour like "#1a2b3c".')
@click.option("--mail-sender", help="The address its mail comes from.")
@click.option("--lang", help="Its language, like en_US.")
@click.option("--country", help="Its country, two letters.")
@output.format_option
def add(
    project_dir: Path,
    env: str,
    users: int | None,
    orders_per_day: int | None,
    output_format: str,
    **line: Any,
) -> int:
    """Add a tenant to an environment that stands; no other tenant is restarted.

    \b
    Examples:
      phaseline tenant add harbour --env testing --domain harbour.testing.example.com
      phaseline tenant add quayside --env production --domain shop.quayside.example --users 25
    """
    from phaseline.files.render import tenants
    from phaseline.flows.tenants import add as tenant_add

    if orders_per_day is not None and users is None:
        raise click.UsageError("--orders-per-day goes with --users")
    if users is not None:
        line["plan"] = {"users": users, "orders_per_day": orders_per_day or 0}
    given = {key: value for key, value in line.items() if value is not None}
    result = tenant_add.run(tenant_add.AddRequest(project_dir, env, given), RoleProgress(env))
    output.emit(result, output_format, lambda: tenants.added(result))
    return Exit.DONE


@command.command("list")
@click.option("--env", default="", help="Only this environment.")
@project_option
@output.format_option
def list_(env: str, project_dir: Path, output_format: str) -> int:
    """Show how every tenant is: version, release, health, disk, certificate, drift.

    Exit code 13 when a host does not answer.

    \b
    Examples:
      phaseline tenant list
      phaseline tenant list --env production --format json
    """
    from phaseline.files.render import tenants
    from phaseline.flows.tenants import listing

    result = listing.run(project_dir, env)
    output.emit(result, output_format, lambda: tenants.table(result))
    return Exit.UNREACHABLE if result["unreachable"] else Exit.DONE


@command.command()
@click.argument("name")
@environment_option
@project_option
@click.option("--confirm", default="", metavar="NAME", help="The tenant's name once more.")
@output.format_option
def retire(name: str, env: str, project_dir: Path, confirm: str, output_format: str) -> int:
    """Make a last backup of a tenant, try it, then remove everything of the tenant.

    \b
    Examples:
      phaseline tenant retire quayside --env testing --confirm quayside
    """
    from phaseline.files.render import tenants
    from phaseline.flows.tenants import retire as tenant_retire

    order = tenant_retire.RetireRequest(project_dir, env, name, confirm)
    result = tenant_retire.run(order, RoleProgress(env))
    output.emit(result, output_format, lambda: tenants.retired(result))
    return Exit.DONE

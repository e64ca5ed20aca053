"""`phaseline env size`: which hosts a number of users and orders needs."""

from __future__ import annotations

import click

from phaseline.commands.console import output
from phaseline.errors import Exit


@click.command()
@click.option("--users", type=click.IntRange(1), help="Concurrent users.")
@click.option("--orders-per-day", type=click.IntRange(0), default=0, help="Orders on a usual day.")
@click.option("--plan", help="One of the plans s, m, l instead of numbers.")
@click.option(
    "--tenants",
    type=click.IntRange(1, 200),
    default=1,
    show_default=True,
    help="How many such tenants.",
)
@click.option("--vcpus", type=click.IntRange(1), default=None, help="Processors of a chosen host.")
@click.option(
    "--memory-mb", type=click.IntRange(512), default=None, help="Memory of a chosen host."
)
@click.option("--database-apart", is_flag=True, help="The database has a host of its own.")
@click.option(
    "--years",
    type=click.IntRange(1, 20),
    default=3,
    show_default=True,
    help="Years of data the disk must hold.",
)
@output.format_option
def command(
    users: int | None,
    orders_per_day: int,
    plan: str | None,
    tenants: int,
    vcpus: int | None,
    memory_mb: int | None,
    database_apart: bool,
    years: int,
    output_format: str,
) -> int:
    """Calculate which host a number of users and orders needs, and show the arithmetic.

    Exit code 5 when the chosen host is too small.

    \b
    Examples:
      phaseline env size --users 25 --orders-per-day 400
      phaseline env size --plan m --tenants 3 --vcpus 4 --memory-mb 16384
    """
    from phaseline.core.environments import sizing
    from phaseline.files.render import size
    from phaseline.flows.environments import size as env_size

    if (users is None) == (plan is None):
        raise click.UsageError("give either --users or --plan")
    asked = plan or {"users": users, "orders_per_day": orders_per_day}
    load = sizing.read({"name": "tenant", "plan": asked}).load
    order = env_size.SizeRequest(
        load, tenants, vcpus or 0, memory_mb or 0, database=not database_apart, years=years
    )
    result = env_size.run(order)
    output.emit(result, output_format, lambda: size.render(result))
    return Exit.DONE

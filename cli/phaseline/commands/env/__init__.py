"""`phaseline env`: environments on hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import project_option
from phaseline.commands.env import size, verify
from phaseline.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@click.group()
def command() -> None:
    """Build environments on hosts, size them and verify them."""


class RoleProgress:
    """Progress of a run: a line when another role begins."""

    def __init__(self, env: str) -> None:
        """Begin with nothing said."""
        self.env, self.role = env, ""

    def __call__(self, role: str, task: str) -> None:
        """Say what is being done, a line a role."""
        if role != self.role:
            self.role = role
            click.echo(f"{self.env}: {role or task}", err=True)


@command.command()
@click.argument("envs", nargs=-1, required=True, metavar="ENV...")
@project_option
@click.option("--check", is_flag=True, help="Predict only: nothing is changed on any host.")
@output.format_option
def provision(envs: tuple[str, ...], project_dir: Path, check: bool, output_format: str) -> int:
    """Make the environments what the inventory says: hosts, database, tenants, proxy, watch.

    What stands already is left as it is; a run that was cut short is finished by the next one.
    Several environments are made side by side.

    \b
    Examples:
      phaseline env provision testing
      phaseline env provision testing production
      phaseline env provision production --check
    """
    from phaseline.flows.environments import provision as env_provision

    results = env_provision.run_all(project_dir, envs, check=check, teller=RoleProgress)
    output.emit({"environments": results}, output_format, lambda: "\n".join(map(_text, results)))
    return Exit.DONE


def _text(result: Mapping[str, Any]) -> str:
    verb = "would change" if result["check"] else "changed"
    lines = [f"{result['environment']} stands ({result['seconds']} s)"]
    if result["check"]:
        lines = [f"{result['environment']}, predicted ({result['seconds']} s)"]
    for name, counts in result["hosts"].items():
        lines.append(
            f"  {name:<12}  {counts.get('changed', 0):>4} {verb}, {counts['ok']:>4} looked at"
        )
    lines += [f"  {one['url']}  ({one['name']})" for one in result["tenants"]]
    return "\n".join(lines)


command.add_command(size.command)
command.add_command(verify.command)

"""`phaseline lab`: Debian hosts on this machine, to rehearse on and to test with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import project_option
from phaseline.commands.release import mirror_option, tell
from phaseline.errors import Exit
from phaseline.flows.machines import lab as flow

if TYPE_CHECKING:
    from collections.abc import Mapping

inventory_option = click.option(
    "--inventory",
    "source",
    type=click.Path(dir_okay=False, path_type=Path),
    show_default="the kit's inventory.example.ini",
    help="Make the hosts that this inventory names.",
)
tmpfs_option = click.option("--tmpfs", is_flag=True, help="Keep the hosts' disks in memory.")


@click.group()
def command() -> None:
    """Run Debian hosts with SSH on this machine, to rehearse on and to test with."""


@command.command()
@project_option
@inventory_option
@mirror_option
@tmpfs_option
@output.format_option
def up(
    project_dir: Path, source: Path | None, mirror: str | None, tmpfs: bool, output_format: str
) -> int:
    """Bring the lab up: make what is missing, mend what was cut short; needs root.

    \b
    Examples:
      phaseline lab up
      phaseline lab up --inventory inventory.ini --tmpfs
    """
    brought = flow.up(flow.LabRequest(project_dir, source, mirror, tmpfs), tell)
    result = {**flow.status(project_dir), "seconds": round(brought.seconds, 1)}
    output.emit(result, output_format, lambda: _text(result))
    return Exit.DONE


@command.command()
@project_option
@output.format_option
def status(project_dir: Path, output_format: str) -> int:
    """Say which hosts the lab has and how they are; exit 13 when one does not answer.

    \b
    Examples:
      phaseline lab status
      phaseline lab status --format json
    """
    result = flow.status(project_dir)
    output.emit(result, output_format, lambda: _text(result))
    return Exit.DONE if result["state"] == "running" else Exit.UNREACHABLE


@command.command()
@project_option
@output.format_option
def down(project_dir: Path, output_format: str) -> int:
    """End every host of the lab and remove all of it; the cached base image stays.

    \b
    Examples:
      phaseline lab down
      phaseline lab down --project brand
    """
    there = flow.down(project_dir)
    text = "the lab is gone" if there else "there was no lab"
    output.emit({"state": "absent", "was_there": there}, output_format, lambda: text)
    return Exit.DONE


def _text(result: Mapping[str, Any]) -> str:
    took = f" ({result['seconds']} s)" if "seconds" in result else ""
    lines = [f"the lab is {result['state']}{took}"]
    lines += [
        f"  {one['name']:<12}  {one['address']:<15}  {one['suite']:<9}  {one['state']}"
        for one in result["hosts"]
    ]
    if result["hosts"]:
        lines.append(f"  ssh -F {result['ssh_config']} {result['hosts'][0]['name']}")
    return "\n".join(lines)

"""`phaseline sandbox`: a real Odoo of the project's own on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import project_option
from phaseline.commands.release import mirror_option, tell
from phaseline.errors import Exit
from phaseline.flows.machines import sandbox as flow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

cron_option = click.option("--cron", default=0, show_default=True, help="Workers for cron jobs.")


@click.group()
def command() -> None:
    """Run a real Odoo of the project's own on this machine."""


@command.command()
@project_option
@mirror_option
@cron_option
@output.format_option
def up(project_dir: Path, mirror: str | None, cron: int, output_format: str) -> int:
    """Bring the sandbox up: build what is missing, finish what was cut short.

    \b
    Examples:
      phaseline sandbox up
      phaseline sandbox up --project brand --cron 1
    """
    brought = flow.up(flow.SandboxRequest(project_dir, mirror=mirror, cron=cron), tell)
    return _show(brought, output_format)


@command.command()
@project_option
@mirror_option
@cron_option
@output.format_option
def reset(project_dir: Path, mirror: str | None, cron: int, output_format: str) -> int:
    """Make the sandbox anew from its template; the administrator's login stays.

    \b
    Examples:
      phaseline sandbox reset
      phaseline sandbox reset --format json
    """
    brought = flow.reset(flow.SandboxRequest(project_dir, mirror=mirror, cron=cron), tell)
    return _show(brought, output_format)


@command.command()
@project_option
@output.format_option
def status(project_dir: Path, output_format: str) -> int:
    """Say whether the sandbox runs, where, and with what; exit 13 when it does not.

    \b
    Examples:
      phaseline sandbox status
      phaseline sandbox status --format json
    """
    result = flow.status(project_dir)
    output.emit(result, output_format, lambda: _state(result))
    return Exit.DONE if result["state"] == "running" else Exit.UNREACHABLE


@command.command()
@project_option
@click.option("--purge-cache", is_flag=True, help="Remove the cached template databases, too.")
@output.format_option
def down(project_dir: Path, purge_cache: bool, output_format: str) -> int:
    """End every process of the sandbox and remove its files; caches stay.

    \b
    Examples:
      phaseline sandbox down
      phaseline sandbox down --purge-cache
    """
    there = flow.down(project_dir, purge_cache=purge_cache)
    text = "the sandbox is gone" if there else "there was no sandbox"
    output.emit({"state": "absent", "was_there": there}, output_format, lambda: text)
    return Exit.DONE


def _show(brought: flow.RunningSandbox, output_format: str) -> int:
    running = brought.running
    result = {
        "state": "running",
        "url": running.url,
        "database": running.database,
        "login": running.admin_login,
        "password_file": str(running.home / "admin_password"),
        "api_key_file": str(running.home / "api_key"),
        "release": running.release,
        "modules": list(running.modules),
        "seconds": round(brought.seconds, 1),
    }
    output.emit(result, output_format, lambda: _text(result))
    return Exit.DONE


def _text(result: Mapping[str, Any]) -> str:
    return "\n".join(
        [
            f"the sandbox runs at {result['url']} ({result['seconds']} s)",
            f"  login     {result['login']}, password in {result['password_file']}",
            f"  API key   in {result['api_key_file']}",
            f"  database  {result['database']}",
            f"  release   {result['release']}, {len(result['modules'])} modules asked for",
        ]
    )


def _state(result: Mapping[str, Any]) -> str:
    lines = [f"the sandbox is {result['state']}"]
    if result["url"]:
        lines.append(f"  {result['url']}, release {result['release']}")
    lines += [f"  {one['pid']:>7}  {one['command'][:90]}" for one in result["processes"]]
    return "\n".join(lines)

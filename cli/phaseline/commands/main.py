"""The entry point: the table of commands, loaded when called, and the one door errors leave by."""

from __future__ import annotations

import importlib
import sys

import click

from phaseline import __version__
from phaseline.commands import door

COMMANDS: dict[str, str] = {}


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return every command's name in alphabetical order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return the command, or None when there is none of that name."""
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, attribute = target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve as click does, and name the nearest command when there is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = door.nearest(args[0], COMMANDS)
            if near is None:
                raise
            message = f"no such command '{args[0]}', did you mean '{near}'?"
            raise click.UsageError(message, ctx) from error


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="phaseline")
def cli() -> None:
    """Odoo rollouts as code: environments, phased blueprints, master data, proofs and gates."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(door.run(cli))

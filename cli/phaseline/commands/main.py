"""The entry point: the table of commands, loaded when called, and the one door errors leave by."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from pathlib import Path

import click

from phaseline import __version__
from phaseline.commands.console import errors

COMMANDS: dict[str, str] = {
    "apply": "phaseline.commands.apply:command",
    "data": "phaseline.commands.data:command",
    "demo": "phaseline.commands.demo:command",
    "doctor": "phaseline.commands.doctor:command",
    "drift": "phaseline.commands.drift:command",
    "env": "phaseline.commands.env:command",
    "help": "phaseline.commands.console.help:command",
    "history": "phaseline.commands.history:command",
    "init": "phaseline.commands.init:command",
    "lab": "phaseline.commands.lab:command",
    "migrate": "phaseline.commands.migrate:command",
    "plan": "phaseline.commands.plan:command",
    "release": "phaseline.commands.release:command",
    "report": "phaseline.commands.report:command",
    "sandbox": "phaseline.commands.sandbox:command",
    "sign": "phaseline.commands.sign:command",
    "status": "phaseline.commands.status:command",
    "tenant": "phaseline.commands.tenant:command",
    "verify": "phaseline.commands.verify:command",
}


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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them, so that help is instant."""
        rows = [(name, first_line(COMMANDS[name])) for name in self.list_commands(ctx)]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve as click does, and name the nearest command when there is none."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = errors.nearest(args[0], COMMANDS)
            if near is None:
                raise
            message = f"no such command '{args[0]}', did you mean '{near}'?"
            raise click.UsageError(message, ctx) from error


def first_line(target: str) -> str:
    """Return the first line of a command's help, read from its source."""
    module, _, attribute = target.partition(":")
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        return ""
    for node in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == attribute:
            return (ast.get_docstring(node) or "").partition("\n")[0]
    return ""


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="phaseline")
def cli() -> None:
    """Odoo rollouts as code: environments, phased blueprints, master data, proofs and gates."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(errors.run(cli))

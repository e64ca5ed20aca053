"""Groups of commands as tables: a module is imported only when its command is named."""

from __future__ import annotations

import ast
import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phaseline.suggestions import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

ATTRIBUTE = "command"  # what a command's module calls it


@dataclass(frozen=True, slots=True)
class Verbs:
    """A group: what it is for, and the module of each of its verbs."""

    about: str
    modules: Mapping[str, str]


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is named."""

    def __init__(self, *args: Any, table: Mapping[str, str | Verbs], **options: Any) -> None:
        """Keep the table of names; a value is a module, or a group of more verbs."""
        super().__init__(*args, **options)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Return every command's name in alphabetical order."""
        return sorted(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return the command, or None when there is none of that name."""
        target = self.table.get(cmd_name)
        if target is None:
            return None
        if isinstance(target, Verbs):
            return LazyGroup(cmd_name, help=target.about, table=target.modules)
        command: click.Command = getattr(importlib.import_module(target), ATTRIBUTE)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them, so that help is instant."""
        rows = [(name, _first_line(self.table[name])) for name in self.list_commands(ctx)]
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
            near = nearest(args[0], self.table)
            if near is None:
                raise
            message = f"no such command '{args[0]}', did you mean '{near}'?"
            raise click.UsageError(message, ctx) from error


def _first_line(target: str | Verbs) -> str:
    """Return the first line of a command's help, read from its source."""
    if isinstance(target, Verbs):
        return target.about
    spec = importlib.util.find_spec(target)
    if spec is None or spec.origin is None:
        return ""
    for node in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == ATTRIBUTE:
            return (ast.get_docstring(node) or "").partition("\n")[0]
    return ""

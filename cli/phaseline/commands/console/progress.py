"""How a long run shows itself on stderr: a moving line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.status import Status

    from phaseline.flows.demo.steps import Listener, StepResult


class Plain:
    """Plain lines, for logs and pipes."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self.head = ""

    def begin(self, number: int, total: int, title: str) -> None:
        """Say that a step begins."""
        self.head = f"[{number}/{total}]"
        click.echo(f"{self.head} {title}", err=True)

    def step(self, name: str, detail: str = "") -> None:
        """Say what the step is doing."""
        click.echo(f"{' ' * len(self.head)} {name} {detail}".rstrip(), err=True)

    def end(self, result: StepResult) -> None:
        """Say what came of it and how long it took."""
        click.echo(f"{' ' * len(self.head)} {result.outcome} ({result.seconds:.1f} s)", err=True)


class Moving:
    """One line that moves while a step runs, and stays when it is done."""

    def __init__(self, status: Status) -> None:
        """Keep the moving line."""
        self.status = status
        self.title = ""

    def begin(self, number: int, total: int, title: str) -> None:
        """Show the step's title."""
        self.title = f"[{number}/{total}] {title}"
        self.show("")

    def step(self, name: str, detail: str = "") -> None:
        """Show what the step is doing beside its title."""
        self.show(f"{name} {detail}".rstrip())

    def show(self, text: str) -> None:
        """Set the moving line."""
        line = Text(self.title, style="bold")
        self.status.update(line.append(f"  {text}" if text else " ...", style="dim"))

    def end(self, result: StepResult) -> None:
        """Leave a line that says what came of the step."""
        line = Text("done ", style="green").append(self.title, style="default")
        line.append(f"  {result.outcome}", style="default").append(
            f"  {result.seconds:.1f} s", style="dim"
        )
        self.status.console.print(line)


class Lines:
    """Progress as plain lines on stderr."""

    def step(self, name: str, detail: str = "") -> None:
        """Print what is being done."""
        click.echo(f"{name} {detail}".rstrip(), err=True)


class RoleProgress:
    """Progress of a run of Ansible: a line when another role begins."""

    def __init__(self, env: str) -> None:
        """Begin with nothing said."""
        self.env, self.role = env, ""

    def step(self, name: str, detail: str = "") -> None:
        """Say what is being done, a line a role: the name is the role's, the detail the task's."""
        if name != self.role:
            self.role = name
            click.echo(f"{self.env}: {name or detail}", err=True)


@contextmanager
def shown() -> Iterator[Listener]:
    """Give a listener that fits stderr."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb" or "CI" in os.environ:
        yield Plain()
        return
    console = Console(stderr=True, highlight=False)
    with console.status("") as status:
        yield Moving(status)

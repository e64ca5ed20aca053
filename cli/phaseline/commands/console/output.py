"""How a result leaves a command: JSON with a format version, or text, on stdout."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FORMAT_VERSION = "1.0"

format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the result is printed.",
)


def emit(result: Mapping[str, Any], output_format: str, text: Callable[[], str]) -> None:
    """Print a result as JSON, or as the text that `text` renders."""
    if output_format == "json":
        body = {"format_version": FORMAT_VERSION, **result}
        click.echo(json.dumps(body, indent=2, sort_keys=True, ensure_ascii=False))
    else:
        click.echo(text())

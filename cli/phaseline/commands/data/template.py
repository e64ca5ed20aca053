"""`phaseline data template`: what a client fills in."""

from __future__ import annotations

from pathlib import Path

import click

from phaseline.commands.console.output import emit, format_option
from phaseline.errors import Exit
from phaseline.flows.data import template as flow


@click.command()
@click.argument("name", metavar="OBJECT|all")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The folder to write to.",
)
@click.option("--replace", is_flag=True, help="Overwrite files that have other content.")
@format_option
def command(name: str, out: Path, replace: bool, output_format: str) -> int:
    """Write the workbook a client fills in, and the matching CSV header.

    A filled workbook goes into the project's data folder as OBJECT.xlsx.

    \b
    Examples:
      phaseline data template products
      phaseline data template all --out templates
    """
    result = flow.run(name, out, replace=replace)
    emit(result.data(), output_format, lambda: "\n".join(result.written))
    return int(Exit.DONE)

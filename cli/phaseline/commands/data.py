"""`phaseline data`: templates, validation, loading and reconciliation of master data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phaseline.commands.console.options import env_option, project_option
from phaseline.commands.console.output import emit, format_option
from phaseline.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Callable

    from phaseline.flows.data.validate import How

DATES = {"Y-M-D": "%Y-%m-%d", "D/M/Y": "%d/%m/%Y", "M/D/Y": "%m/%d/%Y", "D.M.Y": "%d.%m.%Y"}


def one_sign(_context: click.Context, _option: click.Parameter, said: str | None) -> str | None:
    """Return the separator that was named; it is one sign."""
    sign = "\t" if said in {"tab", "\\t"} else said
    if sign is not None and (len(sign) != 1 or sign in '"\r\n'):
        raise click.BadParameter("write one sign, as ';', or the word tab")
    return sign


def reading_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options that say how a file is written."""
    for option in (
        click.option("--encoding", help="Text encoding of CSV files, when it is not UTF-8."),
        click.option(
            "--separator",
            callback=one_sign,
            help="Separator of CSV files, when it cannot be found out; tab for a tab.",
        ),
        click.option("--sheet", help="Name of the sheet to read, when it is not Data."),
        click.option("--decimal-comma", is_flag=True, help="Numbers are written as 1234,50."),
        click.option(
            "--dates",
            type=click.Choice(list(DATES)),
            default="Y-M-D",
            show_default=True,
            help="How dates are written.",
        ),
        click.option(
            "--accept-cached-formulas", is_flag=True, help="Read the last values of formulas."
        ),
    ):
        command = option(command)
    return command


def how(options: dict[str, Any]) -> How:
    """Return how the files are written, from the options."""
    from phaseline.files.data.tables import Opening
    from phaseline.flows.data.validate import How

    opening = Opening(
        options["encoding"],
        options["separator"],
        options["sheet"],
        options["accept_cached_formulas"],
    )
    return How(opening, options["decimal_comma"], DATES[options["dates"]])


@click.group()
def command() -> None:
    """Templates, validation, loading and reconciliation of master data."""


@command.command()
@click.argument("name", metavar="OBJECT|all")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Folder."
)
@click.option("--replace", is_flag=True, help="Write over files that say something else.")
@format_option
def template(name: str, out: Path, replace: bool, output_format: str) -> int:
    """Write the workbook a client fills in, and the CSV header of the same.

    A filled workbook goes into the project's data folder as OBJECT.xlsx.

    \b
    Examples:
      phaseline data template products
      phaseline data template all --out templates
    """
    from phaseline.flows.data import template as data_template

    result = data_template.run(name, out, replace=replace)
    emit(result, output_format, lambda: "\n".join(result["written"]))
    return int(Exit.DONE)


@command.command()
@click.argument("target", metavar="OBJECT|DIR|FILE", default="data")
@project_option
@click.option("--env", help="Check against this environment's Odoo too.")
@click.option(
    "--mark",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the marked workbooks and the CSV of rejected lines.",
)
@reading_options
@format_option
def validate(
    target: str,
    project_dir: Path,
    env: str | None,
    mark: Path | None,
    output_format: str,
    **options: Any,
) -> int:
    """Say everything that is wrong with data files; exit code 3 when lines are rejected.

    \b
    Examples:
      phaseline data validate
      phaseline data validate products --env sandbox --mark returned
    """
    from phaseline.files.render.data import findings
    from phaseline.flows.data import validate as data_validate

    result = data_validate.run(project_dir, target, env=env, how=how(options), mark=mark)
    emit(result, output_format, lambda: findings(result))
    return int(Exit.DIFFERENCES if result["rejected"] else Exit.DONE)


@command.command()
@click.argument("target", metavar="OBJECT|DIR|FILE", default="data")
@project_option
@env_option
@click.option(
    "--allow-rejects", type=click.IntRange(0), default=0, help="Load although N lines are rejected."
)
@click.option(
    "--existing",
    type=click.Choice(["refuse", "update", "new"]),
    default="refuse",
    show_default=True,
    help="What to do with a record Odoo has already with the same barcode or VAT number.",
)
@click.option("--override", metavar="REASON", help="Pass the gate; the reason is journalled.")
@reading_options
@format_option
def load(
    target: str,
    project_dir: Path,
    env: str,
    allow_rejects: int,
    existing: str,
    override: str | None,
    output_format: str,
    **options: Any,
) -> int:
    """Bring data files into Odoo: read, compare, send only what differs.

    Production takes only files in data/ that are signed in testing with the last stage it has.

    \b
    Examples:
      phaseline data load --env sandbox
      phaseline data load products --env testing --allow-rejects 2
    """
    from phaseline.files.render.data import loads
    from phaseline.flows.data import load as data_load

    order = data_load.LoadRequest(target, env, how(options), existing, allow_rejects, override)
    result = data_load.run(project_dir, order, _progress if sys.stderr.isatty() else None)
    emit(result, output_format, lambda: loads(result))
    return int(result["exit_code"])


@command.command()
@click.argument("target", metavar="OBJECT|DIR|FILE", default="data")
@project_option
@env_option
@reading_options
@format_option
def reconcile(target: str, project_dir: Path, env: str, output_format: str, **options: Any) -> int:
    """Compare counts, sums and samples of the files with Odoo; exit code 6 when they differ.

    \b
    Examples:
      phaseline data reconcile --env sandbox
      phaseline data reconcile products --env testing --format json
    """
    from phaseline.files.render.data import reconciliation
    from phaseline.flows.data import reconcile as data_reconcile

    result = data_reconcile.run(project_dir, target, env=env, how=how(options))
    emit(result, output_format, lambda: reconciliation(result))
    return int(Exit.DONE if result["verdict"] == "agrees" else Exit.UNVERIFIED)


def _progress(name: str, rows: int) -> None:
    click.echo(f"loading {name}: {rows} lines ...", err=True)

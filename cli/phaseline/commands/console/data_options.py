"""Options that say how data files are written, for every command that reads some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from phaseline.files.data.tables import Opening
from phaseline.flows.data.validate import ReadOptions

if TYPE_CHECKING:
    from collections.abc import Callable

DATES = {"Y-M-D": "%Y-%m-%d", "D/M/Y": "%d/%m/%Y", "M/D/Y": "%m/%d/%Y", "D.M.Y": "%d.%m.%Y"}


def one_sign(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    """Return the separator that was named; it is one sign."""
    sign = "\t" if text in {"tab", "\\t"} else text
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


def how(options: dict[str, Any]) -> ReadOptions:
    """Return how the files are written, from the options."""
    opening = Opening(
        options["encoding"],
        options["separator"],
        options["sheet"],
        options["accept_cached_formulas"],
    )
    return ReadOptions(opening, options["decimal_comma"], DATES[options["dates"]])

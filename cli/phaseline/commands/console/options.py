"""Options that several commands share, and whether colour is wanted."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

project_option = click.option(
    "--project",
    "project_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    show_default="this folder",
    help="The project folder.",
)
env_option = click.option(
    "--env", default="sandbox", show_default=True, help="The environment, as in inventory.ini."
)
named_env_option = click.option(
    "--env", required=True, help="The environment, as in inventory.ini."
)
mirror_option = click.option("--mirror", help="Debian mirror; by default the machine's own.")
cron_option = click.option("--cron", default=0, show_default=True, help="Workers for cron jobs.")
recipe_option = click.option(
    "--recipe",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder with release.yml and its locks, instead of the blueprint's.",
)


def colour() -> bool:
    """Return whether stdout is a terminal that wants colour."""
    dumb = os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and not dumb

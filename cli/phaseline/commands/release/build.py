"""`phaseline release build`: a release of a recipe and its locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from phaseline.commands.console import output
from phaseline.commands.console.options import mirror_option, project_option, recipe_option
from phaseline.commands.console.progress import Lines
from phaseline.core.release import OdooSource
from phaseline.errors import Exit
from phaseline.files.render import release as render
from phaseline.flows.machines import release as flow

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@project_option
@recipe_option
@mirror_option
@click.option("--python", default="", help="Python of the target, 3.11 or 3.13; here by default.")
@click.option("--odoo-path", help="Take Odoo from this checkout instead.")
@click.option("--odoo-git", help="Take Odoo from this repository instead.")
@click.option("--odoo-commit", help="The full hash of the commit to take.")
@output.format_option
def command(
    project_dir: Path,
    recipe: Path | None,
    mirror: str | None,
    python: str,
    odoo_path: str | None,
    odoo_git: str | None,
    odoo_commit: str | None,
    output_format: str,
) -> int:
    """Build the release of a recipe and its locks, or find it in the cache.

    \b
    Examples:
      phaseline release build
      phaseline release build --odoo-git REPOSITORY --odoo-commit HASH
    """
    odoo = _source(odoo_path, odoo_git, odoo_commit)
    order = flow.BuildRequest(recipe or flow.recipe_folder(project_dir), python, odoo, mirror)
    result = flow.build(order, Lines()).data()
    output.emit(result, output_format, lambda: render.release(result))
    return Exit.DONE


def _source(path: str | None, repository: str | None, commit: str | None) -> OdooSource | None:
    """Return the Odoo source the options name, or None for the recipe's own."""
    if path:
        return OdooSource("path", path=path)
    if repository or commit:
        if not (repository and commit):
            raise click.UsageError("--odoo-git and --odoo-commit go together")
        return OdooSource("git", repository=repository, commit=commit)
    return None

"""`phaseline release`: build, lock, show and verify the archive that hosts run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phaseline.commands.console import output
from phaseline.core.release import OdooSource
from phaseline.errors import Exit
from phaseline.flows.machines import release as flow

if TYPE_CHECKING:
    from collections.abc import Mapping

project_option = click.option(
    "--project",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default=True,
    help="The client project's folder.",
)
folder_option = click.option(
    "--recipe",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder with release.yml and its locks, instead of the blueprint's.",
)
mirror_option = click.option("--mirror", help="Debian mirror; the machine's own when not given.")


@click.group()
def command() -> None:
    """Build, lock, show and verify the archive that hosts run."""


def tell(message: str) -> None:
    """Print a step of a long run on stderr."""
    click.echo(message, err=True)


def source(path: str | None, repository: str | None, commit: str | None) -> OdooSource | None:
    """Return the Odoo source the options name, or None for the recipe's own."""
    if path:
        return OdooSource("path", path=path)
    if repository or commit:
        if not (repository and commit):
            raise click.UsageError("--odoo-git and --odoo-commit go together")
        return OdooSource("git", repository=repository, commit=commit)
    return None


@command.command()
@project_option
@folder_option
@mirror_option
@click.option("--python", default="", help="Python of the target, 3.11 or 3.13; here by default.")
@click.option("--odoo-path", help="Take Odoo from this checkout instead.")
@click.option("--odoo-git", help="Take Odoo from this repository instead.")
@click.option("--odoo-commit", help="The full hash of the commit to take.")
@output.format_option
def build(
    project: Path,
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
    odoo = source(odoo_path, odoo_git, odoo_commit)
    order = flow.BuildRequest(recipe or flow.recipe_folder(project), python, odoo, mirror)
    built = flow.build(order, tell)
    manifest = built.stored.manifest
    result = {**summary(manifest), "fresh": built.fresh, "archive": str(built.stored.archive)}
    output.emit(result, output_format, lambda: _text(result))
    return Exit.DONE


@command.command()
@project_option
@folder_option
@mirror_option
@output.format_option
def lock(project: Path, recipe: Path | None, mirror: str | None, output_format: str) -> int:
    """Write the locks anew from release.yml: newest allowed versions, with hashes.

    \b
    Examples:
      phaseline release lock
      phaseline release lock --recipe blueprints/mine/release
    """
    changed = flow.lock(
        flow.BuildRequest(recipe or flow.recipe_folder(project), mirror=mirror), tell
    )
    lines = [f"{'changed' if moved else 'same':8}{name}" for name, moved in changed.items()]
    output.emit({"locks": changed}, output_format, lambda: "\n".join(lines))
    return Exit.DONE


@command.command()
@click.argument("name", required=False)
@output.format_option
def show(name: str | None, output_format: str) -> int:
    """Show what a release is made of; the newest one when none is named.

    \b
    Examples:
      phaseline release show
      phaseline release show --format json
    """
    manifest = flow.show(name)
    parts = [f"  {c['role']:8}{c['name']} {c['version']}" for c in manifest["components"]]
    head = _text({**summary(manifest)})
    output.emit(manifest, output_format, lambda: "\n".join([head, *parts]))
    return Exit.DONE


@command.command()
@click.argument("name", required=False)
@output.format_option
def verify(name: str | None, output_format: str) -> int:
    """Hold a release against its own list of files, its hashes and its id.

    \b
    Examples:
      phaseline release verify
      phaseline release verify --format json
    """
    release, wrong = flow.verify(name)
    result = {"id": release, "whole": not wrong, "differences": list(wrong)}
    said = [f"{release} is {'damaged' if wrong else 'whole'}", *(f"  {one}" for one in wrong)]
    output.emit(result, output_format, lambda: "\n".join(said))
    return Exit.UNVERIFIED if wrong else Exit.DONE


def summary(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the few facts of a manifest that a list or a journal shows."""
    components = manifest["components"]
    return {
        "id": manifest["id"],
        "series": manifest["series"],
        "python": manifest["python"],
        "odoo_version": next((c["version"] for c in components if c["role"] == "odoo"), ""),
        "components": len(components),
        "files": manifest["file_count"],
        "bytes": manifest["archive_bytes"],
        "missing": manifest["missing"],
    }


def _text(result: Mapping[str, Any]) -> str:
    state = {True: "built", False: "from the cache"}.get(result.get("fresh", ""), "stored")
    size = result["bytes"] / 1_000_000
    lines = [
        f"{result['id']} ({state})",
        f"  Odoo {result['odoo_version']}, Python {result['python']}, "
        f"{result['components']} components, {result['files']} files, {size:.0f} MB",
    ]
    if "archive" in result:
        lines.append(f"  {result['archive']}")
    return "\n".join(lines)

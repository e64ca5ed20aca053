"""Build, lock, show and verify releases: read the recipe, do the work, keep what is whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phaseline.core.release import (
    OdooSource,
    Recipe,
    format_debian,
    format_pins,
    lock_name,
    summary,
    unlocked,
)
from phaseline.errors import Fault, PhaselineError
from phaseline.files.paths import cache_dir, kit_dir
from phaseline.files.releases import recipe as release_recipe
from phaseline.hosts.local import apt_mirror as mirrors
from phaseline.hosts.releases import archive as release_archive
from phaseline.hosts.releases import build as release_build
from phaseline.hosts.releases import lock as release_lock
from phaseline.hosts.releases.debian_archive import Archive
from phaseline.hosts.releases.tree import BuildContext
from phaseline.progress import SILENT

if TYPE_CHECKING:
    from phaseline.hosts.releases.archive import Stored
    from phaseline.progress import Progress


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What the caller asks for: the folder of recipe and locks, a Python, another Odoo source.

    Who runs the release on this machine asks for it `unpacked` as well: the tree it was built in is
    kept then, where unpacking the archive would take another 20 s.
    """

    folder: Path
    python: str = ""
    odoo: OdooSource | None = None
    mirror: str | None = None
    unpacked: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseResult:
    """A release and whether it had to be built."""

    stored: Stored
    fresh: bool

    def data(self) -> dict[str, Any]:
        """Return the result as JSON shows it."""
        archive = {"fresh": self.fresh, "archive": str(self.stored.archive)}
        return {**summary(self.stored.manifest), **archive}


@dataclass(frozen=True, slots=True)
class IntegrityResult:
    """A release's id, and what differs between its files and its own list of them."""

    id: str
    differences: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        """Return the result as JSON shows it."""
        wrong = list(self.differences)
        return {"id": self.id, "whole": not wrong, "differences": wrong}


def recipe_folder(project: Path, blueprint: str = "ecommerce") -> Path:
    """Return the release folder of a blueprint: the project's own wins over the kit's."""
    own = project / "blueprints" / blueprint / "release"
    return own if own.is_dir() else kit_dir() / "blueprints" / blueprint / "release"


def releases_dir() -> Path:
    """Return the folder that releases are kept in."""
    return cache_dir() / "releases"


def build(order: BuildRequest, progress: Progress = SILENT) -> ReleaseResult:
    """Return the release of a recipe and its locks; what is in the cache is not built again."""
    recipe = _recipe(order)
    python = order.python or system_python(recipe)
    locks = release_recipe.read_locks(order.folder, python)
    faults = unlocked(recipe, locks, str(order.folder / release_recipe.RECIPE))
    if faults:
        raise PhaselineError(*faults)
    context = _context(order, progress)
    stored, fresh = release_build.find_or_build(recipe, locks, python, context, releases_dir())
    return ReleaseResult(stored, fresh)


def lock(order: BuildRequest, progress: Progress = SILENT) -> dict[str, bool]:
    """Write the locks of a recipe anew; return for each file whether it changed."""
    recipe, context = _recipe(order), _context(order, progress)
    context.cache.mkdir(parents=True, exist_ok=True)
    tools = release_lock.tools(recipe, context)
    addons, needs = release_lock.addons(recipe, context)
    texts = {
        "debian.lock": format_debian(release_lock.debian(recipe, context)),
        "tools.lock": format_pins(tools, "Build tools and wkhtmltopdf"),
        "addons.lock": format_pins(addons, "Community add-ons"),
    }
    for python in recipe.pythons:
        pins = release_lock.python(recipe, needs, python, context, tools)
        texts[lock_name(python)] = format_pins(pins, f"Python distributions for Python {python}")
    return {n: release_recipe.write_lock(order.folder, n, text) for n, text in texts.items()}


def show(name: str | None = None) -> dict[str, Any]:
    """Return the manifest of a release, the newest one without a name."""
    return _find(name).manifest


def check(name: str) -> None:
    """Raise a fault unless a release is here and its archive is the one that was built."""
    release_archive.check_archive(_find(name))


def verify(name: str | None = None) -> IntegrityResult:
    """Compare a release's archive, and its unpacked tree, with its own list of files."""
    stored = _find(name)
    release_archive.check_archive(stored)
    wrong = release_archive.check_content(stored.archive)
    used = releases_dir() / stored.id
    if used.is_dir():
        wrong += tuple(f"unpacked: {one}" for one in release_archive.check_tree(used))
    return IntegrityResult(stored.id, wrong)


def system_python(recipe: Recipe) -> str:
    """Return the first Python of the recipe that this machine has, else the recipe's first."""
    for version in recipe.pythons:
        if Path(f"/usr/bin/python{version}").exists():
            return version
    return recipe.pythons[0]


def _recipe(order: BuildRequest) -> Recipe:
    recipe = release_recipe.read(order.folder)
    if order.odoo is not None:
        recipe = replace(recipe, odoo=order.odoo)
    if order.python and order.python not in recipe.pythons:
        message = f"there is no lock for Python {order.python}, only {', '.join(recipe.pythons)}"
        raise PhaselineError(Fault("H001", message, hint="Name one of these with `--python`."))
    return recipe


def _context(order: BuildRequest, progress: Progress) -> BuildContext:
    def archive() -> Archive:
        return Archive(mirrors.lookup(order.mirror))

    return BuildContext(cache_dir(), archive, progress, order.unpacked)


def _find(name: str | None) -> Stored:
    known = release_archive.names(releases_dir())
    return release_archive.read(releases_dir(), name or (known[-1] if known else "of any name"))

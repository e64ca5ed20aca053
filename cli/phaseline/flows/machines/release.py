"""Build, lock, show and verify releases: read the recipe, do the work, keep what is whole."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phaseline import durable
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
from phaseline.hosts import doctor
from phaseline.hosts.local import apt_mirror as mirrors
from phaseline.hosts.local import scratch
from phaseline.hosts.releases import archive as release_archive
from phaseline.hosts.releases import lock as release_lock
from phaseline.hosts.releases import sbom, sources
from phaseline.hosts.releases import tree as release_tree
from phaseline.hosts.releases.debian_archive import Archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from phaseline.core.release import Locks
    from phaseline.hosts.releases.archive import Stored

BUILD_FORMAT = 2  # part of every id: raise it when the same inputs make another tree


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


def silent(_: str) -> None:
    """Say nothing: the default of what tells progress."""


def recipe_folder(project: Path, blueprint: str = "ecommerce") -> Path:
    """Return the release folder of a blueprint: the project's own wins over the kit's."""
    own = project / "blueprints" / blueprint / "release"
    return own if own.is_dir() else kit_dir() / "blueprints" / blueprint / "release"


def releases_dir() -> Path:
    """Return the folder that releases are kept in."""
    return cache_dir() / "releases"


def build(order: BuildRequest, say: Callable[[str], None] = silent) -> ReleaseResult:
    """Return the release of a recipe and its locks; what is in the cache is not built again."""
    recipe = _recipe(order)
    python = order.python or system_python(recipe)
    locks = release_recipe.read_locks(order.folder, python)
    faults = unlocked(recipe, locks, str(order.folder / release_recipe.RECIPE))
    if faults:
        raise PhaselineError(*faults)
    inputs = _inputs(recipe, locks, python)
    key = hashlib.sha256(release_archive.canonical(inputs).encode()).hexdigest()
    known = releases_dir() / "inputs" / key
    with _alone(key):
        if (stored := _known(known)) is not None:
            return ReleaseResult(stored, fresh=False)
        stored = _make(recipe, locks, python, inputs, _kitchen(order, say))
        release_archive.put(known, stored.id + "\n")
    return ReleaseResult(stored, fresh=True)


def lock(order: BuildRequest, say: Callable[[str], None] = silent) -> dict[str, bool]:
    """Write the locks of a recipe anew; return for each file whether it changed."""
    recipe, kitchen = _recipe(order), _kitchen(order, say)
    kitchen.cache.mkdir(parents=True, exist_ok=True)
    tools = release_lock.tools(recipe, kitchen)
    addons, needs = release_lock.addons(recipe, kitchen)
    texts = {
        "debian.lock": format_debian(release_lock.debian(recipe, kitchen)),
        "tools.lock": format_pins(tools, "Build tools and wkhtmltopdf"),
        "addons.lock": format_pins(addons, "Community add-ons"),
    }
    for python in recipe.pythons:
        pins = release_lock.python(recipe, needs, python, kitchen, tools)
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


def _kitchen(order: BuildRequest, say: Callable[[str], None]) -> release_tree.BuildContext:
    def archive() -> Archive:
        return Archive(mirrors.lookup(order.mirror))

    return release_tree.BuildContext(cache_dir(), archive, say, order.unpacked)


def _inputs(recipe: Recipe, locks: Locks, python: str) -> dict[str, Any]:
    source = recipe.odoo
    odoo: dict[str, Any] = {"source": source.kind}
    if source.kind == "debian":
        wanted = {source.package, *recipe.assets}
        odoo["packages"] = {p.name: p.sha256 for p in locks.debian if p.name in wanted}
    elif source.kind == "git":
        odoo["commit"] = source.commit
    else:
        folder = Path(source.path).expanduser().resolve()
        odoo["tree"] = sources.fingerprint(folder)
    pins = (*locks.python, *locks.addons, *locks.tools)
    files = sorted([pin.name, pin.version, *pin.hashes] for pin in pins)
    return {"format": BUILD_FORMAT, "python": python, "odoo": odoo, "distributions": files}


def _make(
    recipe: Recipe,
    locks: Locks,
    python: str,
    inputs: dict[str, Any],
    kitchen: release_tree.BuildContext,
) -> Stored:
    releases = releases_dir()
    doctor.need_room(releases, 5)
    with scratch.folder(releases, ".making-") as made:
        tree = made / "tree"
        tree.mkdir()
        assembled = release_tree.assemble(recipe, locks, python, kitchen, tree)
        kitchen.say("hashing every file")
        files = release_archive.list_files(tree)
        release = release_archive.make_id(recipe.series, python, files, inputs)
        manifest = {
            "id": release,
            "series": recipe.series,
            "python": python,
            "inputs": inputs,
            "components": [one.as_dict() for one in assembled.components],
            "missing": list(assembled.missing),
            "file_count": files.count("\n"),
        }
        bill = sbom.render(release, recipe.series, assembled.components)
        (tree / release_archive.FILES).write_text(files, encoding="utf-8")
        (tree / release_archive.MANIFEST).write_text(release_archive.canonical(manifest), "utf-8")
        (tree / release_archive.SBOM).write_text(release_archive.canonical(bill), "utf-8")
        kitchen.say("writing the archive")
        stored = release_archive.store(tree, manifest, releases)
        if kitchen.unpacked:
            release_archive.keep_unpacked(tree, stored, releases)
        return stored


def _known(file: Path) -> Stored | None:
    if not file.is_file():
        return None
    try:
        stored = release_archive.read(releases_dir(), file.read_text(encoding="utf-8").strip())
        release_archive.check_archive(stored)
    except (PhaselineError, json.JSONDecodeError):
        return None  # damaged since: build it anew
    return stored


def _find(name: str | None) -> Stored:
    known = release_archive.names(releases_dir())
    return release_archive.read(releases_dir(), name or (known[-1] if known else "of any name"))


@contextlib.contextmanager
def _alone(key: str) -> Iterator[None]:
    """Hold the build of one set of inputs; a second caller waits and then finds it in the cache."""
    folder = releases_dir() / "inputs"
    folder.mkdir(parents=True, exist_ok=True)
    with durable.lock(folder / f".{key}.lock", f"build of release {key}"):
        yield

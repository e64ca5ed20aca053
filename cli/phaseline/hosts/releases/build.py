"""Build a release from a recipe and its locks, or find it in the cache under what goes into it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phaseline import durable
from phaseline.errors import PhaselineError
from phaseline.hosts.local import disk, scratch
from phaseline.hosts.releases import archive, sbom, sources, tree

if TYPE_CHECKING:
    from phaseline.core.release import Locks, Recipe
    from phaseline.hosts.releases.archive import Stored
    from phaseline.hosts.releases.tree import BuildContext

FORMAT = 2  # part of every id: raise it when the same inputs make another tree
ROOM_GIB = 5


def find_or_build(
    recipe: Recipe, locks: Locks, python: str, context: BuildContext, releases: Path
) -> tuple[Stored, bool]:
    """Return the release, and whether it was built now; one lock for each set of inputs."""
    inputs = inputs_of(recipe, locks, python)
    key = hashlib.sha256(archive.canonical(inputs).encode()).hexdigest()
    known = releases / "inputs" / key
    known.parent.mkdir(parents=True, exist_ok=True)
    with durable.lock(known.with_name(f".{key}.lock"), f"build of release {key}"):
        if (stored := _known(known, releases)) is not None:
            return stored, False
        stored = _build(recipe, locks, inputs, context, releases)
        archive.put(known, stored.id + "\n")
    return stored, True


def inputs_of(recipe: Recipe, locks: Locks, python: str) -> dict[str, Any]:
    """Return everything that decides what a release is made of; part of its id."""
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
    return {"format": FORMAT, "python": python, "odoo": odoo, "distributions": files}


def _build(
    recipe: Recipe, locks: Locks, inputs: dict[str, Any], context: BuildContext, releases: Path
) -> Stored:
    disk.need_room(releases, ROOM_GIB)
    python = inputs["python"]
    with scratch.folder(releases, ".making-") as made:
        home = made / "tree"
        home.mkdir()
        assembled = tree.assemble(recipe, locks, python, context, home)
        context.progress.step("hashing every file")
        files = archive.list_files(home)
        release = archive.make_id(recipe.series, python, files, inputs)
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
        (home / archive.FILES).write_text(files, encoding="utf-8")
        (home / archive.MANIFEST).write_text(archive.canonical(manifest), "utf-8")
        (home / archive.SBOM).write_text(archive.canonical(bill), "utf-8")
        context.progress.step("writing the archive")
        stored = archive.store(home, manifest, releases)
        if context.unpacked:
            archive.keep_unpacked(home, stored, releases)
        return stored


def _known(file: Path, releases: Path) -> Stored | None:
    if not file.is_file():
        return None
    try:
        stored = archive.read(releases, file.read_text(encoding="utf-8").strip())
        archive.check_archive(stored)
    except (PhaselineError, json.JSONDecodeError):
        return None  # damaged since: build it anew
    return stored

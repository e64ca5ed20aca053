"""The locks of a release, made anew: what pip resolves and the signed Debian index names today."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from phaseline.core.release import DebianPin, Pin, normal
from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.local import run, scratch
from phaseline.hosts.releases import debian_archive, wheels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from phaseline.core.release import Recipe
    from phaseline.hosts.releases.tree import BuildContext


def debian(recipe: Recipe, context: BuildContext) -> tuple[DebianPin, ...]:
    """Return the packages of the recipe as the signed indexes name them now."""
    if recipe.odoo.kind != "debian":
        return ()
    store, archive = context.cache / "debian", context.archive()
    context.progress.step("reading the signed indexes of the Debian archive")
    odoo = debian_archive.newest(archive, recipe.odoo.suite, [recipe.odoo.package], store)
    return odoo + debian_archive.newest(archive, recipe.assets_suite, recipe.assets, store)


def tools(recipe: Recipe, context: BuildContext) -> tuple[Pin, ...]:
    """Return the build tools and the carrier of wkhtmltopdf with the hashes of their wheels."""
    wanted = [*recipe.build_tools, *filter(None, [recipe.pdf])]
    with scratch.folder(context.cache, ".lock-") as folder:
        return _hash(_download(wanted, recipe.pythons[0], folder), wanted)


def addons(recipe: Recipe, context: BuildContext) -> tuple[tuple[Pin, ...], tuple[str, ...]]:
    """Return the add-ons with their hashes, and the Python distributions that they need.

    An add-on that another one needs and that the recipe does not name is a fault: all are pinned.
    """
    if not recipe.addons:
        return (), ()
    context.progress.step(f"reading {len(recipe.addons)} add-ons")
    with scratch.folder(context.cache, ".lock-") as folder:
        files = _download(list(recipe.addons), recipe.pythons[0], folder)
        needs = {
            need.partition(";")[0].strip()
            for file in files
            for need in wheels.metadata(file).get("Requires-Dist", [])
            if "extra ==" not in need
        }
        pins = _hash(files, list(recipe.addons))
    have = {normal(pin.name) for pin in pins}
    names = {normal(need.split("=")[0].split("<")[0].split(">")[0].strip()) for need in needs}
    lost = sorted(one for one in names if one.startswith("odoo-addon-") and one not in have)
    if lost:
        hint = "Add each with its exact version to `addons:` of release.yml."
        message = "add-ons need others that are not pinned: " + ", ".join(lost)
        raise PhaselineError(Fault("H001", message, hint=hint))
    return pins, tuple(sorted(n for n in needs if not normal(n).startswith("odoo")))


def python(
    recipe: Recipe, needs: Sequence[str], version: str, context: BuildContext, locked: Sequence[Pin]
) -> tuple[Pin, ...]:
    """Return every Python distribution for one Python, resolved by pip for that Python."""
    context.progress.step(f"resolving the Python distributions for Python {version}")
    with scratch.folder(context.cache, ".lock-") as folder:
        sdists, links = _sdists(recipe, version, context, folder, locked)
        found = _resolve([*recipe.requirements, *recipe.sdists, *needs], version, links, folder)
    sources = {normal(pin.name) for pin in sdists}
    return (*sdists, *(pin for pin in found if normal(pin.name) not in sources))


def _download(wanted: list[str], python: str, folder: Path) -> list[Path]:
    outcome = run.run(
        [
            *wheels.pip(), "download", "--quiet", "--no-deps", "--only-binary=:all:",
            *wheels.target(python), "--dest", folder, *wanted,
        ],
        timeout=1800,
    )  # fmt: skip
    run.must_succeed(outcome, "H004", "the distributions could not be read", "Check the pins.")
    return sorted(folder.glob("*.whl"))


def _hash(files: list[Path], wanted: list[str]) -> tuple[Pin, ...]:
    by_name = {normal(file.name.split("-")[0]): file for file in files}
    pins = []
    for one in wanted:
        name, _, version = one.partition("==")
        digest = debian_archive.sha256(by_name[normal(name)])
        pins.append(Pin(name, version, (f"sha256:{digest}",)))
    return tuple(pins)


def _sdists(
    recipe: Recipe, version: str, context: BuildContext, folder: Path, locked: Sequence[Pin]
) -> tuple[tuple[Pin, ...], Path]:
    """Return the pins of the sources, and a folder of wheels built from them for the resolver."""
    links, tools_path, files = folder / "links", folder / "tools", folder / "sdists"
    links.mkdir()
    if not recipe.sdists:
        return (), links
    names = {normal(one.partition("==")[0]) for one in recipe.build_tools}
    build_pins = [pin for pin in locked if normal(pin.name) in names]
    for file in wheels.fetch(build_pins, version, context.cache / "wheels").values():
        wheels.unpack(file, tools_path)
    outcome = run.run(
        [
            *wheels.pip(), "download", "--quiet", "--no-deps", "--no-binary=:all:", "--use-pep517",
            "--no-build-isolation", "--dest", files, *recipe.sdists,
        ],
        env={**os.environ, "PYTHONPATH": str(tools_path)},
        timeout=1800,
    )  # fmt: skip
    run.must_succeed(outcome, "H004", "the sources could not be read", "Check `sdists:`.")
    pins = []
    for one in recipe.sdists:
        name, _, number = one.partition("==")
        file = next(f for f in files.iterdir() if normal(f.name).startswith(normal(f"{name}-")))
        pins.append(Pin(name, number, (f"sha256:{debian_archive.sha256(file)}",)))
        wheels.build(file, tools_path, links)
    return tuple(pins), links


def _resolve(wanted: list[str], version: str, links: Path, folder: Path) -> tuple[Pin, ...]:
    report = folder / "report.json"
    outcome = run.run(
        [
            *wheels.pip(), "install", "--quiet", "--dry-run", "--ignore-installed",
            "--only-binary=:all:", *wheels.target(version), "--target", folder / "none",
            "--find-links", links, "--report", report, *wanted,
        ],
        timeout=1800,
    )  # fmt: skip
    run.must_succeed(outcome, "H004", "the Python distributions do not resolve", "Check the pins.")
    pins = []
    for one in json.loads(report.read_text(encoding="utf-8"))["install"]:
        info, about = one["download_info"], one["metadata"]
        digest = info["archive_info"]["hash"].replace("=", ":")
        pins.append(Pin(about["name"], about["version"], (digest,)))
    return tuple(pins)

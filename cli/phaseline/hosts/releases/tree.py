"""The tree of a release: Odoo, its Python, its add-ons and wkhtmltopdf, in one movable folder."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phaseline.core.release import Pin, normal
from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.local import run, scratch
from phaseline.hosts.releases import debian_archive, sources, wheels
from phaseline.hosts.releases.sbom import Component

if TYPE_CHECKING:
    from collections.abc import Callable

    from phaseline.core.release import DebianPin, Locks, Recipe
    from phaseline.hosts.releases.debian_archive import Archive
    from phaseline.progress import Progress

LAUNCHER = '''\
#!/usr/bin/python{python}
"""Start the Odoo of this release, from whatever folder it lies in.

Only the standard library and this release are importable: what else is installed on the host can
neither help nor harm.
"""

import os
import sys
import sysconfig
from pathlib import Path

if "%d.%d" % sys.version_info[:2] != "{python}":
    sys.exit("this release is made for Python {python}, not %d.%d" % sys.version_info[:2])

HOME = Path(__file__).resolve().parent.parent
STANDARD = sysconfig.get_path("stdlib")
sys.path[:] = [
    str(HOME / "server"),
    str(HOME / "python"),
    *(p for p in sys.path if p in (STANDARD, STANDARD + "/lib-dynload") or p.endswith(".zip")),
]
os.environ["PATH"] = str(HOME / "bin") + os.pathsep + os.environ.get("PATH", os.defpath)

if __name__ == "__main__":
    import odoo.cli

    odoo.cli.main()
'''
PDF_MEMBER = re.compile(r"(^|/)wkhtmltopdf$")


@dataclass(frozen=True, slots=True)
class BuildContext:
    """Where things come from and where they are kept between builds."""

    cache: Path
    archive: Callable[[], Archive]
    progress: Progress
    unpacked: bool = False  # the finished tree is kept beside its archive


@dataclass(frozen=True, slots=True)
class Assembled:
    """What went into a tree, and which links of Odoo lead nowhere."""

    components: tuple[Component, ...]
    missing: tuple[str, ...]


def assemble(
    recipe: Recipe, locks: Locks, python: str, context: BuildContext, tree: Path
) -> Assembled:
    """Fill an empty folder with everything a release holds but its own papers."""
    missing, odoo = _odoo(recipe, locks, context, tree)
    sources.check_series(tree / "server", recipe.series)
    context.progress.step("fetching Python distributions and add-ons")
    with scratch.folder(context.cache, ".build-") as folder:
        parts = _distributions(recipe, locks, python, context, folder)
        context.progress.step(f"unpacking {len(parts)} distributions")
        components = [_install(pin, file, role, tree) for pin, file, role in parts]
    _launcher(tree, python)
    return Assembled((*odoo, *components), missing)


def _odoo(
    recipe: Recipe, locks: Locks, context: BuildContext, tree: Path
) -> tuple[tuple[str, ...], tuple[Component, ...]]:
    source, into = recipe.odoo, tree / "server"
    if source.kind == "path":
        context.progress.step(f"copying Odoo from {source.path}")
        lost = sources.from_path(Path(source.path).expanduser().resolve(), into)
        return lost.paths, (Component("generic", "odoo", recipe.series, "", "LGPL-3.0", "odoo"),)
    if source.kind == "git":
        context.progress.step(f"fetching Odoo {source.commit[:12]} from {source.repository}")
        lost = sources.from_git(source, into, context.cache / "git")
        return lost.paths, (Component("generic", "odoo", source.commit, "", "LGPL-3.0", "odoo"),)
    context.progress.step("fetching Odoo from the Debian archive")
    wanted = [pin for pin in locks.debian if pin.name in {source.package, *recipe.assets}]
    store = context.cache / "debian"
    held = _held(wanted, store) or debian_archive.fetch(context.archive(), wanted, store)
    context.progress.step("unpacking Odoo")
    with scratch.folder(context.cache, ".deb-") as folder:
        assets = [held[one] for one in recipe.assets]
        lost = sources.from_debian(held[source.package], assets, into, folder)
        _copyrights(folder / "root/usr/share/doc", tree / "licences/debian")
    found = tuple(
        Component("deb", p.name, p.version, p.sha256, *_debian_role(p.name, source.package))
        for p in wanted
    )
    return lost.paths, found


def _held(pins: list[DebianPin], store: Path) -> dict[str, Path] | None:
    """Return the cached packages when all are there and whole: then no mirror is asked for."""
    files = {pin.name: store / f"{pin.sha256}.deb" for pin in pins}
    whole = all(
        files[p.name].is_file() and debian_archive.sha256(files[p.name]) == p.sha256 for p in pins
    )
    return files if whole else None


def _debian_role(name: str, odoo: str) -> tuple[str, str]:
    return ("LGPL-3.0", "odoo") if name == odoo else ("see licences/debian", "asset")


def _copyrights(doc: Path, into: Path) -> None:
    for file in sorted(doc.glob("*/copyright")):
        goal = into / file.parent.name
        goal.parent.mkdir(parents=True, exist_ok=True)
        goal.write_bytes(file.read_bytes())


def _distributions(
    recipe: Recipe, locks: Locks, python: str, context: BuildContext, folder: Path
) -> list[tuple[Pin, Path, str]]:
    store = context.cache / "wheels"
    sdists = {normal(one.partition("==")[0]) for one in recipe.sdists}
    plain = [pin for pin in locks.python if normal(pin.name) not in sdists]
    sources_ = [pin for pin in locks.python if normal(pin.name) in sdists]
    files = wheels.fetch([*plain, *locks.addons], python, store)
    # Apart: a build tool may be pinned in another version than Odoo's own dependency.
    made_with = wheels.fetch(locks.tools, python, store)
    parts = [(pin, files[pin], "python") for pin in plain]
    if sources_:
        tools = folder / "tools"
        names = {normal(one.partition("==")[0]) for one in recipe.build_tools}
        for pin in locks.tools:
            if normal(pin.name) in names:
                wheels.unpack(made_with[pin], tools)
        archives = wheels.fetch(sources_, python, store, build_path=tools)
        for pin in sources_:
            built = wheels.build(archives[pin], tools, folder)
            parts.append((pin, built, "python"))
    pdf = normal(recipe.pdf.partition("==")[0])
    parts += [(pin, files[pin], "addon") for pin in locks.addons]
    parts += [(pin, made_with[pin], "pdf") for pin in locks.tools if normal(pin.name) == pdf]
    return parts


def _install(pin: Pin, file: Path, role: str, tree: Path) -> Component:
    if role == "pdf":
        _wkhtmltopdf(file, tree / "bin/wkhtmltopdf")
    else:
        wheels.unpack(file, tree / "python")
    digest = next(iter(pin.hashes)).removeprefix("sha256:")
    if f"sha256:{debian_archive.sha256(file)}" in pin.hashes:
        digest = debian_archive.sha256(file)
    return Component("pypi", normal(pin.name), pin.version, digest, _licence(file), role)


def _licence(wheel: Path) -> str:
    fields = wheels.metadata(wheel)
    for key in ("License-Expression", "License"):
        for value in fields.get(key, []):
            if value and value.upper() != "UNKNOWN" and len(value) < 80:  # noqa: PLR2004 (a name)
                return value
    said = [c for c in fields.get("Classifier", []) if c.startswith("License ::")]
    return said[0].rpartition(" :: ")[2] if said else ""


def _wkhtmltopdf(wheel: Path, goal: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        members = [one for one in archive.namelist() if PDF_MEMBER.search(one)]
        if not members:
            message = f"{wheel.name} holds no wkhtmltopdf"
            raise PhaselineError(Fault("H007", message, hint="Pin another `pdf:` in release.yml."))
        goal.parent.mkdir(parents=True, exist_ok=True)
        goal.write_bytes(archive.read(members[0]))
    goal.chmod(0o755)


def _launcher(tree: Path, python: str) -> None:
    goal = tree / "bin/odoo"
    goal.parent.mkdir(parents=True, exist_ok=True)
    goal.write_text(LAUNCHER.replace("{python}", python), encoding="utf-8")
    goal.chmod(0o755)
    run.lookup("tar", "tar")

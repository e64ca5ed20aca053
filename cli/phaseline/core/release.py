"""What a release is made of: its recipe, its locks, and the text form of the locks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.errors import Fault, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[A-Za-z0-9._!+-]+)$")
HASH = re.compile(r"^sha256:[0-9a-f]{64}$")
DEBIAN_LINE = re.compile(
    r"^(?P<suite>\S+) (?P<name>\S+)=(?P<version>\S+) sha256:(?P<sha>[0-9a-f]{64})$"
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One Python distribution at one version; `hashes` are the files that are allowed."""

    name: str
    version: str
    hashes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the requirement as pip reads it, without hashes."""
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True)
class DebianPin:
    """One package of the Debian archive at one version, in the suite it comes from."""

    suite: str
    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class OdooSource:
    """Where Odoo itself comes from: a Debian package, a git commit or a folder."""

    kind: str
    suite: str = ""
    package: str = ""
    repository: str = ""
    commit: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What goes into a release, as the blueprint asks for it; the locks say the exact files."""

    series: str
    odoo: OdooSource
    assets_suite: str
    assets: tuple[str, ...]
    pythons: tuple[str, ...]
    requirements: tuple[str, ...]
    sdists: tuple[str, ...]
    build_tools: tuple[str, ...]
    pdf: str
    addons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Locks:
    """The exact files of a release for one Python."""

    debian: tuple[DebianPin, ...]
    tools: tuple[Pin, ...]
    python: tuple[Pin, ...]
    addons: tuple[Pin, ...]


def normal(name: str) -> str:
    """Return a distribution's name as the package index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_pins(text: str, file: str) -> tuple[tuple[Pin, ...], tuple[Fault, ...]]:
    """Return the pins of a lock in pip's format, and a fault for each line that is not one."""
    pins: list[Pin] = []
    faults: list[Fault] = []
    number = 0
    for raw in text.replace("\\\n", "\0").split("\n"):
        number += 1 + raw.count("\0")
        line = raw.replace("\0", " ").partition("#")[0].strip()
        if not line:
            continue
        requirement, *options = line.split()
        found = PIN.match(requirement)
        hashes = tuple(option.removeprefix("--hash=") for option in options)
        if not found or not hashes or not all(HASH.match(one) for one in hashes):
            faults.append(_bad_line(file, number, "NAME==VERSION --hash=sha256:<64 hex digits>"))
            continue
        pins.append(Pin(found["name"], found["version"], hashes))
    return tuple(pins), tuple(faults)


def format_pins(pins: tuple[Pin, ...], title: str) -> str:
    """Return the text of a lock in pip's format, one file a line below its requirement."""
    head = f"# {title}\n# Written by `phaseline release lock`; change release.yml instead.\n"
    lines = []
    for pin in sorted(pins, key=lambda one: normal(one.name)):
        hashes = " \\\n".join(f"    --hash={one}" for one in sorted(pin.hashes))
        lines.append(f"{pin} \\\n{hashes}\n")
    return head + "".join(lines)


def parse_debian(text: str, file: str) -> tuple[tuple[DebianPin, ...], tuple[Fault, ...]]:
    """Return the packages of a debian.lock, and a fault for each line that is not one."""
    pins: list[DebianPin] = []
    faults: list[Fault] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        if found := DEBIAN_LINE.match(line):
            pins.append(DebianPin(found["suite"], found["name"], found["version"], found["sha"]))
        else:
            faults.append(_bad_line(file, number, "SUITE NAME=VERSION sha256:<64 hex digits>"))
    return tuple(pins), tuple(faults)


def format_debian(pins: tuple[DebianPin, ...]) -> str:
    """Return the text of a debian.lock."""
    head = "# Packages of the Debian archive. Written by `phaseline release lock`.\n"
    ordered = sorted(pins, key=lambda one: one.name)
    return head + "".join(f"{p.suite} {p.name}={p.version} sha256:{p.sha256}\n" for p in ordered)


def lock_name(python: str) -> str:
    """Return the file name of the lock of one Python version, as 3.11 gives odoo-py311.lock."""
    return f"odoo-py{python.replace('.', '')}.lock"


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


def _bad_line(file: str, line: int, wanted: str) -> Fault:
    return Fault(
        "H001",
        f"not a locked file, a line reads {wanted}",
        Place(file, line, 1),
        "Run `phaseline release lock` to update the locks.",
    )


def unlocked(recipe: Recipe, locks: Locks, file: str) -> tuple[Fault, ...]:
    """Return a fault for each thing the recipe asks for that no lock holds as asked."""
    held: dict[str, list[str]] = {}
    for pin in (*locks.tools, *locks.python, *locks.addons):
        held.setdefault(normal(pin.name), []).append(pin.version)
    packages = {pin.name for pin in locks.debian}
    wanted_pins = (*recipe.sdists, *recipe.build_tools, *recipe.addons, *filter(None, [recipe.pdf]))
    lost = [
        f"{wanted} is asked for, the locks hold {' '.join(held.get(normal(name), ['none']))}"
        for wanted in wanted_pins
        for name, _, version in [wanted.partition("==")]
        if version not in held.get(normal(name), [])
    ]
    lost += [
        f"{wanted} is asked for and not locked"
        for wanted in recipe.requirements
        if normal(re.split(r"[ <>=!~\[]", wanted, maxsplit=1)[0]) not in held
    ]
    if recipe.odoo.kind == "debian":
        asked = (recipe.odoo.package, *recipe.assets)
        lost += [f"package {name} is not locked" for name in asked if name not in packages]
    hint = "Run `phaseline release lock` to update the locks."
    return tuple(Fault("H001", message, Place(file), hint) for message in lost)

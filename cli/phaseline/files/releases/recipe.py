"""The recipe and the locks of a release, read from and written to a blueprint's release folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phaseline import durable
from phaseline.core.release import (
    PIN,
    Locks,
    OdooSource,
    Pin,
    Recipe,
    lock_name,
    parse_debian,
    parse_pins,
)
from phaseline.errors import Fault, PhaselineError
from phaseline.files.yaml import nodes
from phaseline.files.yaml.schema import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from phaseline.core.node import Node

RECIPE = "release.yml"
CODE = "H001"
FORMAT = 1
PYTHONS = ("3.11",)
NEEDS = {"debian": ("suite", "package"), "git": ("repository", "commit"), "path": ("path",)}
TOP = ("format", "odoo", "assets", "python", "pdf", "addons")
OF_ODOO = ("series", "source", *(key for keys in NEEDS.values() for key in keys))
OF_ASSETS = ("suite", "packages")
OF_PYTHON = ("versions", "requirements", "sdists", "build_tools")


def read(folder: Path) -> Recipe:
    """Return the recipe of a release folder; every fault of the file is told at once."""
    file = folder / RECIPE
    if not file.is_file():
        hint = "Name a folder holding release.yml, or leave the blueprint's own in place."
        raise PhaselineError(Fault(CODE, f"{file} is missing", hint=hint))
    reading = _Reading()
    found = reading.all(nodes.load(file))
    reading.shape.finish()
    return found


def read_locks(folder: Path, python: str) -> Locks:
    """Return the locks for one Python; a missing file is an empty lock, a bad line a fault."""
    faults: list[Fault] = []

    def text(name: str) -> tuple[str, str]:
        file = folder / name
        return (file.read_text(encoding="utf-8") if file.is_file() else ""), str(file)

    def pins(name: str) -> tuple[Pin, ...]:
        found, wrong = parse_pins(*text(name))
        faults.extend(wrong)
        return found

    debian, wrong = parse_debian(*text("debian.lock"))
    faults.extend(wrong)
    locks = Locks(debian, pins("tools.lock"), pins(lock_name(python)), pins("addons.lock"))
    if faults:
        raise PhaselineError(*faults)
    return locks


def write_lock(folder: Path, name: str, text: str) -> bool:
    """Write a lock when its text differs; return whether it did."""
    file = folder / name
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return False
    durable.write(file, text)
    return True


@dataclass
class _Reading:
    """One reading of a recipe; faults pile up in `shape`."""

    shape: Reader = field(default_factory=lambda: Reader(CODE, form=CODE))

    def all(self, root: Node) -> Recipe:
        """Return the whole recipe."""
        said = self.shape.mapping(root, TOP, ("odoo",))
        if "format" in said and said["format"].value != FORMAT:
            self.shape.fault(said["format"], f"the format is not {FORMAT}")
        assets = self.part(said.get("assets"), OF_ASSETS)
        python = self.part(said.get("python"), OF_PYTHON)
        pdf = said.get("pdf")
        if pdf is not None and pdf.value not in (None, ""):
            self.pin(pdf)
        for addon in self.shape.sequence(said.get("addons")):
            self.pin(addon)
        source = said.get("odoo")
        series, odoo = self.source(source) if source else ("", OdooSource(""))
        return Recipe(
            series=series,
            odoo=odoo,
            assets_suite=self.text(assets.get("suite")),
            assets=self.shape.texts(assets.get("packages")),
            pythons=self.shape.texts(python.get("versions")) or PYTHONS,
            requirements=self.shape.texts(python.get("requirements")),
            sdists=self.shape.texts(python.get("sdists")),
            build_tools=self.shape.texts(python.get("build_tools")),
            pdf=self.text(pdf),
            addons=self.shape.texts(said.get("addons")),
        )

    def text(self, node: Node | None) -> str:
        """Return a text; nothing is the empty one."""
        return "" if node is None or node.value is None else self.shape.text(node)

    def part(self, node: Node | None, known: tuple[str, ...]) -> Mapping[str, Node]:
        """Return the entries of a part that may be left out or empty."""
        return {} if node is None or node.value is None else self.shape.mapping(node, known)

    def pin(self, node: Node) -> None:
        """Check that one exact version is named."""
        text = self.shape.text(node)
        if isinstance(node.value, str) and not PIN.match(text):
            self.shape.fault(node, f"{text} is not an exact pin", "Write NAME==VERSION.")

    def source(self, node: Node) -> tuple[str, OdooSource]:
        """Return the series and where Odoo comes from."""
        said = self.shape.mapping(node, OF_ODOO, ("series", "source") if node.entries else ())
        kind = self.shape.choice(said.get("source"), tuple(NEEDS), "")
        for key in NEEDS.get(kind, ()):
            if key not in said or said[key].value in (None, ""):
                self.shape.fault(node, f"key '{key}' is missing for source {kind}")
        places = {key: self.text(said.get(key)) for keys in NEEDS.values() for key in keys}
        return self.shape.text(said.get("series")), OdooSource(kind, **places)

"""Finds and reads `data_templates/<object>/spec.yml`, the one truth about a business object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError
from phaseline.files.data.decode_spec import object_spec
from phaseline.files.yaml import nodes
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.masterdata.spec import ObjectSpec


def folder(kit: Path) -> Path:
    """Return where the kit keeps its data templates."""
    return kit / "data_templates"


def names(kit: Path) -> tuple[str, ...]:
    """Return the names of all objects in load order."""
    return tuple(spec.name for spec in read_all(kit))


def read_all(kit: Path) -> tuple[ObjectSpec, ...]:
    """Return every spec of the kit in load order."""
    files = sorted(folder(kit).glob("*/spec.yml"))
    return tuple(sorted((read(path) for path in files), key=lambda spec: spec.order))


def lookup(kit: Path, name: str) -> ObjectSpec:
    """Return the spec of an object, or say which objects there are."""
    known = {spec.name: spec for spec in read_all(kit)}
    if name not in known:
        hint = f"{suggest(name, known)} Use: {', '.join(known)}.".lstrip()
        raise PhaselineError(Fault("D040", f"there is no object '{name}'", hint=hint))
    return known[name]


def read(path: Path) -> ObjectSpec:
    """Return the spec of a file."""
    return object_spec(nodes.load(path))

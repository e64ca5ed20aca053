"""The recipe and the locks of a release, read from and written to a blueprint's release folder."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import yaml

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
from phaseline.errors import Fault, PhaselineError, Place

if TYPE_CHECKING:
    from pathlib import Path

RECIPE = "release.yml"
SHAPE: dict[str, dict[str, type] | type] = {
    "format": int,
    "odoo": {
        "series": str,
        "source": str,
        "suite": str,
        "package": str,
        "repository": str,
        "commit": str,
        "path": str,
    },
    "assets": {"suite": str, "packages": list},
    "python": {"versions": list, "requirements": list, "sdists": list, "build_tools": list},
    "pdf": str,
    "addons": list,
}
NEEDS = {"debian": ("suite", "package"), "git": ("repository", "commit"), "path": ("path",)}


def read(folder: Path) -> Recipe:
    """Return the recipe of a release folder; every fault of the file is told at once."""
    file = folder / RECIPE
    tree = _load(file)
    faults = [Fault("H001", message, Place(str(file), line, 1)) for message, line in _check(tree)]
    if faults:
        raise PhaselineError(*faults)
    odoo, python = tree["odoo"], tree.get("python") or {}
    assets = tree.get("assets") or {}
    return Recipe(
        series=str(odoo["series"]),
        odoo=OdooSource(
            odoo["source"],
            **{key: str(odoo.get(key, "")) for keys in NEEDS.values() for key in keys},
        ),
        assets_suite=str(assets.get("suite", "")),
        assets=_texts(assets.get("packages")),
        pythons=_texts(python.get("versions")) or ("3.11",),
        requirements=_texts(python.get("requirements")),
        sdists=_texts(python.get("sdists")),
        build_tools=_texts(python.get("build_tools")),
        pdf=str(tree.get("pdf") or ""),
        addons=_texts(tree.get("addons")),
    )


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


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in value or ())


def _load(file: Path) -> dict[str, Any]:
    hint = "Name a folder holding release.yml, or leave the blueprint's own in place."
    try:
        tree = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PhaselineError(Fault("H001", f"{file} is missing", hint=hint)) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(str(file), mark.line + 1, mark.column + 1) if mark else Place(str(file))
        message = f"not readable as YAML: {error.problem}"
        raise PhaselineError(Fault("H001", message, place)) from error
    if not isinstance(tree, dict):
        raise PhaselineError(Fault("H001", "not a mapping", Place(str(file), 1, 1)))
    return tree


def _check(tree: dict[str, Any]) -> list[tuple[str, int]]:
    wrong = _unknown(tree, SHAPE, "")
    for key, shape in SHAPE.items():
        part = tree.get(key)
        if isinstance(shape, dict) and isinstance(part, dict):
            wrong += _unknown(part, shape, f"{key}.")
            wrong += _types(part, shape, f"{key}.")
        elif part is not None:
            wrong += _types({key: part}, {key: dict if isinstance(shape, dict) else shape}, "")
    odoo = tree.get("odoo")
    wrong += _odoo(odoo) if isinstance(odoo, dict) else ["odoo is missing: say series and source"]
    pins = [*_texts(tree.get("addons")), *([str(tree["pdf"])] if tree.get("pdf") else [])]
    wrong += [
        f"{pin} is not an exact pin, write NAME==VERSION" for pin in pins if not PIN.match(pin)
    ]
    return [(message, 1) for message in wrong]


def _odoo(odoo: dict[str, Any]) -> list[str]:
    kind = odoo.get("source")
    if kind not in NEEDS:
        return [f"odoo.source is {kind!r}, it is one of {', '.join(NEEDS)}"]
    needed = ("series", *NEEDS[str(kind)])
    return [f"odoo.{key} is missing for source {kind}" for key in needed if not odoo.get(key)]


def _unknown(part: dict[str, Any], known: dict[str, Any], head: str) -> list[str]:
    wrong = []
    for key in part:
        if key not in known:
            near = difflib.get_close_matches(str(key), list(known), n=1)
            wrong.append(
                f"unknown key {head}{key}" + (f", did you mean {near[0]}?" if near else "")
            )
    return wrong


def _types(part: dict[str, Any], shape: dict[str, type], head: str) -> list[str]:
    return [
        f"{head}{key} is {type(value).__name__}, it must be {shape[key].__name__}"
        for key, value in part.items()
        if key in shape and value is not None and not isinstance(value, shape[key])
    ]

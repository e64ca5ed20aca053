"""Finds the files that a data command is about: an object's, a folder's or one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.data import specs
from phaseline.files.paths import kit_dir

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.masterdata.spec import ObjectSpec

SUFFIXES = (".csv", ".tsv", ".xlsx")


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file with the spec of the object it holds."""

    spec: ObjectSpec
    path: Path


def lookup(project_dir: Path, target: str) -> tuple[DataFile, ...]:
    """Return the files a target means, in load order: an object, a folder or a file."""
    here = project_dir / target
    if here.is_dir():
        found = folder(here)
    elif here.suffix.lower() in SUFFIXES or here.is_file():
        found = (DataFile(specs.lookup(kit_dir(), here.name.split(".")[0]), here),)
    else:
        found = of_object(project_dir / "data", specs.lookup(kit_dir(), target))
    if not found:
        raise PhaselineError(
            Fault(
                "D001",
                "no data file is here",
                Place(str(here)),
                "Put filled templates into data/ as OBJECT.xlsx or OBJECT.csv (empty ones come from"
                " `phaseline data template all`), or run `phaseline migrate`.",
            )
        )
    return found


def folder(path: Path) -> tuple[DataFile, ...]:
    """Return the data files of a folder, in load order."""
    return tuple(
        data_file for spec in specs.read_all(kit_dir()) for data_file in of_object(path, spec)
    )


def of_object(path: Path, spec: ObjectSpec) -> tuple[DataFile, ...]:
    """Return the one file of an object in a folder, or none; two are a fault."""
    found = [path / f"{spec.name}{suffix}" for suffix in SUFFIXES]
    found = [file for file in found if file.exists() or file.is_symlink()]
    if len(found) > 1:
        names = " and ".join(file.name for file in found)
        raise PhaselineError(
            Fault("D001", f"{names} hold the same object", Place(str(path)), "Keep one of them.")
        )
    return tuple(DataFile(spec, file) for file in found)

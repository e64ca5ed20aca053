"""Writes the workbook and the CSV header of an object, made from its spec."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline import durable
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.data import specs, workbook
from phaseline.files.paths import kit_dir

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from phaseline.masterdata.spec import ObjectSpec


@dataclass(frozen=True, slots=True)
class TemplateResult:
    """The objects whose templates were written, and the files."""

    objects: tuple[str, ...]
    written: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        """Return the result as JSON."""
        return {"objects": list(self.objects), "written": list(self.written)}


def run(name: str, folder: Path, *, replace: bool = False) -> TemplateResult:
    """Write the templates of one object, or of `all`, and return what was written."""
    chosen = specs.read_all(kit_dir()) if name == "all" else (specs.lookup(kit_dir(), name),)
    files = {path: body for spec in chosen for path, body in texts(spec, folder).items()}
    if not replace:
        refuse_filled(files)
    folder.mkdir(parents=True, exist_ok=True)
    for path, body in files.items():
        durable.write(path, body)
    return TemplateResult(tuple(spec.name for spec in chosen), tuple(map(str, files)))


def texts(spec: ObjectSpec, folder: Path) -> dict[Path, bytes]:
    """Return one object's workbook and CSV header with where they go."""
    return {
        folder / f"{spec.name}.template.xlsx": workbook.template(spec),
        folder / f"{spec.name}.template.csv": csv_header(spec).encode(),
    }


def refuse_filled(files: Mapping[Path, bytes]) -> None:
    """Raise for files that are there and say something else: a client may have filled them in."""
    faults = [
        Fault("D043", "the file is there and filled in, or of another version", Place(str(path)),
              "Move it away, or say --replace.")
        for path, body in files.items()
        if path.exists() and path.read_bytes() != body
    ]  # fmt: skip
    if faults:
        raise PhaselineError(*faults)


def csv_header(spec: ObjectSpec) -> str:
    """Return the header line of an object's CSV file."""
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\n").writerow(spec.header)
    return target.getvalue()

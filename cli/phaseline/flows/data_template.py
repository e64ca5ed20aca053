"""Writes the workbook and the CSV header of an object, made from its spec."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from phaseline.files import specs, workbook
from phaseline.files.places import kit_dir

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.masterdata.spec import Spec


def run(name: str, folder: Path) -> dict[str, Any]:
    """Write the templates of one object, or of `all`, and return what was written."""
    chosen = specs.read_all(kit_dir()) if name == "all" else (specs.find(kit_dir(), name),)
    written = [str(path) for spec in chosen for path in write(spec, folder)]
    return {"objects": [spec.name for spec in chosen], "written": written}


def write(spec: Spec, folder: Path) -> tuple[Path, Path]:
    """Write one object's workbook and CSV header and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    book = folder / f"{spec.name}.template.xlsx"
    book.write_bytes(workbook.template(spec))
    header = folder / f"{spec.name}.template.csv"
    header.write_text(csv_header(spec), encoding="utf-8")
    return book, header


def csv_header(spec: Spec) -> str:
    """Return the header line of an object's CSV file."""
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\n").writerow(spec.header)
    return target.getvalue()

"""Reads a file, CSV or workbook, into a `Table`; guards stand before anything is opened."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.data import csv_tables, xlsx_tables

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.masterdata.findings import Table

LARGEST = 2_000_000_000
LONGEST_NAME = 120
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"
TEXTS = frozenset({".csv", ".tsv", ".txt"})
WORKBOOKS = frozenset({".xlsx"})
OTHERS = {
    ".xls": "an old Excel workbook",
    ".xlsm": "a workbook with macros",
    ".xlsb": "a binary workbook",
    ".ods": "an OpenDocument sheet",
    ".zip": "an archive",
    ".gz": "a compressed file",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """How a file is to be opened where it does not say so itself."""

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    cached_formulas: bool = False


def read(path: Path, opening: Opening | None = None, *, template: str = "") -> Table:
    """Return the table of a file with the SHA-256 of the bytes it was read from."""
    how = opening or Opening()
    body = read_bytes(path)
    suffix = path.suffix.lower()
    name = path.name
    if suffix in OTHERS or body.startswith(OLE) or (body.startswith(ZIP) != (suffix == ".xlsx")):
        what = OTHERS.get(suffix, "another kind of file than its name says")
        raise PhaselineError(
            Fault("D026", f"this is {what}", Place(name), "Save it as CSV (UTF-8) or as .xlsx.")
        )
    if suffix in WORKBOOKS:
        table = xlsx_tables.read(
            name, body, sheet=how.sheet, cached_formulas=how.cached_formulas, template=template
        )
    else:
        table = csv_tables.read(name, body, encoding=how.encoding, separator=how.separator)
    return replace(table, sha256=hashlib.sha256(body).hexdigest())


def read_bytes(path: Path) -> bytes:
    """Return the bytes of an ordinary file with an ordinary name, or say why not."""
    name = path.name
    if name.startswith("-") or len(name) > LONGEST_NAME or not name.isprintable():
        raise PhaselineError(
            Fault("D033", "the file name is not allowed", Place(ascii(name)), "Rename the file.")
        )
    try:
        there = path.lstat()
    except (OSError, ValueError) as error:
        raise PhaselineError(
            Fault("D001", "there is no such file", Place(str(path)), "Check the path.")
        ) from error
    if stat.S_ISLNK(there.st_mode) and not path.resolve().is_relative_to(path.parent.resolve()):
        raise PhaselineError(
            Fault("D033", "the file is a link out of its folder", Place(name), "Copy the file.")
        )
    if not stat.S_ISREG(path.stat().st_mode) or path.stat().st_size > LARGEST:
        raise PhaselineError(
            Fault("D001", "this is no ordinary file of a usual size", Place(name), "Replace it.")
        )
    return path.read_bytes()

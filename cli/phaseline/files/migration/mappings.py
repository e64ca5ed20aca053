"""Reads a mapping of a source system and its lines; unknown names are faults, all at once."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.data.csv_tables import LARGEST_FIELD, decode
from phaseline.files.migration.decode_mapping import source_map
from phaseline.files.yaml import nodes
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.masterdata.migration.mapping import SourceMap

LARGEST = 2_000_000_000


def folder(kit: Path) -> Path:
    """Return where the kit keeps its mappings."""
    return kit / "migration" / "mappings"


def lookup(kit: Path, source: str, project: Path) -> Path:
    """Return the folder of a mapping: the project's own, or the kit's of that name."""
    own = project / "mappings" / source
    if (own / "mapping.yml").is_file():
        return own
    known = sorted(path.parent.name for path in folder(kit).glob("*/mapping.yml"))
    if source in known:
        return folder(kit) / source
    hint = f"{suggest(source, known)} Use: {', '.join(known)}.".lstrip()
    raise PhaselineError(Fault("D040", f"there is no mapping '{source}'", hint=hint))


def read(path: Path) -> SourceMap:
    """Return the mapping of a folder."""
    return source_map(nodes.load(path / "mapping.yml"))


def rows(path: Path, columns: tuple[str, ...]) -> list[list[str]]:
    """Return the lines of a source's CSV file (plain or gzip), in the mapping's column order."""
    try:
        text = decode(path.name, _unpacked(path), None, Counter())
        csv.field_size_limit(LARGEST_FIELD)
        lines = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        hint = "Export it again."
        raise PhaselineError(Fault("D006", f"{error}", Place(str(path)), hint)) from error
    header, *lines = lines or [[]]
    missing = [name for name in columns if name not in header]
    if missing:
        raise PhaselineError(
            Fault("D007", f"columns are missing: {', '.join(missing)}", Place(str(path), 1))
        )
    places = [header.index(name) for name in columns]
    width = len(header)
    return [
        [line[place] for place in places] if len(line) == width else [""] * len(places)
        for line in lines
        if line
    ]


def _unpacked(path: Path) -> bytes:
    """Return a file's bytes, unpacked when they are packed, and never a part of them."""
    try:
        raw = path.read_bytes()
        if path.suffix == ".gz":
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
                raw = packed.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        message = "there is no such file" if not path.is_file() else "the file is damaged"
        raise PhaselineError(Fault("D001", message, Place(str(path)), "Check it.")) from error
    if len(raw) > LARGEST:
        message = f"the file unpacks to more than {LARGEST} bytes"
        raise PhaselineError(Fault("D001", message, Place(str(path)), "Split it."))
    return raw

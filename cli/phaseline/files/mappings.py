"""Reads a mapping of a source system and its lines; unknown names are faults, all at once."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import yaml

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.csv_tables import LARGEST_FIELD, decode
from phaseline.masterdata import transforms
from phaseline.masterdata.mapping import LEAVE_OUT, MARK, MEND, LineRule, Output, SourceMap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

TESTS = frozenset(
    {"broken", "repeated", "matches", "not_matches", "empty", "not_empty", "below", "at_most"}
)
PLAIN = frozenset({"key", "constant", "text"})
LARGEST = 2_000_000_000


def folder(kit: Path) -> Path:
    """Return where the kit keeps its mappings."""
    return kit / "migration" / "mappings"


def find(kit: Path, source: str, project: Path) -> Path:
    """Return the folder of a mapping: the project's own, or the kit's of that name."""
    own = project / "mappings" / source
    if (own / "mapping.yml").is_file():
        return own
    known = sorted(path.parent.name for path in folder(kit).glob("*/mapping.yml"))
    if source in known:
        return folder(kit) / source
    near = get_close_matches(source, known, n=1)
    meant = f"Did you mean '{near[0]}'? " if near else ""
    raise PhaselineError(
        Fault("D040", f"there is no mapping '{source}'", hint=f"{meant}Use: {', '.join(known)}.")
    )


def read(path: Path) -> SourceMap:
    """Return the mapping of a folder."""
    file = path / "mapping.yml"
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    faults = list(_faults(raw, Place(str(file))))
    if faults:
        raise PhaselineError(*faults)
    return SourceMap(
        source=raw["source"],
        about=raw["about"],
        input=raw["input"],
        columns=tuple(raw["columns"]),
        days=Decimal(raw["days"]),
        rules=tuple(_rule(said) for said in raw["rules"]),
        tables=raw["tables"],
        outputs=tuple(_output(said) for said in raw["outputs"]),
    )


def _faults(raw: Mapping[str, Any], place: Place) -> Iterator[Fault]:
    for rule in raw["rules"]:
        if rule["do"] not in {LEAVE_OUT, MARK, MEND}:
            yield Fault("D041", f"rule {rule['id']} does '{rule['do']}'", place)
        if rule["when"]["test"] not in TESTS:
            yield Fault("D041", f"rule {rule['id']} tests '{rule['when']['test']}'", place)
        if rule["do"] == MEND and rule["with"] not in transforms.MENDERS:
            yield Fault("D041", f"rule {rule['id']} mends with '{rule['with']}'", place)
    yield from _output_faults(raw, place)


def _output_faults(raw: Mapping[str, Any], place: Place) -> Iterator[Fault]:
    for output in raw["outputs"]:
        if "from_table" in output:
            continue
        for name, how in output["columns"].items():
            if not set(how) & (PLAIN | transforms.TRANSFORMS.keys()):
                yield Fault("D041", f"{output['object']}.{name} names no transform", place)


def _rule(said: Mapping[str, Any]) -> LineRule:
    return LineRule(
        id=said["id"],
        says=said["says"],
        when=said["when"],
        do=said["do"],
        mark=said.get("mark", ""),
        column=said.get("column", ""),
        transform=said.get("with", ""),
    )


def _output(said: Mapping[str, Any]) -> Output:
    columns = said.get("columns", {})
    if isinstance(columns, list):
        columns = {name: {} for name in columns}
    return Output(
        object=said["object"],
        per=said.get("per", ""),
        without=frozenset(said.get("without", ())),
        among=said.get("among", ""),
        table=said.get("from_table", ""),
        says=said.get("says", ""),
        assumption=said.get("assumption", ""),
        columns=tuple(columns.items()),
        needs=tuple(said.get("needs", ())),
    )


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
